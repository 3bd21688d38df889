#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CLinux.h"

int stock_o_direct(void) { return O_DIRECT; }

void stock_name_thread(const char *name) {
  char kept[16];
  snprintf(kept, sizeof kept, "%s", name);
  pthread_setname_np(pthread_self(), kept);
}

int stock_write_out(int descriptor) {
  return sync_file_range(
      descriptor, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
}

void stock_ask_for_short_slices(void) {
  // struct sched_attr of sched_setattr(2), which glibc has no wrapper for.
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
  } attributes = {.size = sizeof attributes, .runtime = 100 * 1000};
  syscall(SYS_sched_setattr, 0, &attributes, 0);
}

static __thread int is_background;

void stock_mark_background(void) { is_background = 1; }

int stock_is_background(void) { return is_background; }

static __thread void *conductor;

void *stock_conductor(void) { return conductor; }

void stock_set_conductor(void *value) { conductor = value; }
