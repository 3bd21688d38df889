#define XXH_INLINE_ALL
#include <xxhash.h>

#include "CXXHash.h"

uint64_t stock_xxh3_64(const void *bytes, size_t count, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes, count, seed);
}

stock_hash128 stock_xxh3_128(const void *bytes, size_t count, uint64_t seed) {
  XXH128_hash_t hash = XXH3_128bits_withSeed(bytes, count, seed);
  return (stock_hash128){hash.low64, hash.high64};
}
