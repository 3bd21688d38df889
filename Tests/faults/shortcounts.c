/* Loaded into stockd with LD_PRELOAD: reads and writes of files do less than they were asked for, or are interrupted, as any kernel may
   have it. Nothing is lied about: what is told was done. At its end it writes down how often it did so. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { block = 4096 };

static atomic_uint calls, shortened, interrupted;

/* Every third call is interrupted; of every other one at most half is done. Past the page cache lengths stay whole blocks. */
static ssize_t lessen(int fd, size_t *count) {
  if (atomic_fetch_add(&calls, 1) % 3 == 2) {
    atomic_fetch_add(&interrupted, 1);
    errno = EINTR;
    return -1;
  }
  size_t unit = fcntl(fd, F_GETFL) & O_DIRECT ? block : 1;
  if (*count / 2 >= unit) {
    *count = *count / 2 / unit * unit;
    atomic_fetch_add(&shortened, 1);
  }
  return 0;
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
  static ssize_t (*real)(int, const void *, size_t, off_t);
  if (!real) real = dlsym(RTLD_NEXT, "pwrite");
  return lessen(fd, &count) ? -1 : real(fd, bytes, count, offset);
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
  static ssize_t (*real)(int, void *, size_t, off_t);
  if (!real) real = dlsym(RTLD_NEXT, "pread");
  return lessen(fd, &count) ? -1 : real(fd, bytes, count, offset);
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) { return pwrite(fd, bytes, count, offset); }
ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) { return pread(fd, bytes, count, offset); }

__attribute__((destructor)) static void report(void) {
  FILE *file = getenv("SHORT_COUNTS_TO") ? fopen(getenv("SHORT_COUNTS_TO"), "w") : NULL;
  if (!file) return;
  fprintf(file, "%u %u\n", atomic_load(&shortened), atomic_load(&interrupted));
  fclose(file);
}
