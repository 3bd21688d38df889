/// The high and low halves of a 64 x 64 bit product, folded. One multiplication spreads every input bit over the result.
/// Source of the method: wyhash's `mum`.
@inline(__always)
func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = left.multipliedFullWidth(by: right)
  return product.high ^ product.low
}

/// Odd constants with about half of their bits set, to keep zero inputs apart.
enum MixConstant {
  static let a: UInt64 = 0xA076_1D64_78BD_642F
  static let b: UInt64 = 0xE703_7ED1_A0B4_28DB
  static let c: UInt64 = 0x8EBC_6AF0_9C88_C6E3
  static let d: UInt64 = 0x5899_65CC_7537_4CC3
}
