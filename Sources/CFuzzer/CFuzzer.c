#include "CFuzzer.h"

int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*target)(const uint8_t *bytes, size_t count));

int stock_fuzz(int count, char **arguments, int (*target)(const uint8_t *bytes, size_t count)) {
  return LLVMFuzzerRunDriver(&count, &arguments, target);
}
