// What glibc shows only to _GNU_SOURCE.
#ifndef STOCK_CLINUX_H
#define STOCK_CLINUX_H

/// open(2)'s O_DIRECT.
int stock_o_direct(void);

/// sync_file_range(2) of a whole file: writes dirty pages out and waits, without making anything durable.
int stock_write_out(int descriptor);

/// Names the calling thread (at most 15 bytes are kept).
void stock_name_thread(const char *name);

/// Asks the scheduler for short slices for the calling thread: it then runs soon after it wakes, even while others compute (Linux
/// 6.12 and later; older kernels pay no attention).
void stock_ask_for_short_slices(void);

/// Marks the calling thread as one that lets everything else go first.
void stock_mark_background(void);
/// Whether the calling thread is marked so.
int stock_is_background(void);

/// A place of the thread's own, for whoever decides which of a test's threads runs. Null at first.
void *stock_conductor(void);
void stock_set_conductor(void *conductor);

#endif
