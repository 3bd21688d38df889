import StockTestSupport
import Testing

@testable import StockEngine

/// What a disk may do to a file behind everybody's back.
extension SimulatedStorage {
  /// Changes one bit of a file.
  func flip(_ path: String, at offset: Int) throws {
    try change(path) { $0[offset] ^= 4 }
  }

  /// Puts other bytes in a file's place.
  func change(_ path: String, _ body: (inout [UInt8]) -> Void) throws {
    var changed = try #require(bytes(path), "\(path) is not there")
    body(&changed)
    place(changed, at: path)
  }
}
