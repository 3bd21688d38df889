import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// An epoch and an LSN tell one history from another, where an LSN alone does not.
@Suite struct EpochTests {
  private let history = EpochHistory([
    EpochStart(epoch: Epoch(number: 4, nonce: 1), firstLSN: LSN(100)),
    EpochStart(epoch: Epoch(number: 5, nonce: 2), firstLSN: LSN(200)),
    EpochStart(epoch: Epoch(number: 6, nonce: 3), firstLSN: LSN(300)),
  ])

  private func includes(_ lsn: UInt64, _ number: UInt32, _ nonce: UInt32) -> Bool {
    history.includes(LSN(lsn), in: Epoch(number: number, nonce: nonce), durable: LSN(310))
  }

  @Test func whatAnEpochWroteBeforeTheNextBeganIsThere() {
    #expect(includes(199, 4, 1))
    #expect(!includes(200, 4, 1), "the next epoch gave that LSN to another record")
    #expect(includes(299, 5, 2))
    #expect(includes(150, 5, 2), "what came before an epoch is part of it")
    #expect(!includes(305, 5, 2))
  }

  @Test func thePresentEpochReachesToTheLogsEnd() {
    #expect(includes(310, 6, 3))
    #expect(!includes(311, 6, 3))
  }

  @Test func anotherStartOfACopyIsAnotherEpoch() {
    #expect(!includes(250, 5, 9))
    #expect(!includes(250, 7, 1))
  }

  @Test func anEpochThatWasForgottenIsJudgedByItsLSN() {
    #expect(includes(99, 3, 8))
    #expect(!includes(100, 3, 8))
  }

  @Test func whoKnowsNoEpochIsJudgedByItsLSN() {
    #expect(history.includes(LSN(305), in: .none, durable: LSN(310)))
    #expect(!history.includes(LSN(311), in: .none, durable: LSN(310)))
    #expect(history.includes(.zero, in: Epoch(number: 9, nonce: 9), durable: LSN(310)))
  }

  @Test func onlyTheNewestAreKept() {
    var history = EpochHistory()
    for number in 1...EpochHistory.countMax + 3 {
      history.append(EpochStart(epoch: Epoch(number: UInt32(number), nonce: 0), firstLSN: LSN(UInt64(number))))
    }
    #expect(history.starts.count == EpochHistory.countMax)
    #expect(history.starts[0].epoch.number == 4)
  }

  @Test(arguments: [1, 4])
  func eachStartBeginsOne(shards: Int) throws {
    let store = try TestStore(shards: shards)
    #expect(store.inventory.epochs.starts.map(\.epoch.number) == [1])
    #expect(store.inventory.epochs.starts[0].firstLSN == LSN(1))
    try store.restart()
    let afterStop = store.inventory.epochs
    #expect(afterStop.starts.map(\.epoch.number) == [1, 2])
    // Of a snapshot, whose hash covers them.
    try store.kill()
    #expect(store.inventory.epochs.starts.map(\.epoch.number) == [1, 2, 3])
    #expect(store.inventory.epochs.starts[1] == afterStop.starts[1])
  }

  /// A disk that acknowledged syncs it never made: the watermark went with them. The LSNs of what was lost are given anew,
  /// and a client that saw them is found out all the same.
  @Test(arguments: [1, 4])
  func aLostGroupIsFoundOutByItsEpoch(shards: Int) throws {
    let store = try TestStore(shards: shards)
    _ = try store.perform("preheat op-1 A=10")
    let before = store.storage.copy()
    _ = try store.perform("reserve o-1 A=1")
    let seen = store.inventory.durableLSN
    let epoch = store.inventory.epochs.current
    store.stop()

    let later = try TestStore(shards: shards, storage: before, opens: false)
    later.configuration.epochNonce = 2
    before.kill()
    try later.open()
    for number in 1...5 { _ = try later.perform("reserve n-\(number) A=1") }
    let durable = later.inventory.durableLSN
    #expect(durable > seen, "the lost LSN was given again")
    #expect(!later.inventory.epochs.includes(seen, in: epoch, durable: durable))
    #expect(later.inventory.epochs.includes(LSN(seen.rawValue - 1), in: epoch, durable: durable))
  }

  /// Two copies of one directory, both started.
  @Test func twoStartsOfACopyAreToldApart() throws {
    let store = try TestStore()
    _ = try store.perform("preheat op-1 A=10")
    try store.shutdown()
    let copy = store.storage.copy()
    copy.kill()
    store.configuration.epochNonce = 7
    try store.open()
    _ = try store.perform("reserve o-1 A=1")
    let other = try TestStore(storage: copy, opens: false)
    other.configuration.epochNonce = 8
    try other.open()
    for number in 1...5 { _ = try other.perform("reserve n-\(number) A=1") }
    #expect(
      !other.inventory.epochs.includes(
        store.inventory.durableLSN, in: store.inventory.epochs.current, durable: other.inventory.durableLSN))
  }
}
