// What glibc shows only to _GNU_SOURCE.
#ifndef STOCK_CLINUX_H
#define STOCK_CLINUX_H

/// open(2)'s O_DIRECT.
int stock_o_direct(void);

/// Names the calling thread (at most 15 bytes are kept).
void stock_name_thread(const char *name);

#endif
