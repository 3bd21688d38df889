import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// One short life of a store, with each of its file operations refused in turn, once or from there on. Whatever is refused:
/// the fault is a typed one that helps whoever is paged, the directory and its files are let go of, and on the healed disk
/// every command that was acknowledged is there once.
@Suite(.timeLimit(.minutes(10))) struct ErrorEnumerationTests {
  static let shards = 4
  /// Ten items lie in several shards whatever the hash.
  static let script: [Life.Step] = [
    .command("preheat op-1 A=10 B@north=4 C=5 D=5 E=5 F=5 G=5 H=5 I=5 J=5"), .command("reserve o-1 buyer=u1 A=3"),
    .command("reserve o-2 buyer=u2 A=1 C=2 D=1 E=1 B@north=1"), .command("reserve o-3 hold=2s C=1 F=1"),
    .command("confirm o-1"), .command("cancel o-2"), .advance(1000), .seal, .advance(1500), .settle,
    .command("reserve o-4 G=1 H=2"), .command("reserve o-6 B@north=5"), .snapshot, .command("return op-2 o-1 A=1"),
    .restart, .command("confirm o-4"), .command("reserve o-5 I=1 J=1 hold=50s"),
  ]

  enum Span: CaseIterable, CustomTestStringConvertible {
    case once, fromThereOn

    func includes(_ count: Int, from place: Int) -> Bool {
      switch self {
      case .once: count == place
      case .fromThereOn: count >= place
      }
    }

    var testDescription: String { "\(self)" }
  }

  /// A refusal of one operation of a life, or of all from it on.
  struct Refusal: CustomStringConvertible {
    var number: Int32
    var span: Span
    var place: Int
    /// Operations that were refused.
    let met = Counter()

    func install(_ disk: SimulatedStorage) {
      let (number, span, place, met) = (number, span, place, met)
      disk.setJudge { count, _ in
        guard span.includes(count, from: place) else { return .proceed }
        met.next()
        return .fail(number)
      }
    }

    var description: String { "errno \(number) \(span) at operation \(place)" }
  }

  @Test(arguments: [SimulatedStorage.eio, SimulatedStorage.enospc], Span.allCases)
  func everyOperation(_ number: Int32, _ span: Span) throws {
    let whole = try Life(Self.script, shards: Self.shards)
    #expect(whole.fault == nil)
    try whole.end()
    let operations = whole.storage.trace
    #expect(operations.count > 150, "the life has too few operations to mean anything")
    var faults = 0
    for place in operations.indices {
      let refusal = Refusal(number: number, span: span, place: place)
      let life = try Life(Self.script, shards: Self.shards, prepare: refusal.install)
      let fault = end(life)
      if fault != nil { faults += 1 }
      let what = "\(refusal), \(operations[place]), then \(fault.map { "\($0)" } ?? "no fault")"
      check(fault, number, what)
      let store = try reopen(life, what)
      let found = try Observation(store)
      #expect(life.possibleStates.contains(found), "\(what): came back as\n\(found)")
      try checkAcknowledged(life, store, what)
    }
    // Most operations matter: a store that swallowed their failures would pass everything else here.
    #expect(faults > operations.count / 2, "only \(faults) of \(operations.count) refusals were noticed")
  }

  /// The same with the store's own threads at work. Their operations come in any order, so a place means another operation
  /// every time.
  @Test(arguments: [SimulatedStorage.eio, SimulatedStorage.enospc], Span.allCases)
  func everyOperationWithThreads(_ number: Int32, _ span: Span) throws {
    let whole = try Life(Self.script, shards: Self.shards, hasThreads: true)
    #expect(whole.fault == nil && whole.putOffCount == 0)
    try whole.end()
    var (lives, met, faults) = (0, 0, 0)
    for place in stride(from: Int.random(in: 0..<3), to: whole.storage.trace.count, by: 3) {
      let refusal = Refusal(number: number, span: span, place: place)
      let life = try Life(Self.script, shards: Self.shards, hasThreads: true, prepare: refusal.install)
      let fault = end(life)
      lives += 1
      if refusal.met.count > 0 { met += 1 }
      if fault != nil { faults += 1 }
      let what = "\(refusal), with threads, then \(fault.map { "\($0)" } ?? "no fault")"
      check(fault, number, what)
      try checkAcknowledged(life, reopen(life, what), what)
    }
    print("errno \(number) \(span), with threads: \(lives) lives, \(met) met a refusal, \(faults) ended with a fault")
    // The background's part of the operations may fail without an end; a life that ignored the rest would pass everything else here.
    #expect(met > lives * 3 / 4 && faults > (span == .once ? lives / 8 : lives / 2))
  }

  /// Stops the store while the disk still refuses.
  /// - Returns: what ended the life, if not its script.
  private func end(_ life: Life) -> EngineFault? {
    do throws(EngineFault) {
      try life.end()
    } catch {
      return life.fault ?? error
    }
    return life.fault
  }

  private func check(_ fault: EngineFault?, _ number: Int32, _ what: String) {
    guard let fault else { return }
    let codes: [EngineFault.Code] =
      number == SimulatedStorage.eio ? [.logFailed, .io, .corrupt] : [.logFailed, .noSpace]
    #expect(codes.contains(fault.code), "\(what)")
    #expect(fault.file?.hasPrefix("/") == true, "the fault names no file: \(what)")
    #expect(!fault.message.isEmpty && !fault.advice.isEmpty, "\(what)")
  }

  /// Opens the store again in the same process, on a disk that is healed.
  private func reopen(_ life: Life, _ what: String) throws -> TestStore {
    life.storage.setJudge(nil)
    #expect(life.storage.openFileCount == 0, "files are still open: \(what)")
    do {
      return try Life.reopen(on: life.storage, at: life.lastStep.elapsed, shards: Self.shards)
    } catch {
      Issue.record("the healed disk is refused with \(error): \(what)")
      throw error
    }
  }

  /// Sends every acknowledged command once more: it must be known, and nothing may change.
  private func checkAcknowledged(_ life: Life, _ store: TestStore, _ what: String) throws {
    let before = try Observation(store)
    for (command, answer) in life.acknowledged {
      let again = try store.perform(command)
      #expect(isKnown(again, after: answer), "\(command) was \(answer), now \(again): \(what)")
    }
    #expect(try Observation(store) == before, "a repeat changed something: \(what)")
    let stats = store.stats
    #expect(stats.supplied == stats.available + stats.reserved + stats.sold + stats.scrapped, "\(what)")
  }

  /// Whether an answer is that to a repeat: the same once more, or what became of the order since.
  private func isKnown(_ again: Answer, after answer: Answer) -> Bool {
    if again.isRepeat { return again.outcome.isSuccess }
    return answer.outcome == .reserved && [.expired, .alreadyCancelled].contains(again.outcome)
  }
}
