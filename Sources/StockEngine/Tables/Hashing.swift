import CXXHash

/// XXH3 of some bytes, 64 bits.
func hashBytes(_ bytes: UnsafeRawBufferPointer, seed: UInt64) -> UInt64 {
  stock_xxh3_64(bytes.baseAddress, bytes.count, seed)
}

/// XXH3 of some bytes, 128 bits.
func fingerprint(of bytes: UnsafeRawBufferPointer, seed: UInt64) -> (low: UInt64, high: UInt64) {
  let hash = stock_xxh3_128(bytes.baseAddress, bytes.count, seed)
  return (hash.low, hash.high)
}

@inline(__always)
func prefetch(_ address: UnsafeRawPointer) { stock_prefetch(address) }
