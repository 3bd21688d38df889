import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// A small store that has every kind of file: archive files, two snapshots, sealed segments, one that was being written, META and
/// WATERMARK. It is stopped as a kill would; what a start makes of it is known.
struct WholeStore {
  static let segmentBytes = 32 << 10
  static let folder = TestStore.path
  let disk: SimulatedStorage
  /// Of the store's clock, when it was stopped.
  let elapsed: Int64
  /// The last record that was acknowledged.
  let durable: LSN
  /// What a start makes of it.
  let expected: Found

  /// What a client sees of a store that was opened.
  struct Found: Equatable {
    var observation: Observation
    var stateHash: UInt64
  }

  static let script: [[String]] = [
    ["preheat op-1 A=50 B@north=50", "reserve o-1 buyer=u1 A=2"], ["confirm o-1", "reserve o-2 A=1 B@north=1"],
    ["cancel o-3", "deduct o-4 A=3"], ["supply op-2 A=5", "return r-1 o-4 A=1"],
    ["reserve o-5 buyer=u2 A=2 payload=gift", "confirm o-2", "reserve o-6 A=1"],
  ]

  /// - Parameter nonce: tells starts of copies of one store apart.
  init(
    _ script: [[String]] = Self.script, id: StoreID = TestStore.id, nonce: UInt32 = 1,
    on disk: SimulatedStorage = SimulatedStorage(), at start: Int64 = 0, snapshots: Int = 3
  ) throws {
    let store = try TestStore(segmentBytes: Self.segmentBytes, storage: disk, opens: false)
    store.configuration.newStore = id
    store.configuration.epochNonce = nonce
    store.advance(start)
    try store.open()
    for (number, commands) in script.enumerated() {
      for command in commands {
        store.advance(10)
        try store.perform(command)
      }
      store.advance(1500)
      try store.tick()
      if number < snapshots { try store.snapshot() } else if number < script.count - 1 { try store.inventory.seal() }
    }
    // The first may write a heartbeat, which the watermark of the second covers.
    for _ in 0..<2 {
      store.advance(1500)
      try store.tick()
    }
    durable = store.inventory.durableLSN
    elapsed = store.now
    store.stop()
    self.disk = store.storage
    disk.kill()
    expected = try Self.open(disk.copy(), at: elapsed).found
  }

  /// Every file, by its path below the store's directory.
  var files: [String] { disk.files.keys.filter { !$0.hasSuffix(".tmp") }.sorted() }

  func paths(in folder: String) -> [String] {
    disk.paths(in: "\(Self.folder)/\(folder)").filter { !$0.hasSuffix(".tmp") }
  }

  /// What a start makes of a disk.
  static func open(_ disk: SimulatedStorage, at elapsed: Int64) throws -> TestStore {
    let store = try TestStore(segmentBytes: segmentBytes, storage: disk, opens: false)
    store.configuration.epochNonce = 77
    store.advance(elapsed)
    try store.open()
    return store
  }
}

extension TestStore {
  var found: WholeStore.Found {
    get throws { WholeStore.Found(observation: try Observation(self), stateHash: stats.stateHash) }
  }
}

/// Damages a store in one way after the other and counts what a start makes of it: the exact state, or a refusal that is of use.
final class DamageTally {
  private let store: WholeStore
  private(set) var counts: [String: Int] = [:]

  init(_ store: WholeStore) { self.store = store }

  /// - Parameters:
  ///   - alternatives: other states that are as right.
  ///   - change: damages a copy of the disk.
  func judge(
    _ what: String, or alternatives: [WholeStore.Found] = [], verifies: Bool = true,
    _ change: (SimulatedStorage) throws -> Void
  ) rethrows {
    let disk = store.disk.copy()
    try change(disk)
    let verified = verifies ? disk.copy() : nil
    do {
      let found = try WholeStore.open(disk, at: store.elapsed).found
      counts["exact", default: 0] += 1
      if found != store.expected && !alternatives.contains(found) {
        Issue.record("\(what): opened, and is\n\(found.observation)")
      }
    } catch let fault as EngineFault {
      counts[fault.code.rawValue, default: 0] += 1
      check(fault, what)
      if let verified { checkVerification(verified, what) }
    } catch {
      Issue.record("\(what): \(error)")
    }
  }

  private func check(_ fault: EngineFault, _ what: String) {
    let codes: [EngineFault.Code: Int32] = [
      .corrupt: 65, .otherStore: 65, .newerFormat: 65, .missing: 66, .notAStore: 78,
    ]
    if codes[fault.code] != fault.exitStatus { Issue.record("\(what): exit status \(fault.exitStatus) for \(fault)") }
    if fault.file?.hasPrefix(WholeStore.folder) != true { Issue.record("\(what): names no file: \(fault)") }
    if fault.advice.isEmpty { Issue.record("\(what): says nothing of the next step: \(fault)") }
    if fault.code == .corrupt, fault.file?.hasSuffix(".log") == true, fault.offset == nil {
      Issue.record("\(what): names no offset: \(fault)")
    }
  }

  /// What a start refuses `verify` must not call sound.
  private func checkVerification(_ disk: SimulatedStorage, _ what: String) {
    do {
      let result = try StoreInspector(path: WholeStore.folder, storage: disk).verify()
      if result.exitStatus != 4 { Issue.record("\(what): refused by a start, and verify says \(result)") }
    } catch {
      counts["verify refused", default: 0] += 1
    }
  }

  func print(_ title: String) {
    let words = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
    Swift.print("damage, \(title): \(words.joined(separator: ", "))")
  }
}
