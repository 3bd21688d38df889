// Counts allocations, for tests alone: a program that links this counts every malloc of its own and of its libraries.
#ifndef STOCK_CALLOCATIONCOUNT_H
#define STOCK_CALLOCATIONCOUNT_H

/// Whether anything is counted: not under a sanitizer, which has an allocator of its own.
int stock_counts_allocations(void);

/// Allocations of the calling thread so far: malloc, calloc, realloc and the aligned ones.
unsigned long stock_allocations(void);

#endif
