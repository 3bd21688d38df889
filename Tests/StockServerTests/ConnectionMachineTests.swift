import StockEngine
import StockWire
import Testing

@testable import StockServer

/// One test a transition. Times are milliseconds; no sockets, no clock.
@Suite("A connection's life")
struct ConnectionMachineTests {
  private static let limits: ServerLimits = {
    var limits = ServerLimits()
    limits.helloTimeoutMilliseconds = 5_000
    limits.framesInFlightMax = 3
    limits.outputBytesMax = 1_000
    limits.writeStallMilliseconds = 30_000
    limits.lingerMilliseconds = 1_000
    return limits
  }()

  private func greeting() -> ConnectionMachine { ConnectionMachine(limits: Self.limits, now: 0) }

  private func open() -> ConnectionMachine {
    var machine = greeting()
    machine.greeted()
    return machine
  }

  // MARK: Hello

  @Test("a connection begins with a greeting and its deadline")
  func begins() {
    #expect(greeting().phase == .greeting(deadline: 5_000))
    #expect(greeting().wantsRead)
  }

  @Test("greeting + hello = open")
  func hello() {
    #expect(open().phase == .open)
  }

  @Test("greeting + deadline = the reason, then draining")
  func helloDeadline() {
    var machine = greeting()
    #expect(machine.tick(now: 4_999, unsent: 0) == .nothing)
    #expect(machine.tick(now: 5_000, unsent: 0) == .explain(WireFault(.helloTimeout)))
    #expect(machine.phase == .draining)
  }

  @Test("open + the greeting's deadline = nothing: idle connections live")
  func idle() {
    var machine = open()
    #expect(machine.tick(now: 1_000_000_000, unsent: 0) == .nothing)
    #expect(machine.phase == .open)
  }

  @Test("a protocol without a hello is open at once")
  func noGreeting() {
    #expect(ConnectionMachine(limits: Self.limits, now: 0, greets: false).phase == .open)
  }

  // MARK: The gate

  @Test("nothing leaves before its gate")
  func gate() {
    var machine = open()
    machine.queue(bytes: 10, frames: 1, gate: LSN(5))
    #expect(machine.flush(durable: LSN(4), now: 0) == .wait)
    #expect(machine.isGated)
    #expect(machine.flush(durable: LSN(5), now: 0) == .write(bytes: 10))
    #expect(!machine.isGated)
    #expect(machine.flush(durable: LSN(6), now: 0) == .wait)
  }

  @Test("replies leave in order, behind those that wait")
  func order() {
    var machine = open()
    machine.queue(bytes: 10, frames: 1, gate: LSN(5))
    machine.queue(bytes: 20, frames: 1, gate: .zero)
    machine.queue(bytes: 40, frames: 1, gate: LSN(7))
    #expect(machine.flush(durable: LSN(4), now: 0) == .wait)
    #expect(machine.flush(durable: LSN(6), now: 0) == .write(bytes: 30))
    #expect(machine.flush(durable: LSN(7), now: 0) == .write(bytes: 40))
    #expect(machine.heldBytes == 0)
  }

  @Test("a lower gate behind a higher one does not open the higher one")
  func lowerGateBehind() {
    var machine = open()
    machine.queue(bytes: 10, frames: 1, gate: LSN(9))
    machine.queue(bytes: 20, frames: 1, gate: LSN(3))
    #expect(machine.flush(durable: LSN(3), now: 0) == .wait)
    #expect(machine.flush(durable: LSN(9), now: 0) == .write(bytes: 30))
  }

  @Test("long queues of runs keep their counts")
  func longQueue() {
    var machine = ConnectionMachine(limits: ServerLimits(), now: 0, greets: false)
    var left = 0
    for gate in 1...1_000 { machine.queue(bytes: gate, frames: 1, gate: LSN(UInt64(gate))) }
    for durable in stride(from: 0, through: 1_000, by: 7) {
      let due = (left + 1...max(durable, left + 1)).filter { $0 <= durable }.reduce(0, +)
      #expect(machine.flush(durable: LSN(UInt64(durable)), now: 0) == (due == 0 ? .wait : .write(bytes: due)))
      left = durable
    }
    #expect(machine.framesInFlight == 1_000 - left)
  }

  // MARK: Backpressure

  @Test("as many frames in flight as there may be stop the reading; an answer lets it go on")
  func framesInFlight() {
    var machine = open()
    machine.queue(bytes: 1, frames: 2, gate: LSN(5))
    #expect(machine.mayTakeFrame(pending: 0))
    #expect(!machine.mayTakeFrame(pending: 1))
    machine.queue(bytes: 1, frames: 1, gate: LSN(6))
    #expect(!machine.mayTakeFrame(pending: 0))
    #expect(!machine.wantsRead)
    _ = machine.flush(durable: LSN(5), now: 0)
    #expect(machine.wantsRead)
  }

  @Test("too many bytes that wait for the log stop the reading")
  func gatedBytes() {
    var machine = open()
    machine.queue(bytes: 999, frames: 1, gate: LSN(5))
    #expect(machine.wantsRead)
    machine.queue(bytes: 1, frames: 1, gate: LSN(5))
    #expect(!machine.wantsRead)
    _ = machine.flush(durable: LSN(5), now: 0)
    #expect(machine.wantsRead)
  }

  @Test("too many bytes that the client does not take stop the reading")
  func unwritableBytes() {
    var machine = open()
    machine.writabilityChanged(to: false)
    machine.queue(bytes: 1_000, frames: 1, gate: LSN(5))
    #expect(machine.flush(durable: LSN(5), now: 0) == .wait)
    #expect(machine.heldBytes == 1_000)
    #expect(!machine.wantsRead)
    machine.writabilityChanged(to: true)
    #expect(machine.flush(durable: LSN(5), now: 0) == .write(bytes: 1_000))
    #expect(machine.wantsRead)
  }

  @Test("a history holds up what follows it")
  func history() {
    var machine = open()
    machine.errandBegan()
    #expect(!machine.wantsRead && !machine.mayTakeFrame(pending: 0))
    #expect(machine.errandEnded() == true)
    #expect(machine.wantsRead)
  }

  // MARK: Slow readers

  @Test("open + nothing taken for the time = aborted")
  func slowReader() {
    var machine = open()
    machine.queue(bytes: 100, frames: 1, gate: .zero)
    #expect(machine.flush(durable: .zero, now: 1_000_000) == .write(bytes: 100))
    #expect(machine.tick(now: 1_029_999, unsent: 60) == .nothing)
    // 40 were taken just now: the time begins anew.
    #expect(machine.tick(now: 1_030_000, unsent: 60) == .nothing)
    #expect(machine.tick(now: 1_059_000, unsent: 60) == .nothing)
    #expect(machine.tick(now: 1_060_000, unsent: 60) == .abort(.slowReader))
    #expect(machine.isClosed)
  }

  @Test("open + a little taken each time = lives")
  func slowButReading() {
    var machine = open()
    machine.queue(bytes: 100, frames: 1, gate: .zero)
    _ = machine.flush(durable: .zero, now: 0)
    for step in 1...50 {
      #expect(machine.tick(now: Int64(step) * 29_000, unsent: 100 - step) == .nothing)
    }
  }

  @Test("open + bytes after a long rest = the time begins with them")
  func stallAfterRest() {
    var machine = open()
    #expect(machine.tick(now: 10, unsent: 0) == .nothing)
    machine.queue(bytes: 100, frames: 1, gate: .zero)
    _ = machine.flush(durable: .zero, now: 1_000_000)
    #expect(machine.tick(now: 1_000_001, unsent: 100) == .nothing)
    #expect(machine.tick(now: 1_030_000, unsent: 100) == .abort(.slowReader))
  }

  @Test("replies that wait for a slow log are not the client's fault")
  func slowLog() {
    var machine = open()
    machine.queue(bytes: 100, frames: 1, gate: LSN(5))
    _ = machine.flush(durable: .zero, now: 0)
    #expect(machine.tick(now: 1_000_000, unsent: 0) == .nothing)
    #expect(machine.phase == .open)
  }

  // MARK: The end

  @Test("open + fault = the reason leaves behind what was due, then the output ends")
  func fault() {
    var machine = open()
    machine.queue(bytes: 10, frames: 1, gate: LSN(5))
    #expect(machine.fail(WireFault(.malformedFrame)) == .explain(WireFault(.malformedFrame)))
    machine.queue(bytes: 30, frames: 0, gate: .zero)
    #expect(machine.discardsInput && !machine.wantsRead)
    #expect(machine.flush(durable: LSN(4), now: 7) == .wait)
    #expect(machine.flush(durable: LSN(5), now: 7) == .writeAndFinish(bytes: 40))
    #expect(machine.phase == .finishing)
    #expect(machine.outputEnded(now: 9) == .ignore)
    #expect(machine.phase == .lingering(deadline: 1_009))
    // Now the input is read again, to be thrown away.
    #expect(machine.wantsRead && machine.discardsInput)
  }

  @Test("draining + another fault = ignored: one reason is enough")
  func secondFault() {
    var machine = open()
    _ = machine.fail(WireFault(.malformedFrame))
    #expect(machine.fail(WireFault(.frameTooLarge)) == .ignore)
    #expect(machine.stop() == .ignore)
  }

  @Test("open + stop = the reason, behind what was decided")
  func stop() {
    var machine = open()
    #expect(machine.stop() == .explain(WireFault(.shuttingDown)))
    #expect(machine.phase == .draining)
  }

  @Test("a fault forgets the history that is being read")
  func faultDuringHistory() {
    var machine = open()
    machine.errandBegan()
    _ = machine.stop()
    #expect(machine.errandEnded() == false)
    machine.queue(bytes: 30, frames: 0, gate: .zero)
    #expect(machine.flush(durable: .zero, now: 0) == .writeAndFinish(bytes: 30))
  }

  @Test("open + end of input = what was decided still leaves")
  func inputClosed() {
    var machine = open()
    machine.queue(bytes: 10, frames: 1, gate: LSN(5))
    #expect(machine.inputClosed() == .drain)
    #expect(machine.flush(durable: LSN(4), now: 0) == .wait)
    #expect(machine.flush(durable: LSN(5), now: 0) == .writeAndFinish(bytes: 10))
  }

  @Test("greeting + end of input = closed")
  func inputClosedEarly() {
    var machine = greeting()
    #expect(machine.inputClosed() == .close)
    #expect(machine.isClosed)
  }

  @Test("lingering + end of input = closed; lingering + its deadline = closed")
  func lingering() {
    var machine = greeting()
    _ = machine.fail(WireFault(.notStockd))
    machine.queue(bytes: 30, frames: 0, gate: .zero)
    #expect(machine.flush(durable: .zero, now: 0) == .writeAndFinish(bytes: 30))
    #expect(machine.outputEnded(now: 0) == .ignore)
    var other = machine
    #expect(machine.inputClosed() == .close)
    #expect(other.tick(now: 999, unsent: 0) == .nothing)
    #expect(other.tick(now: 1_000, unsent: 0) == .close)
    #expect(machine.isClosed && other.isClosed)
  }

  @Test("finishing + end of input = what is unsent still leaves, then closed")
  func finishing() {
    var machine = open()
    machine.queue(bytes: 30, frames: 1, gate: .zero)
    #expect(machine.quit() == .drain)
    #expect(machine.flush(durable: .zero, now: 0) == .writeAndFinish(bytes: 30))
    #expect(machine.inputClosed() == .ignore)
    #expect(machine.tick(now: 1, unsent: 30) == .nothing)
    #expect(machine.outputEnded(now: 2) == .close)
    #expect(machine.isClosed)
  }

  @Test("finishing = a client may take as long as ever, if it takes something")
  func finishingSlowly() {
    var machine = open()
    machine.queue(bytes: 30, frames: 1, gate: .zero)
    _ = machine.inputClosed()
    #expect(machine.flush(durable: .zero, now: 0) == .writeAndFinish(bytes: 30))
    #expect(machine.tick(now: 29_999, unsent: 30) == .nothing)
    var other = machine
    #expect(machine.tick(now: 30_000, unsent: 30) == .abort(.slowReader))
    #expect(other.tick(now: 30_000, unsent: 29) == .nothing)
    #expect(other.tick(now: 59_999, unsent: 29) == .nothing)
    #expect(other.tick(now: 60_000, unsent: 29) == .abort(.slowReader))
  }

  // MARK: The log fails

  @Test("open + failed log = what is not durable is forgotten, the rest leaves with the reason")
  func logFailed() {
    var machine = open()
    machine.writabilityChanged(to: false)
    machine.queue(bytes: 10, frames: 1, gate: LSN(5))
    machine.queue(bytes: 20, frames: 1, gate: LSN(6))
    #expect(machine.logFailed(durable: LSN(5)) == .explain(WireFault(.logFailed), keeping: 10))
    machine.queue(bytes: 30, frames: 0, gate: .zero)
    machine.writabilityChanged(to: true)
    #expect(machine.flush(durable: LSN(1_000), now: 0) == .writeAndFinish(bytes: 40))
  }

  @Test("draining + failed log = what is not durable is forgotten too")
  func logFailedWhileDraining() {
    var machine = open()
    machine.queue(bytes: 10, frames: 1, gate: LSN(5))
    _ = machine.stop()
    machine.queue(bytes: 30, frames: 0, gate: .zero)
    #expect(machine.logFailed(durable: .zero) == .explain(WireFault(.logFailed), keeping: 0))
  }

  @Test("any + disconnected = closed, and nothing is held")
  func disconnected() {
    var machine = open()
    machine.queue(bytes: 10, frames: 1, gate: LSN(5))
    machine.disconnected()
    #expect(machine.isClosed && machine.heldBytes == 0)
    #expect(machine.flush(durable: LSN(5), now: 0) == .wait)
  }
}
