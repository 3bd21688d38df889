import StockClient
import StockEngine
import StockWire
import Testing

@Suite("The client against a server that misbehaves")
struct StockClientTests {
  @Test func anOrdersLife() async throws {
    try await withFake { _, client in
      let stock = try await client.preheat(operation: "p-1", lines: [WireLine("tea", 10), WireLine("cup", 1)])
      #expect(stock.success?.available == 10)
      let hold = try await client.reserve(order: "o-1", buyer: "u-7", lines: [WireLine("tea", 2)])
      #expect(hold.success?.available == 8)
      #expect(hold.success?.state == .reserved)
      #expect(hold.success?.isRepeat == false)
      let again = try await client.reserve(order: "o-1", buyer: "u-7", lines: [WireLine("tea", 2)])
      #expect(again.success?.isRepeat == true)
      let other = try await client.reserve(order: "o-1", buyer: "u-8", lines: [WireLine("tea", 2)])
      #expect(other.refusal?.outcome == .idConflict)
      #expect(other.refusal?.mayRetryDiffer == false)
      let cart = try await client.reserve(order: "o-2", lines: [WireLine("tea", 9), WireLine("cup", 2)])
      #expect(
        cart.refusal?.shortages == [
          WireShortage(item: "tea", available: 8), WireShortage(item: "cup", available: 1),
        ])
      #expect(cart.refusal?.mayRetryDiffer == true)
      let extended = try await client.extend(operation: "e-1", order: "o-1", hold: .seconds(3600))
      #expect(extended.success?.deadline == Timestamp(milliseconds: 1_700_003_600_000))
      #expect(try await client.confirm(order: "o-1").success?.isLate == false)
      #expect(try await client.cancel(order: "o-1").refusal?.state == .confirmed)
      #expect(try await client.resolve(order: "o-1").success?.state == .confirmed)
      #expect(try await client.resolve(order: "o-9").success?.state == .fenced)
      #expect(try await client.cancel(order: "o-8").success?.isFenced == true)
      #expect(try await client.deduct(order: "o-3", lines: [WireLine("cup", 1)]).success?.available == 0)
      #expect(try await client.returnLines(operation: "r-1", order: "o-3").success?.state == .returned)
      let balances = try await client.get(["tea", "none"]).success?.value
      #expect(balances?.map(\.sold) == [2, 0])
      #expect(balances?.map(\.exists) == [true, false])
      #expect(try await client.order("o-1").success?.value.lines.map(\.quantity) == [2])
      #expect(try await client.stats().success?.value.items == 2)
      #expect(try await client.history(of: "tea").success?.value.changes.count == 1)
      let adjusted = try await client.adjust(operation: "a-1", item: "tea", change: .by(-3))
      #expect(adjusted.success?.available == 5)
      let stale = try await client.adjust(operation: "a-2", item: "tea", change: .to(available: 1, version: 1))
      #expect(stale.refusal?.version?.available == 5)
      #expect(try await client.restock(operation: "s-1", item: "tea", quantity: 5).success?.available == 10)
      #expect(try await client.supply(operation: "s-2", lines: [WireLine("no", 1)]).refusal?.outcome == .unknownItem)
    }
  }

  @Test func aBatchIsOneFrameAndItsTicketsReadTheAnswers() async throws {
    try await withFake { server, client in
      var batch = StockBatch()
      let stock = batch.preheat(operation: "p-1", lines: [WireLine("tea", 1)])
      let first = batch.reserve(order: "o-1", lines: [WireLine("tea", 1)])
      let second = batch.reserve(order: "o-2", lines: [WireLine("tea", 1)])
      let replies = try await client.send(batch)
      #expect(try replies[stock].success?.available == 1)
      #expect(try replies[first].success?.available == 0)
      #expect(try replies[second].refusal?.outcome == .soldOut)
      #expect(server.with { $0.framesSeen } == 1)
    }
  }

  @Test func aLongBatchIsSplitAndStaysInOrder() async throws {
    try await withFake { state in
      state.limits.commands = 3
    } _: { server, client in
      let replies = try await client.batch { batch in
        batch.preheat(operation: "p-1", lines: [WireLine("tea", 100)])
        for number in 1...20 { batch.reserve(order: "o-\(number)", lines: [WireLine("tea", 1)]) }
        batch.history("tea")
        batch.demand("tea")
        batch.get(["tea"])
      }
      #expect(replies.count == 24)
      let available: [Int64] = replies.replies[1...20].map {
        guard case .hold(let available, _) = $0.body else { return -1 }
        return available
      }
      #expect(available == (80...99).reversed().map { Int64($0) })
      // 21 commands in threes, the history alone, the demand alone, the rest.
      #expect(server.with { $0.framesSeen } == 10)
    }
  }

  @Test func anEmptyBatchIsRefusedBeforeItLeaves() async throws {
    try await withFake { _, client in
      await #expect(throws: StockClientError(.badBatch, "the batch is empty")) { try await client.batch { _ in } }
    }
  }

  @Test(arguments: [FakeServer.Mishap.dropBefore, .dropAfter])
  func whatWasUnansweredIsSentAgainAndDoneOnce(_ mishap: FakeServer.Mishap) async throws {
    try await withFake { state in
      state.store.items["tea"] = FakeStore.Item(supplied: 1000, available: 1000)
      for frame in stride(from: 7, to: 200, by: 31) { state.mishaps[frame] = mishap }
    } _: { server, client in
      let holds = try await withThrowingTaskGroup(of: Int.self) { group in
        for buyer in 0..<20 {
          group.addTask {
            var holds = 0
            for number in 0..<10 {
              let answer = try await client.reserve(order: "o-\(buyer)-\(number)", lines: [WireLine("tea", 1)])
              if answer.success != nil { holds += 1 }
            }
            return holds
          }
        }
        return try await group.reduce(0, +)
      }
      #expect(holds == 200)
      #expect(server.store.items["tea"]?.reserved == 200)
      #expect(server.store.orders.count == 200)
      #expect(server.with { $0.connectionsSeen } > 5)
    }
  }

  @Test func theHelloTellsTheHighestLSNSeen() async throws {
    try await withFake { state in
      state.mishaps[3] = .dropAfter
    } _: { server, client in
      _ = try await client.preheat(operation: "p-1", lines: [WireLine("tea", 9)])
      _ = try await client.reserve(order: "o-1", lines: [WireLine("tea", 1)])
      let hold = try await client.reserve(order: "o-2", lines: [WireLine("tea", 1)])
      #expect(hold.success?.isRepeat == true)
      let hellos = server.with { $0.hellos }
      #expect(hellos.map(\.highestLSN) == [.zero, LSN(2)])
      #expect(hellos.map(\.storeID) == [nil, StoreID(low: 0x1111, high: 0x2222)])
      #expect(
        client.resumePoint
          == ResumePoint(storeID: StoreID(low: 0x1111, high: 0x2222), highestLSN: LSN(3), epoch: FakeServer.epoch))
    }
  }

  @Test func anOrderInParts() async throws {
    try await withFake { _, client in
      _ = try await client.preheat(operation: "p-1", lines: [WireLine("tea", 10), WireLine("cup", 5)])
      _ = try await client.reserve(order: "o-1", lines: [WireLine("tea", 3), WireLine("cup", 2)])
      let part = try await client.confirmLines(operation: "c-1", order: "o-1", lines: [WireLine("tea", 1)])
      #expect(part.success?.state == .reserved)
      #expect(part.success?.isRepeat == false)
      let again = try await client.confirmLines(operation: "c-1", order: "o-1", lines: [WireLine("tea", 1)])
      #expect(again.success?.isRepeat == true)
      let less = try await client.cancelLines(operation: "c-2", order: "o-1", lines: [WireLine("cup", 1)])
      #expect(less.success?.state == .reserved)
      let more = try await client.confirmLines(operation: "c-3", order: "o-1", lines: [WireLine("cup", 2)])
      #expect(more.refusal?.outcome == .exceedsHeld)
      #expect(more.refusal?.mayRetryDiffer == false)
      #expect(try await client.ship(operation: "s-0", order: "o-1").refusal?.state == .reserved)
      let last = try await client.confirmLines(
        operation: "c-4", order: "o-1", lines: [WireLine("cup", 1)], remainder: .release)
      #expect(last.success?.state == .confirmed)
      let lines = try await client.order("o-1").success?.value.lines
      #expect(
        lines == [
          WireOrder.Line(item: "tea", quantity: 3, confirmed: 1, cancelled: 2),
          WireOrder.Line(item: "cup", quantity: 2, confirmed: 1, cancelled: 1),
        ])
      #expect(lines?.map(\.held) == [0, 0])
      #expect(try await client.ship(operation: "s-1", order: "o-1").success?.state == .shipped)
      #expect(try await client.ship(operation: "s-1", order: "o-1").success?.isRepeat == true)
      #expect(try await client.deliver(operation: "d-1", order: "o-1").success?.state == .delivered)
      #expect(try await client.deliver(operation: "d-2", order: "o-9").refusal?.outcome == .noSuchOrder)
    }
  }

  @Test func idsOfOneCallFollowEachOther() async throws {
    try await withFake { _, client in
      #expect(try await client.nextIDs().success?.ids == 1...1)
      let many = try await client.nextIDs(4096).success
      #expect(many?.ids == 2...4097)
      #expect(many?.lsn == LSN(2))
      #expect(try await client.nextIDs(4097).refusal?.malformation == .idCount)
    }
  }

  /// A lost answer wastes its numbers; the repeat gets others.
  @Test func idsWhoseAnswerWasLostAreNotGivenAgain() async throws {
    try await withFake { state in
      state.mishaps[1] = .dropAfter
    } _: { _, client in
      let first = try await client.nextIDs(2).success?.ids
      let second = try await client.nextIDs(2).success?.ids
      #expect(first == 3...4)
      #expect(second == 5...6)
    }
  }

  @Test func aServerThatLostItsLogIsRefusedForGood() async throws {
    try await withFake { server, client in
      _ = try await client.preheat(operation: "p-1", lines: [WireLine("tea", 9)])
      server.with {
        $0.store = FakeStore()
        $0.mishaps[2] = .dropBefore
      }
      await #expect {
        _ = try await client.get(["tea"])
      } throws: { error in
        let error = error as? StockClientError
        return error?.code == .dataRegression && error?.isFatal == true && error?.mayRetryDiffer == false
      }
      let frames = server.with { $0.framesSeen }
      await #expect(throws: StockClientError.self) { _ = try await client.get(["tea"]) }
      #expect(server.with { $0.framesSeen } == frames)
    }
  }

  @Test func anotherStoreIsRefusedAtConnect() async throws {
    let server = try await FakeServer.start()
    var configuration = quick
    configuration.resumePoint = ResumePoint(storeID: StoreID(low: 5, high: 6), highestLSN: .zero)
    let other = configuration
    await #expect {
      _ = try await StockClient.connect(to: server.address, configuration: other)
    } throws: { ($0 as? StockClientError)?.code == .otherStore }
    try await server.stop()
  }

  @Test func aBusyServerIsTriedAgainAtConnect() async throws {
    let server = try await FakeServer.start()
    server.with { $0.helloErrors = [.tooManyConnections, .shuttingDown] }
    let client = try await StockClient.connect(to: server.address, configuration: quick)
    #expect(server.with { $0.connectionsSeen } == 3)
    await client.close()
    try await server.stop()
  }

  @Test func aRestartedServerIsFoundAgain() async throws {
    // Not an ephemeral port: another test's socket could take it in between.
    let port = Int.random(in: 20_000..<32_000)
    let server = try await FakeServer.start(port: port)
    let client = try await StockClient.connect(to: server.address, configuration: quick)
    _ = try await client.preheat(operation: "p-1", lines: [WireLine("tea", 9)])
    try await server.stop()
    server.with { $0.mishaps[$0.framesSeen + 1] = .dropBefore }
    async let answer = client.reserve(order: "o-1", lines: [WireLine("tea", 1)])
    let second = try await FakeServer.start(port: port, state: server.state)
    #expect(try await answer.success?.available == 8)
    await client.close()
    try await second.stop()
  }

  @Test func aSilentServerLeavesTheFateUnknown() async throws {
    var configuration = quick
    // Long enough to connect on a busy machine.
    configuration.requestTimeout = .seconds(4)
    configuration.attemptTimeout = .seconds(60)
    try await withFake(configuration: configuration) { state in
      state.mishaps[1] = .swallow
    } _: { server, client in
      await #expect {
        _ = try await client.cancel(order: "o-1")
      } throws: { error in
        let error = error as? StockClientError
        return error?.code == .fateUnknown && error?.mayHaveHappened == true && error?.mayRetryDiffer == true
      }
      #expect(server.store.orders["o-1"]?.state == .fenced)
    }
  }

  @Test func withoutRepeatsALostConnectionLeavesTheFateUnknown() async throws {
    var configuration = quick
    configuration.retry = .never
    try await withFake(configuration: configuration) { state in
      state.mishaps[1] = .dropAfter
    } _: { _, client in
      await #expect {
        _ = try await client.cancel(order: "o-1")
      } throws: { ($0 as? StockClientError)?.code == .fateUnknown }
      let again = try await client.cancel(order: "o-1")
      #expect(again.success?.isRepeat == true)
    }
  }

  @Test func nonsenseFromTheServerIsAConnectionLost() async throws {
    try await withFake { state in
      state.store.items["tea"] = FakeStore.Item(supplied: 9, available: 9)
      state.mishaps[1] = .shortReply
    } _: { server, client in
      let replies = try await client.batch { batch in
        batch.reserve(order: "o-1", lines: [WireLine("tea", 1)])
        batch.reserve(order: "o-2", lines: [WireLine("tea", 1)])
      }
      #expect(replies.replies.map(\.isRepeat) == [true, true])
      #expect(server.store.items["tea"]?.reserved == 2)
    }
  }

  @Test func anAnswerThatCannotBeReadConcernsItsCallAlone() async throws {
    try await withFake { state in
      state.store.items["tea"] = FakeStore.Item(supplied: 9, available: 9)
      state.mishaps[1] = .unknownOutcome
    } _: { server, client in
      let connections = client.connectionsMade
      await #expect {
        try await client.reserve(order: "o-1", lines: [WireLine("tea", 1)])
      } throws: { error in
        let error = error as? StockClientError
        return error?.code == .protocolViolation && error?.mayHaveHappened == true
      }
      let next = try await client.reserve(order: "o-2", lines: [WireLine("tea", 1)])
      let framesSeen = server.with { $0.framesSeen }
      #expect(next.success?.isRepeat == false && client.connectionsMade == connections && framesSeen == 2)
    }
  }

  @Test func aClientThatNobodyHasAnyMoreIsGone() async throws {
    let server = try await FakeServer.start()
    do {
      let client = try await StockClient.connect(to: server.address)
      try await client.ping()
      #expect(server.with { $0.connectionsOpen } == 1)
    }
    let deadline = ContinuousClock.now + .seconds(20)
    while server.with({ $0.connectionsOpen }) > 0, ContinuousClock.now < deadline {
      try await Task.sleep(for: .milliseconds(5))
    }
    #expect(server.with { $0.connectionsOpen } == 0)
    try await server.stop()
  }

  @Test func nobodyThereMeansNothingWasSent() async throws {
    var configuration = quick
    configuration.requestTimeout = .milliseconds(100)
    let impatient = configuration
    await #expect {
      _ = try await StockClient.connect(to: .unix(path: "/nowhere/stockd.sock"), configuration: impatient)
    } throws: { error in
      let error = error as? StockClientError
      return error?.code == .unreachable && error?.mayHaveHappened == false
    }
  }

  @Test func aListComesPageByPage() async throws {
    try await withFake { state in
      for number in 0..<25 { state.store.items["tea-\(100 + number)"] = FakeStore.Item() }
      state.store.items["cup"] = FakeStore.Item()
    } _: { _, client in
      var pages: [Int] = []
      for try await page in client.list(prefix: "tea-", rowsMax: 10) { pages.append(page.value.items.count) }
      #expect(pages == [10, 10, 5])
    }
  }

  @Test func aClosedClientSaysSo() async throws {
    try await withFake { _, client in
      await client.close()
      await #expect(throws: StockClientError(.closed, "the client was closed")) { _ = try await client.stats() }
    }
  }
}

@Suite("Where a server is")
struct ServerAddressTests {
  @Test(arguments: [
    ("127.0.0.1:7000", ServerAddress.tcp(host: "127.0.0.1", port: 7000)), ("shop", .tcp(host: "shop", port: 6480)),
    ("[::1]:7000", .tcp(host: "::1", port: 7000)), ("unix:/run/stockd.sock", .unix(path: "/run/stockd.sock")),
    ("/run/stockd.sock", .unix(path: "/run/stockd.sock")),
  ])
  func isRead(_ text: String, _ address: ServerAddress) {
    #expect(ServerAddress(text) == address)
    #expect(ServerAddress(address.description) == address)
  }

  @Test(arguments: ["", "unix:", "host:", "host:0", "host:70000", ":80", "a b:80"])
  func isRefused(_ text: String) {
    #expect(ServerAddress(text) == nil)
  }
}
