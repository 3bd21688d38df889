import StockEngine
import StockWire
import Testing

@testable import StockClient

private typealias Machine = SessionMachine<String>
private typealias Failure = SessionMachine<String>.Failure

@Suite("The session, transition by transition")
struct SessionMachineTests {
  private let start = ContinuousClock.now
  private let store = StoreID(low: 1, high: 2)

  private func machine(
    attempts: Int = 3, inFlight: Int = 10, waiting: Int = 10, resumePoint: ResumePoint? = nil
  ) -> Machine {
    var configuration = Machine.Configuration()
    configuration.requestTimeout = .seconds(10)
    configuration.attemptTimeout = .seconds(4)
    configuration.retry.attemptsMax = attempts
    configuration.retry.pauseMin = .milliseconds(10)
    configuration.framesInFlightMax = inFlight
    configuration.framesWaitingMax = waiting
    return Machine(configuration, resumePoint: resumePoint)
  }

  private let epoch = Epoch(number: 3, nonce: 9)

  private func reply(
    version: UInt16 = 1, frames: UInt32 = 1024, commands: UInt32 = 16_384, store: StoreID? = nil, durable: UInt64 = 9
  ) -> HelloReply {
    HelloReply(
      version: version, frameBytesMax: 1 << 20, commandsPerFrameMax: commands, framesInFlightMax: frames,
      storeID: store ?? self.store, durableLSN: LSN(durable), now: .zero, epoch: epoch)
  }

  /// Connected, with these frames sent.
  private func ready(_ requests: [String], attempts: Int = 3, inFlight: Int = 10) -> Machine {
    var machine = machine(attempts: attempts, inFlight: inFlight)
    for request in requests { _ = machine.submit(request, commands: 1, frameBytes: 50, now: start) }
    if requests.isEmpty { _ = machine.submit("first", commands: 1, frameBytes: 50, now: start) }
    _ = machine.connected(1)
    _ = machine.greeted(1, reply(), now: start)
    if requests.isEmpty { _ = machine.replied(1, commands: 1, highestLSN: LSN(9), now: start) }
    return machine
  }

  private func submit(_ machine: inout Machine, _ request: String) -> Machine.SubmitAction {
    machine.submit(request, commands: 1, frameBytes: 50, now: start)
  }

  @Test func theFirstCallConnects() {
    var machine = machine()
    #expect(submit(&machine, "a") == .connect(1))
    #expect(machine.state == .connecting)
    #expect(submit(&machine, "b") == .wait)
  }

  @Test func aConnectionBeginsWithAHello() {
    var machine = machine(
      resumePoint: ResumePoint(storeID: store, highestLSN: LSN(7), epoch: Epoch(number: 2, nonce: 5)))
    #expect(machine.connected(1) == nil)
    _ = submit(&machine, "a")
    #expect(machine.connected(1) == Hello(highestLSN: LSN(7), storeID: store, epoch: Epoch(number: 2, nonce: 5)))
    #expect(machine.connected(1) == nil)
  }

  @Test func whatWaitedIsSentInOrderAfterTheGreeting() {
    var machine = machine()
    for request in ["a", "b", "c"] { _ = submit(&machine, request) }
    _ = machine.connected(1)
    #expect(machine.greeted(1, reply(), now: start) == .send(["a", "b", "c"], failing: []))
    #expect(machine.resumePoint == ResumePoint(storeID: store, highestLSN: .zero, epoch: epoch))
    #expect(submit(&machine, "d") == .send("d"))
  }

  @Test func theServersBoundOnFramesHolds() {
    var machine = machine()
    for request in ["a", "b", "c"] { _ = submit(&machine, request) }
    _ = machine.connected(1)
    #expect(machine.greeted(1, reply(frames: 2), now: start) == .send(["a", "b"], failing: []))
    #expect(submit(&machine, "d") == .wait)
    #expect(
      machine.replied(1, commands: 1, highestLSN: LSN(3), now: start)
        == .complete("a", thenSend: ["c"], failing: []))
  }

  @Test func repliesMatchByOrderAndRaiseTheLSN() {
    var machine = ready(["a", "b"])
    #expect(
      machine.replied(1, commands: 1, highestLSN: LSN(5), now: start) == .complete("a", thenSend: [], failing: []))
    #expect(
      machine.replied(1, commands: 1, highestLSN: LSN(3), now: start) == .complete("b", thenSend: [], failing: []))
    #expect(machine.resumePoint?.highestLSN == LSN(5))
    #expect(
      machine.replied(1, commands: 1, highestLSN: LSN(5), now: start) == .violation("a reply came to no request"))
  }

  @Test func aReplyWithAnotherCountIsAViolation() {
    var machine = ready(["a"])
    #expect(
      machine.replied(1, commands: 2, highestLSN: .zero, now: start) == .violation("2 replies came to 1 commands"))
  }

  @Test func aLostConnectionKeepsTheOrder() {
    var machine = ready(["a", "b"])
    #expect(machine.lost(1, cause: "reset", random: 0) == .pause(.milliseconds(5), failing: []))
    #expect(submit(&machine, "c") == .wait)
    #expect(machine.paused() == 2)
    _ = machine.connected(2)
    #expect(machine.greeted(2, reply(), now: start) == .send(["a", "b", "c"], failing: []))
  }

  @Test func anOldConnectionIsIgnored() {
    var machine = ready(["a"])
    _ = machine.lost(1, cause: "reset", random: 0)
    _ = machine.paused()
    #expect(machine.lost(1, cause: "again", random: 0) == .ignore)
    #expect(machine.connected(1) == nil)
    #expect(machine.greeted(1, reply(), now: start) == .ignore)
    #expect(machine.replied(1, commands: 1, highestLSN: .zero, now: start) == .ignore)
    #expect(machine.state == .connecting)
  }

  @Test func pausesDoubleAndEnd() {
    let policy = RetryPolicy()
    #expect(policy.pause(failures: 1, random: 0) == .milliseconds(5))
    #expect(policy.pause(failures: 4, random: 0) == .milliseconds(40))
    #expect(policy.pause(failures: 60, random: 0) == .milliseconds(500))
    #expect(policy.pause(failures: 60, random: .max) <= .seconds(1))
    #expect(policy.pause(failures: 60, random: .max) > .milliseconds(999))
  }

  @Test func aFrameIsSentOnlySoOften() {
    var machine = ready(["a"], attempts: 2)
    #expect(machine.lost(1, cause: "reset", random: 0) == .pause(.milliseconds(5), failing: []))
    _ = machine.paused()
    _ = machine.connected(2)
    _ = machine.greeted(2, reply(), now: start)
    let error = StockClientError(
      .fateUnknown, "the connection was lost (reset) after 2 tries", mayHaveHappened: true)
    #expect(machine.lost(2, cause: "reset", random: 0) == .rest(failing: [Failure(request: "a", error: error)]))
    #expect(machine.state == .idle)
    #expect(submit(&machine, "b") == .connect(3))
  }

  @Test func aFrameThatNeverLeftIsNotAnAttempt() {
    var machine = machine(attempts: 1)
    _ = submit(&machine, "a")
    for number in 1...5 {
      guard case .pause(_, let failing) = machine.lost(number, cause: "refused", random: 0) else {
        Issue.record("it pauses")
        return
      }
      #expect(failing == [])
      #expect(machine.paused() == number + 1)
    }
  }

  @Test func aServerThatIsNotThereIsGivenUp() {
    var configuration = Machine.Configuration()
    configuration.retry.connectsMax = 2
    var machine = Machine(configuration)
    _ = submit(&machine, "a")
    guard case .pause(_, let failing) = machine.lost(1, cause: "refused", random: 0) else {
      Issue.record("it pauses")
      return
    }
    #expect(failing == [])
    _ = machine.paused()
    let error = StockClientError(.unreachable, "refused; nothing was sent")
    #expect(machine.lost(2, cause: "refused", random: 0) == .rest(failing: [Failure(request: "a", error: error)]))
    #expect(submit(&machine, "b") == .connect(3))
  }

  @Test func aDataRegressionEndsEverything() {
    var machine = ready(["a"])
    _ = machine.lost(1, cause: "reset", random: 0)
    _ = submit(&machine, "b")
    _ = machine.paused()
    _ = machine.connected(2)
    let frame = ErrorFrame(WireFault(.dataRegression))
    let error = StockClientError(.dataRegression, frame.text, serverCode: .dataRegression)
    var unknown = error
    unknown.mayHaveHappened = true
    #expect(
      machine.refused(2, frame, random: 0) { _ in false }
        == .end([Failure(request: "a", error: unknown), Failure(request: "b", error: error)]))
    #expect(submit(&machine, "c") == .fail("c", error))
    #expect(machine.paused() == nil)
  }

  @Test func aServerThatShouldHaveRefusedIsRefused() {
    for (reply, code) in [
      (reply(durable: 6), StockClientError.Code.dataRegression),
      (reply(store: StoreID(low: 9, high: 9)), .otherStore),
      (reply(version: 2), .serverRefused),
    ] {
      var machine = machine(resumePoint: ResumePoint(storeID: store, highestLSN: LSN(7)))
      _ = submit(&machine, "a")
      _ = machine.connected(1)
      guard case .end(let failing) = machine.greeted(1, reply, now: start) else {
        Issue.record("it ends")
        return
      }
      #expect(failing.map(\.error.code) == [code])
      #expect(failing.map(\.error.mayHaveHappened) == [false])
    }
  }

  @Test func aRejectedFrameFailsAloneAndIsNotRepeated() {
    var machine = ready(["a", "b", "c"])
    let frame = ErrorFrame(WireFault(.malformedFrame))
    let error = StockClientError(.frameRejected, frame.text, serverCode: .malformedFrame)
    #expect(
      machine.refused(1, frame, random: 0) { $0 == "b" }
        == .pause(.milliseconds(5), failing: [Failure(request: "b", error: error)]))
    _ = machine.paused()
    _ = machine.connected(2)
    #expect(machine.greeted(2, reply(), now: start) == .send(["a", "c"], failing: []))
  }

  @Test func aBusyServerIsTriedAgain() {
    for code in [ErrorCode.tooManyConnections, .shuttingDown, .logFailed, .slowReader, .helloTimeout, .tooManyInFlight]
    {
      var machine = ready(["a"])
      #expect(
        machine.refused(1, ErrorFrame(WireFault(code)), random: 0) { _ in true }
          == .pause(.milliseconds(5), failing: []))
    }
  }

  @Test func callersAreToldWhenTheirTimeIsOver() {
    var machine = ready(["a"], inFlight: 1)
    _ = submit(&machine, "b")
    let action = machine.expire(now: start + .seconds(10))
    #expect(
      action.failing == [
        Failure(
          request: "a", error: StockClientError(.fateUnknown, "no answer within 10.0 seconds", mayHaveHappened: true)),
        Failure(
          request: "b",
          error: StockClientError(
            .unreachable, "1 frames before it had no answer within 10.0 seconds; nothing was sent")
        ),
      ])
    #expect(machine.replied(1, commands: 1, highestLSN: .zero, now: start) == .drop(thenSend: [], failing: []))
    #expect(!machine.hasPending)
  }

  @Test func aSilentConnectionIsGivenUp() {
    var machine = ready(["a"])
    #expect(machine.expire(now: start + .seconds(3)) == Machine.ExpireAction())
    #expect(machine.expire(now: start + .seconds(4)) == Machine.ExpireAction(failing: [], closesAfter: .seconds(4)))
  }

  @Test func aReadOfTheLogMayTakeLonger() {
    var machine = ready([])
    _ = machine.submit("history", commands: 1, frameBytes: 50, readsLog: true, now: start)
    _ = submit(&machine, "a")
    #expect(machine.expire(now: start + .milliseconds(4_900)) == Machine.ExpireAction())
    // What was sent behind it has had its turn since then only.
    _ = machine.replied(1, commands: 1, highestLSN: .zero, now: start + .milliseconds(4_900))
    #expect(machine.expire(now: start + .milliseconds(8_800)).closesAfter == nil)
    #expect(machine.expire(now: start + .milliseconds(8_900)).closesAfter == .seconds(4))
    // Not as long as its caller waits: on a dead connection the calls behind it need time for another.
    var other = ready([])
    _ = other.submit("history", commands: 1, frameBytes: 50, readsLog: true, now: start)
    #expect(other.expire(now: start + .seconds(5)) == Machine.ExpireAction(failing: [], closesAfter: .seconds(5)))
  }

  @Test func aFrameBeyondTheServersLimitsFailsAtOnce() {
    var machine = ready([])
    guard
      case .fail("large", let error) = machine.submit("large", commands: 20_000, frameBytes: 50, now: start)
    else {
      Issue.record("it fails")
      return
    }
    #expect(error.code == .badBatch && !error.mayHaveHappened)
    // It stands in nobody's way.
    #expect(submit(&machine, "a") == .send("a"))
  }

  @Test func tooManyWaitingFramesAreNotTaken() {
    var machine = machine(waiting: 2)
    _ = submit(&machine, "a")
    _ = submit(&machine, "b")
    #expect(submit(&machine, "c") == .fail("c", StockClientError(.tooManyWaiting, "2 frames wait to be sent")))
  }

  @Test func aFrameBeyondANewServersLimitsFails() {
    var machine = machine()
    _ = machine.submit("a", commands: 5, frameBytes: 50, now: start)
    _ = machine.connected(1)
    guard case .send(let sent, let failing) = machine.greeted(1, reply(commands: 4), now: start) else {
      Issue.record("it goes on")
      return
    }
    #expect(sent == [])
    #expect(failing.map(\.error.code) == [.badBatch])
  }

  @Test func closingTellsEverybody() {
    var machine = ready(["a"], inFlight: 1)
    _ = submit(&machine, "b")
    let error = StockClientError(.closed, "the client was closed")
    var unknown = error
    unknown.mayHaveHappened = true
    #expect(machine.close() == [Failure(request: "a", error: unknown), Failure(request: "b", error: error)])
    #expect(machine.close() == [])
    #expect(submit(&machine, "c") == .fail("c", error))
  }
}
