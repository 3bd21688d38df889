import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// Threads that decide at the same time, over the same items and the same orders. Whoever comes first wins, once; no unit is
/// made or lost; and the log says the same as the memory.
@Suite(.timeLimit(.minutes(5))) struct RaceTests {
  static let items = (0..<24).map { "item-\($0)" }
  static let shards = 4
  static let threadCounts = [2, 4]

  /// What a thread sent, and what it was told.
  struct Attempt: Sendable {
    var command: ShopCommand
    var answer: Answer

    /// It was this attempt that did it.
    var hasWon: Bool { answer.outcome.isSuccess && !answer.isRepeat }
  }

  private func openStore(units: Int64) throws -> TestStore {
    let store = try TestStore(shards: Self.shards, segmentBytes: 1 << 20, rules: PropertyRun.rules)
    _ = try store.perform([.preheat(operation: "op-1", lines: Self.items.map { .init($0, units) }, replace: false)])
    var batch = CommandBatch()
    batch.add(.get(Self.items))
    var replies = ReplyBatch()
    store.inventory.makeExecutor().execute(&batch, into: &replies)
    let homes = Set(replies.items.map { Int($0.number.partition.rawValue) % Self.shards })
    #expect(homes.count == Self.shards, "the items must lie in every shard")
    return store
  }

  private static func order(_ id: String, _ lines: [ShopCommand.Line], hold: Int64 = 0) -> ShopCommand {
    var placement = ShopCommand.Placement(order: id, lines: lines)
    placement.holdMilliseconds = hold
    return .reserve(placement)
  }

  /// A cart of several items, in the order that the thread likes.
  private static func cart(_ id: String, _ random: inout SplitMix64, reversed: Bool) -> ShopCommand {
    let first = random.below(items.count)
    let lines = (0..<4).map { ShopCommand.Line(items[(first + $0 * 5) % items.count], 1) }
    return order(id, reversed ? lines.reversed() : lines)
  }

  // MARK: The races

  /// Segments are sealed, and their unused tails cut off, while the follower looks for those that it folds: a snapshot covers what was
  /// sealed when it began, and finds all of it.
  @Test func snapshotsWhileSegmentsAreSealed() throws {
    let store = try TestStore(shards: 1, segmentBytes: 64 << 10, opens: false)
    // The thread that cuts works by itself; the follower has nothing to do on its own.
    store.configuration.runsUpkeep = true
    store.configuration.snapshotBytes = 1 << 31
    try store.open()
    _ = try store.perform("preheat op-1 A=9")
    let isDone = OnceFlag()
    let faults = Race.run(store.inventory, threads: 2) { racer -> [String] in
      if racer.number == 1 {
        var sealed = 0
        while !isDone.isSet && sealed < 300 {
          _ = racer.send([.cancel(order: "c-\(sealed)", reason: "")])
          try? racer.inventory.seal()
          sealed += 1
        }
        return []
      }
      defer { _ = isDone.set() }
      return (0..<40).compactMap { _ in
        do {
          try racer.inventory.makeSnapshot()
          return nil
        } catch { return "\(error)" }
      }
    }
    #expect(faults.joined().isEmpty, "\(faults.joined().prefix(3))")
  }

  /// Half of the threads name their items forwards and half backwards, and the stock is scarce.
  @Test(arguments: threadCounts, Seeds.runs(old: [1, 2]))
  func cartsInOppositeOrders(threads: Int, seed: UInt64) throws {
    let store = try openStore(units: 60)
    let attempts = Race.run(store.inventory, threads: threads) { racer in
      var random = SplitMix64(seed: seed &+ UInt64(racer.number))
      var attempts: [Attempt] = []
      for round in 0..<60 {
        racer.race.line()
        var commands = (0..<6).map {
          Self.cart("o-\(racer.number)-\(round)-\($0)", &random, reversed: racer.number % 2 == 1)
        }
        if round > 0 {
          let earlier = "o-\(racer.number)-\(round - 1)-\(random.below(6))"
          commands.append(random.oneIn(2) ? .cancel(order: earlier, reason: "") : .confirm(order: earlier))
        }
        attempts += zip(commands, racer.send(commands)).map { Attempt(command: $0, answer: $1) }
      }
      return attempts
    }.flatMap { $0 }
    #expect(attempts.contains { $0.answer.outcome == .soldOut }, "the stock was not scarce, seed \(seed)")
    try check(store, attempts, "seed \(seed)")
  }

  /// Every thread sends every order id. Even numbers have the same content, odd ones another for each thread.
  @Test(arguments: threadCounts, Seeds.runs(old: [1, 2]))
  func theSameIDsAtTheSameTime(threads: Int, seed: UInt64) throws {
    let store = try openStore(units: 40)
    let attempts = Race.run(store.inventory, threads: threads) { racer in
      var attempts: [Attempt] = []
      for round in 0..<60 {
        var random = SplitMix64(seed: seed &+ UInt64(round))
        var commands = (0..<8).map { number in
          let item = random.pick(Self.items)
          let other = random.pick(Self.items)
          let lines = [ShopCommand.Line(item, number % 2 == 0 ? 1 : Int64(racer.number + 1))]
          return Self.order("o-\(round)-\(number)", item == other ? lines : lines + [.init(other, 1)])
        }
        if racer.number % 2 == 1 { commands.reverse() }
        racer.race.line()
        attempts += zip(commands, racer.send(commands)).map { Attempt(command: $0, answer: $1) }
      }
      return attempts
    }.flatMap { $0 }
    for (id, tries) in Dictionary(grouping: attempts, by: \.orderID) {
      let winners = tries.filter(\.hasWon)
      let isSame = id.hasSuffix("0") || id.hasSuffix("2") || id.hasSuffix("4") || id.hasSuffix("6")
      let told = "seed \(seed), \(id): \(tries.map(\.answer))"
      #expect(winners.count <= 1, "\(told)")
      for loser in tries where !loser.hasWon {
        switch loser.answer.outcome {
        case .soldOut: break
        case .reserved: #expect(isSame && loser.answer.isRepeat && winners.count == 1, "\(told)")
        case .idConflict: #expect(!isSame && winners.count == 1, "\(told)")
        default: Issue.record("\(told)")
        }
      }
    }
    try check(store, attempts, "seed \(seed)")
  }

  @Test(arguments: threadCounts, Seeds.runs(old: [1, 2]))
  func confirmAgainstCancel(threads: Int, seed: UInt64) throws {
    let store = try openStore(units: 1_000_000)
    let attempts = Race.run(store.inventory, threads: threads) { racer in
      var attempts: [Attempt] = []
      for round in 0..<60 {
        var random = SplitMix64(seed: seed &+ UInt64(round))
        let ids = (0..<8).map { "o-\(round)-\($0)" }
        if racer.number == 0 {
          let commands = ids.map { Self.cart($0, &random, reversed: false) }
          attempts += zip(commands, racer.send(commands)).map { Attempt(command: $0, answer: $1) }
        }
        // The roles change, so that neither side is always the first to run.
        let confirms = (racer.number + round) % 2 == 0
        racer.race.line()
        for id in confirms ? ids : ids.reversed() {
          let command: ShopCommand = confirms ? .confirm(order: id) : .cancel(order: id, reason: "")
          attempts.append(Attempt(command: command, answer: racer.send([command])[0]))
        }
        racer.race.line()
      }
      return attempts
    }.flatMap { $0 }
    var confirmed = 0
    var cancelled = 0
    for (id, tries) in Dictionary(grouping: attempts.filter { !$0.isReserve }, by: \.orderID) {
      let told = "seed \(seed), \(id): \(tries.map(\.answer))"
      let winners = tries.filter(\.hasWon)
      #expect(winners.count == 1, "\(told)")
      guard let winner = winners.first else { continue }
      let isConfirmed = winner.answer.outcome == .confirmed
      if isConfirmed { confirmed += 1 } else { cancelled += 1 }
      for loser in tries where !loser.hasWon {
        let isConfirm = if case .confirm = loser.command { true } else { false }
        let expected: Outcome =
          isConfirm ? (isConfirmed ? .confirmed : .alreadyCancelled) : isConfirmed ? .alreadyConfirmed : .cancelled
        #expect(loser.answer.outcome == expected, "\(told)")
      }
    }
    #expect(confirmed > 0 && cancelled > 0, "one side always won: \(confirmed) confirmed, \(cancelled) cancelled")
    try check(store, attempts, "seed \(seed)")
  }

  /// Half of the threads cancel, the others move the clock over the deadline and sweep.
  @Test(arguments: threadCounts, Seeds.runs(old: [1, 2]))
  func cancelAgainstExpiry(threads: Int, seed: UInt64) throws {
    let store = try openStore(units: 1_000_000)
    let (inventory, clock) = (store.inventory, store.clock)
    let attempts = Race.run(inventory, threads: threads) { racer in
      var attempts: [Attempt] = []
      for round in 0..<60 {
        var random = SplitMix64(seed: seed &+ UInt64(round))
        let ids = (0..<8).map { "o-\(round)-\($0)" }
        if racer.number == 0 {
          let commands = ids.map {
            Self.order($0, [.init(random.pick(Self.items), 1), .init(random.pick(Self.items), 1)], hold: 1000)
          }
          attempts += zip(commands, racer.send(commands)).map { Attempt(command: $0, answer: $1) }
        }
        racer.race.line()
        let cancels = (racer.number + round) % 2 == 0
        // In the first two rounds one side goes first, so that each has won; after that they race.
        if round == (cancels ? 1 : 0) { racer.race.line() }
        if cancels {
          for id in ids {
            let command = ShopCommand.cancel(order: id, reason: "")
            attempts.append(Attempt(command: command, answer: racer.send([command])[0]))
          }
        } else {
          clock.advance(milliseconds: 1000)
          inventory.tick()
        }
        if round == (cancels ? 0 : 1) { racer.race.line() }
        racer.race.line()
      }
      return attempts
    }.flatMap { $0 }
    var cancelled = 0
    var expired = 0
    for (id, tries) in Dictionary(grouping: attempts.filter { !$0.isReserve }, by: \.orderID) {
      let told = "seed \(seed), \(id): \(tries.map(\.answer))"
      let winners = tries.count(where: \.hasWon)
      #expect(winners <= 1, "\(told)")
      if winners == 1 { cancelled += 1 } else { expired += 1 }
      let expected: Outcome = winners == 1 ? .cancelled : .expired
      #expect(tries.allSatisfy { $0.answer.outcome == expected }, "\(told)")
      let state = try store.perform(.order(id)).value("state")
      #expect(state == (winners == 1 ? "cancelled" : "expired"), "\(told)")
    }
    #expect(cancelled > 0 && expired > 0, "one side always won: \(cancelled) cancelled, \(expired) expired")
    try check(store, attempts, "seed \(seed)")
  }

  // MARK: Afterwards

  /// The books balance, hold what the winners were told, and are found again in the log, with another number of shards too.
  private func check(_ store: TestStore, _ attempts: [Attempt], _ what: String) throws {
    let found = try store.perform(.get(Self.items))
    for item in Self.items {
      let numbers = try ["", ".reserved", ".sold", ".scrapped", ".supplied"].map {
        try #require(found.number(item + $0))
      }
      #expect(numbers[0] >= 0, "\(item) is oversold: \(numbers), \(what)")
      #expect(numbers[0...3].reduce(0, +) == numbers[4], "\(item) lost or made units: \(numbers), \(what)")
    }
    let states = try Self.held(attempts) { try store.perform(.order($0)).value("state") ?? "" }
    for item in Self.items {
      let out = (found.number(item + ".reserved") ?? 0) + (found.number(item + ".sold") ?? 0)
      #expect(out == states[item, default: 0], "\(item): \(out) units are out, the orders hold \(states), \(what)")
    }
    try store.inventory.seal()
    let hash = store.stats.stateHash
    for shards in [Self.shards, 1] {
      store.configuration.shards = shards
      try store.kill()
      #expect(store.stats.stateHash == hash, "the log with \(shards) shards gives another state, \(what)")
    }
  }

  /// Units of the orders that are still reserved or confirmed.
  private static func held(_ attempts: [Attempt], _ state: (String) throws -> String) rethrows -> [String: Int64] {
    var units: [String: Int64] = [:]
    for attempt in attempts where attempt.hasWon {
      guard case .reserve(let placement) = attempt.command else { continue }
      guard ["reserved", "confirmed"].contains(try state(placement.order)) else { continue }
      for line in placement.lines { units[line.item, default: 0] += line.quantity }
    }
    return units
  }
}

extension RaceTests.Attempt {
  var orderID: String {
    switch command {
    case .reserve(let placement), .deduct(let placement): placement.order
    case .confirm(let order), .cancel(let order, _): order
    default: ""
    }
  }

  var isReserve: Bool { if case .reserve = command { true } else { false } }
}
