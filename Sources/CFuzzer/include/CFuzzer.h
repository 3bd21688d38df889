// libFuzzer's driver, for a program with a main of its own.
#ifndef STOCK_CFUZZER_H
#define STOCK_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

/// Calls `target` with inputs of libFuzzer's making, as its arguments say.
int stock_fuzz(int count, char **arguments, int (*target)(const uint8_t *bytes, size_t count));

#endif
