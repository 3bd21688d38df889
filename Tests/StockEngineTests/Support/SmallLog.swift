import StockModel
import StockTestSupport

@testable import StockEngine

/// A store of a few groups, closed, with what is known of it: for tests that damage its files.
struct SmallLog {
  static let segmentBytes = 32 << 10
  let disk: SimulatedStorage
  /// Of the log's last segment.
  let path: String
  let bytes: [UInt8]
  /// Where each group of the last segment begins, and where the last one ends.
  let boundaries: [Int]
  /// What could be read after 0, 1, 2 ... of these groups.
  let states: [Observation]

  /// - Parameter earlierSegments: sealed segments before the last one.
  init(earlierSegments: Int = 1) throws {
    let store = try TestStore(segmentBytes: Self.segmentBytes)
    var states = [try Observation(store)]
    for segment in 0..<earlierSegments {
      try store.perform(segment == 0 ? "preheat op-1 A=50 B@north=50" : "reserve o-\(segment) A=1")
      try store.inventory.seal()
      states = [try Observation(store)]
    }
    let steps = ["supply op-2 A=50 B@north=50", "reserve o-5 buyer=u1 A=2", "", "confirm o-5", "cancel o-7"]
    for step in steps {
      if step.isEmpty {
        // Does not compress, so the group spans several blocks.
        var random = SplitMix64(seed: 3)
        let commands = (0..<6).map { number -> ShopCommand in
          var placement = ShopCommand.Placement(order: "big-\(number)", lines: [.init("A", 1)])
          placement.payload = String((0..<1000).map { _ in Character(UnicodeScalar(UInt8(33 + random.below(94)))) })
          return .reserve(placement)
        }
        _ = try store.perform(commands)
      } else {
        try store.perform(step)
      }
      states.append(try Observation(store))
    }
    store.stop()
    disk = store.storage
    disk.kill()
    path = disk.paths(in: "\(TestStore.path)/log").filter { $0.hasSuffix(".log") }.last!
    bytes = disk.bytes(path)!
    self.states = states
    boundaries = try Self.boundaries(bytes, path)
    precondition(boundaries.count == states.count, "one group a step")
  }

  var name: String { String(path.split(separator: "/").last!) }

  private static func boundaries(_ bytes: [UInt8], _ path: String) throws -> [Int] {
    var copy = bytes
    return try copy.withUnsafeMutableBytes { buffer in
      var places = [LogFormat.segmentHeaderBytes]
      let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: LogFormat.groupRawBytesMax + 64, alignment: 64)
      defer { raw.deallocate() }
      var scan = try SegmentScan(name: String(path.split(separator: "/").last!), bytes: buffer, store: TestStore.id)
      while case .group = scan.next(into: raw) { places.append(scan.end) }
      return places
    }
  }

  /// The groups that end at or before a place.
  func groups(before place: Int) -> Int { boundaries.dropFirst().count { $0 <= place } }

  /// The store with a file's bytes replaced.
  func open(_ path: String, _ bytes: [UInt8]?) throws -> TestStore {
    let disk = disk.copy()
    if let bytes { disk.place(bytes, at: path) } else { disk.remove(path) }
    return try TestStore(segmentBytes: Self.segmentBytes, storage: disk)
  }
}

/// What a scan makes of a segment: how many groups, and what follows them.
struct Verdict: Equatable, CustomStringConvertible {
  enum Tail: Equatable { case clean, torn, corrupt }
  var groups: Int
  var tail: Tail

  var description: String { "\(groups) groups, then \(tail)" }
}

/// Scans segments with scratch memory that is kept.
final class Scanner {
  private let raw = UnsafeMutableRawBufferPointer.allocate(byteCount: LogFormat.groupRawBytesMax + 64, alignment: 64)
  deinit { raw.deallocate() }

  /// - Returns: nil if the segment's header is refused.
  func scan(_ bytes: UnsafeMutableRawBufferPointer, name: String, isLast: Bool) -> Verdict? {
    guard var scan = try? SegmentScan(name: name, bytes: bytes, store: TestStore.id) else { return nil }
    var groups = 0
    while case .group = scan.next(into: raw) { groups += 1 }
    let tail: Verdict.Tail =
      switch scan.tail(isLast: isLast, scratch: raw) {
      case .clean: .clean
      case .torn: .torn
      case .corrupt: .corrupt
      }
    return Verdict(groups: groups, tail: tail)
  }
}
