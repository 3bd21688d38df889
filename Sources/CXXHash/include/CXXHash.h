// XXH3 (Debian: libxxhash-dev, header only) and the two CPU hints that Swift cannot spell.
#ifndef STOCK_CXXHASH_H
#define STOCK_CXXHASH_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  uint64_t low;
  uint64_t high;
} stock_hash128;

/// XXH3, 64 bits, seeded. For checks of whole groups and pages.
uint64_t stock_xxh3_64(const void *bytes, size_t count, uint64_t seed);

/// XXH3, 128 bits, seeded. For fingerprints that stand in for an id.
stock_hash128 stock_xxh3_128(const void *bytes, size_t count, uint64_t seed);

/// Asks for the cache line; never faults, never waits.
static inline void stock_prefetch(const void *address) { __builtin_prefetch(address, 1, 3); }

#endif
