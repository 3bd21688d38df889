import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import StockEngine
import Testing

@testable import StockServer

@Suite("The bell that wakes a loop")
struct DurabilityBellTests {
  /// What a bell has rung, after everything that it asked of the loop is done.
  private func rings(_ play: (DurabilityBell) -> Void) async throws -> Int {
    let loop = MultiThreadedEventLoopGroup.singleton.next()
    let rings = NIOLockedValueBox(0)
    let bell = DurabilityBell(loop: loop, durable: .zero) { rings.withLockedValue { $0 += 1 } }
    play(bell)
    try await loop.submit {}.get()
    return rings.withLockedValue { $0 }
  }

  @Test("not armed: silent")
  func silent() async throws {
    #expect(try await rings { $0.logBecameDurable(upTo: LSN(1)) } == 0)
  }

  @Test("armed: rings once, until it is armed again")
  func once() async throws {
    let count = try await rings { bell in
      #expect(!bell.arm(seen: .zero))
      bell.logBecameDurable(upTo: LSN(1))
      bell.logBecameDurable(upTo: LSN(2))
    }
    #expect(count == 1)
    let again = try await rings { bell in
      #expect(!bell.arm(seen: .zero))
      bell.logBecameDurable(upTo: LSN(1))
      #expect(!bell.arm(seen: LSN(1)))
      bell.logBecameDurable(upTo: LSN(2))
    }
    #expect(again == 2)
  }

  @Test("what became durable before it was armed is told at once")
  func tooLate() async throws {
    _ = try await rings { bell in
      bell.logBecameDurable(upTo: LSN(5))
      #expect(bell.arm(seen: LSN(4)))
      #expect(!bell.arm(seen: LSN(5)))
    }
  }

  @Test("durable never goes back")
  func monotone() async throws {
    _ = try await rings { bell in
      bell.logBecameDurable(upTo: LSN(5))
      bell.logBecameDurable(upTo: LSN(4))
      #expect(bell.durable == LSN(5))
    }
  }

  @Test("silenced: the loop may end before the log, which then fails")
  func silenced() async throws {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let rings = NIOLockedValueBox(0)
    let bell = DurabilityBell(loop: group.next(), durable: .zero) { rings.withLockedValue { $0 += 1 } }
    #expect(!bell.arm(seen: .zero))
    bell.logBecameDurable(upTo: LSN(1))
    try await group.next().submit {}.get()
    #expect(!bell.arm(seen: LSN(1)))
    bell.silence()
    bell.logBecameDurable(upTo: LSN(2))
    bell.logFailed(EngineFault(.logFailed, "planned", advice: ""))
    try await group.next().submit {}.get()
    #expect(rings.withLockedValue { $0 } == 1)
    #expect(bell.durable == LSN(2) && bell.hasFailed)
    try await group.shutdownGracefully()
  }

  @Test("a failed log rings always, and is told to whoever arms it later")
  func failed() async throws {
    let count = try await rings { bell in
      bell.logFailed(EngineFault(.logFailed, "planned", advice: ""))
      #expect(bell.arm(seen: .zero))
    }
    #expect(count == 1)
  }
}
