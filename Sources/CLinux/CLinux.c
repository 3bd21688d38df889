#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>

#include "CLinux.h"

int stock_o_direct(void) { return O_DIRECT; }

void stock_name_thread(const char *name) {
  char kept[16];
  snprintf(kept, sizeof kept, "%s", name);
  pthread_setname_np(pthread_self(), kept);
}
