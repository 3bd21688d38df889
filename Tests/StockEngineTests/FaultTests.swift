import StockModel
import StockTestSupport
import Synchronization
import Testing

@testable import StockEngine

/// What the store does when the disk refuses.
@Suite struct FaultTests {
  // MARK: A failed sync or write

  enum Failure: CaseIterable, CustomTestStringConvertible {
    case sync, write, halfWrite, full

    func verdict(_ operation: SimulatedStorage.Operation) -> SimulatedStorage.Verdict {
      guard operation.path.contains("/log/") else { return .proceed }
      switch (self, operation.kind) {
      case (.sync, .sync): return .fail(SimulatedStorage.eio)
      case (.write, .write): return .fail(SimulatedStorage.eio)
      case (.halfWrite, .write): return .failHalfway(SimulatedStorage.eio)
      case (.full, .write): return .fail(SimulatedStorage.enospc)
      default: return .proceed
      }
    }

    var testDescription: String { "\(self)" }
  }

  /// Once a group could not be made durable nothing is any more: no reply leaves, the listeners hear of it once, and the next
  /// start decides.
  @Test(arguments: Failure.allCases, [false, true])
  func aFailedGroupIsTheEnd(_ failure: Failure, losesPower: Bool) throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    let listener = RecordingListener()
    store.inventory.addDurabilityListener(listener)
    try store.perform("preheat op-1 A=10")
    let acknowledged = try store.perform("reserve o-1 A=1")
    let durable = store.inventory.durableLSN
    #expect(durable >= acknowledged.lsn)
    store.storage.setJudge { _, operation in failure.verdict(operation) }
    let lost = store.decide([try ShopCommand("reserve o-2 A=1")])[0]
    #expect(lost.outcome == .reserved && lost.lsn > durable)
    #expect(throws: EngineFault.self) { try store.inventory.flush() }
    // The disk works again; it changes nothing.
    store.storage.setJudge(nil)
    store.inventory.tick()
    _ = store.decide([try ShopCommand("confirm o-1"), try ShopCommand("get A")])
    let fault = #expect(throws: EngineFault.self) { try store.inventory.flush() }
    #expect(fault?.code == .logFailed)
    #expect(fault?.exitStatus == 74)
    #expect(fault?.file?.hasSuffix(LogFormat.segmentName(1)) == true, "names \(String(describing: fault?.file))")
    #expect(fault?.lsn == lost.lsn)
    #expect(store.inventory.durableLSN == durable)
    #expect(listener.faults.count == 1)
    #expect(listener.durable.max() == durable)
    try checkNextLife(store, losesPower: losesPower)
  }

  private func checkNextLife(_ store: TestStore, losesPower: Bool) throws {
    if losesPower { try store.crash() } else { try store.kill() }
    #expect(try store.perform("reserve o-1 A=1").description.hasPrefix("reserved again"))
    // The fate of the group that failed is decided now, and stays so.
    let fate = try store.perform("order o-2")
    try store.crash()
    #expect(try store.perform("order o-2") == fate)
    #expect(try store.perform("reserve o-2 A=1").outcome == .reserved)
    #expect(try store.perform("get A").number("A") == 8)
  }

  /// A listener that comes late still hears of the failure.
  @Test func aLateListener() throws {
    let store = try TestStore()
    store.storage.setJudge { _, operation in operation.kind == .sync ? .fail(SimulatedStorage.eio) : .proceed }
    _ = store.decide([try ShopCommand("preheat op-1 A=10")])
    #expect(throws: EngineFault.self) { try store.inventory.flush() }
    let listener = RecordingListener()
    store.inventory.addDurabilityListener(listener)
    #expect(listener.faults.count == 1)
  }

  /// A group that a failed sync left in the page cache: the next start finds it there, but the disk has not got it.
  @Test func theSealThatWasNeverSynced() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=10")
    let counter = Counter()
    store.storage.setJudge { _, operation in
      operation.kind == .sync && operation.path.contains("/log/") && counter.next() == 0
        ? .fail(SimulatedStorage.eio) : .proceed
    }
    #expect(throws: EngineFault.self) { try store.inventory.seal() }
    try store.kill()
    #expect(try store.perform("reserve o-1 A=1").outcome == .reserved)
    try store.crash()
    #expect(try store.perform("reserve o-1 A=1").description.hasPrefix("reserved again"))
  }

  /// A sealed segment that only the page cache had when the process died: what the next start builds on it must not outlive it.
  @Test func theSealThatOnlyTheCacheHad() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=10")
    store.storage.setJudge { _, operation in
      operation.kind == .sync && operation.path.contains("/log/") ? .stop : .proceed
    }
    #expect(throws: EngineFault.self) { try store.inventory.seal() }
    try store.kill()
    #expect(try store.perform("reserve o-1 A=1").outcome == .reserved)
    try store.crash()
    #expect(try store.perform("reserve o-1 A=1").description.hasPrefix("reserved again"))
  }

  // MARK: Every operation refused once

  static let shortLife: [Life.Step] = [
    .command("preheat op-1 A=10 B@north=4"), .command("reserve o-1 buyer=u1 A=3"), .seal, .snapshot,
    .command("confirm o-1"), .snapshot, .advance(1000), .command("cancel o-3"), .restart, .command("reserve o-5 A=1"),
  ]

  @Test(arguments: [SimulatedStorage.eio, SimulatedStorage.enospc], [false, true])
  func everyOperationRefusedOnce(_ number: Int32, losesPower: Bool) throws {
    let whole = try Life(Self.shortLife)
    #expect(whole.fault == nil)
    let operations = whole.storage.trace.count
    #expect(operations > 100)
    for place in 0..<operations {
      let life = try Life(Self.shortLife) { disk in
        disk.setJudge { count, _ in count == place ? .fail(number) : .proceed }
      }
      let operation = whole.storage.trace[place]
      life.storage.setJudge(nil)
      life.kill()
      if losesPower { life.storage.losePower { _ in false } }
      let what = "\(operation) (\(place)) refused with \(number), then \(life.fault.map { "\($0)" } ?? "no fault")"
      let store = try Life.reopen(on: life.storage, at: life.lastStep.elapsed)
      let found = try Observation(store)
      #expect(life.possibleStates.contains(found), "\(what): came back as\n\(found)")
      // What is shown now stays, whatever that refusal left in the cache.
      store.losePower()
      let again = try Observation(Life.reopen(on: life.storage, at: life.lastStep.elapsed))
      #expect(again == found, "\(what): after another start and a power loss came back as\n\(again)")
    }
  }

  /// A snapshot whose name could not be made durable was not made: it is not found, and the next attempt makes it.
  @Test func aSnapshotWhoseNameWasNotSynced() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=10")
    let snapshots = "\(TestStore.path)/snap"
    store.storage.setJudge { _, operation in
      operation.kind == .syncDirectory && operation.path == snapshots ? .fail(SimulatedStorage.eio) : .proceed
    }
    let fault = #expect(throws: EngineFault.self) { try store.snapshot() }
    #expect(fault?.code == .io && fault?.file == snapshots)
    #expect(store.storage.paths(in: snapshots).isEmpty)
    store.storage.setJudge(nil)
    #expect(try store.inventory.makeSnapshot().bytes > 0)
    store.losePower()
    #expect(store.storage.paths(in: snapshots).count == 1)
  }

  /// The archivist and the log sync the same directory. A sync that failed for one of them may have lost the other's names, and the next
  /// would prove nothing: the log ends.
  @Test func aFailedSyncOfTheLogsNamesIsFinalForAll() throws {
    let store = try TestStore(segmentBytes: 32 << 10)
    try store.perform("preheat op-1 A=10")
    try store.snapshot()
    try store.perform("reserve o-1 A=1")
    // Two snapshots cover the first segment now; the archivist takes it out of the log.
    let isArchiving = Once()
    store.storage.setJudge { _, operation in
      if operation.kind == .unlink && operation.path.hasSuffix(".log") { isArchiving.happen() }
      return operation.kind == .syncDirectory && operation.path.hasSuffix("/log") && isArchiving.hasHappened
        ? .fail(SimulatedStorage.eio) : .proceed
    }
    try store.snapshot()
    #expect(isArchiving.hasHappened)
    store.storage.setJudge(nil)
    let fault = #expect(throws: EngineFault.self) { try store.perform("reserve o-2 A=1") }
    #expect(fault?.code == .logFailed && fault?.exitStatus == 74)
    #expect(fault?.file?.hasSuffix("/log") == true && fault?.advice.isEmpty == false)
    try store.crash()
    #expect(try store.perform("reserve o-1 A=1").description.hasPrefix("reserved again"))
  }

  /// However it comes to sync them: the log itself does not believe a second sync either.
  @Test func theLogDoesNotSyncItsNamesTwice() throws {
    let disk = SimulatedStorage()
    try disk.createDirectory("/store/log")
    let names = LogDirectory(storage: disk, path: "/store/log")
    let told = Counter()
    names.onBackgroundFailure { _ in told.next() }
    try names.sync()
    disk.setJudge { _, _ in .fail(SimulatedStorage.eio) }
    #expect(throws: StorageError.self) { try names.syncInBackground() }
    disk.setJudge(nil)
    disk.clearTrace()
    #expect(throws: StorageError.self) { try names.sync() }
    #expect(disk.trace.isEmpty && told.count == 1)
  }

  /// And for good, from some operation on.
  @Test func everyOperationRefusedFromThereOn() throws {
    let operations = try Life(Self.shortLife).storage.trace.count
    for place in 0..<operations {
      let life = try Life(Self.shortLife) { disk in
        disk.setJudge { count, operation in
          count >= place && operation.changesDisk ? .fail(SimulatedStorage.enospc) : .proceed
        }
      }
      life.storage.setJudge(nil)
      life.kill()
      let found = try Observation(Life.reopen(on: life.storage, at: life.lastStep.elapsed))
      #expect(life.possibleStates.contains(found), "refused from \(place) on: came back as\n\(found)")
    }
  }
}

/// Something that happens, seen by several threads.
private final class Once: Sendable {
  private let flag = Atomic(false)

  var hasHappened: Bool { flag.load(ordering: .relaxed) }
  func happen() { flag.store(true, ordering: .relaxed) }
}

/// Remembers what it hears.
///
/// `@unchecked Sendable`: `heard` is read and written under `lock`.
final class RecordingListener: DurabilityListener, @unchecked Sendable {
  private let lock = Lock()
  private var heard: (durable: [LSN], faults: [EngineFault]) = ([], [])

  var durable: [LSN] { lock.withLock { heard.durable } }
  var faults: [EngineFault] { lock.withLock { heard.faults } }

  func logBecameDurable(upTo lsn: LSN) { lock.withLock { heard.durable.append(lsn) } }
  func logFailed(_ fault: EngineFault) { lock.withLock { heard.faults.append(fault) } }
}
