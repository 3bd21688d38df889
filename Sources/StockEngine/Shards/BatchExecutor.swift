/// Decides batches on the thread that brings them. Make one for each event loop; it is not `Sendable`.
///
/// For each window of a batch: take the locks of every shard that it needs, in order; expire what is overdue; decide in the
/// order sent; append one record a command; let go. Nothing provisional is ever visible.
public final class BatchExecutor {
  private let group: ShardGroup
  private let commit: GroupCommit
  private let clock: LogClock
  private let places: UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>
  private var decider: Decider

  /// Whether an idle log begins to write with the first window of a batch. Whoever brings many small batches in a row says no,
  /// and ``wakeLog()`` behind the last: they then share a sync.
  public var wakesLog = true

  /// Adds what only the store knows to a stats reply.
  private let completeStats: (inout StoreStats) -> Void

  init(
    group: ShardGroup, commit: GroupCommit, clock: LogClock, rules: Rules,
    completeStats: @escaping (inout StoreStats) -> Void
  ) {
    self.completeStats = completeStats
    self.group = group
    self.commit = commit
    self.clock = clock
    places = .allocate(capacity: group.count)
    decider = Decider(
      rules: rules, store: group.store,
      machines: MachineSet(places: places, shards: group.count, store: group.store))
  }

  deinit { places.deallocate() }

  /// Decides every command of the batch and appends a reply for each, in order. The replies rest on records up to
  /// `replies.gate`: they may leave once the log is durable up to there, and not before. History and demand commands are
  /// answered `unavailable`; see `Inventory.history` and `Inventory.demand`.
  public func execute(_ batch: inout CommandBatch, into replies: inout ReplyBatch) {
    if batch.isEmpty {
      replies.gate = max(replies.gate, commit.lastLSN)
      return
    }
    batch.seal()
    decider.watchesRoom = commit.room.isLow
    decider.admission = commit.admission(for: batch.bytes.count + batch.count * 64)
    batch.commands.withUnsafeBufferPointer { commands in
      batch.lines.withUnsafeBufferPointer { lines in
        batch.bytes.withUnsafeBufferPointer { bytes in
          decider.bytes = bytes.baseAddress!
          if let lines = lines.baseAddress { decider.commandLines = lines }
          let statsBefore = replies.stats.count
          executeWindows(commands, &replies)
          for index in statsBefore..<replies.stats.count { completeStats(&replies.stats[index]) }
          plantEarlyReplies(commands, &replies)
        }
      }
    }
  }

  /// An idle log writes what was decided.
  public func wakeLog() { commit.wake() }

  private func executeWindows(_ commands: UnsafeBufferPointer<Command>, _ replies: inout ReplyBatch) {
    withUnsafeMutablePointer(to: &replies) { replies in
      var start = 0
      while start < commands.count {
        executeWindow(
          DecideWindow(
            commands: commands, start: start, replies: replies, commit: commit, clock: clock, wakesLog: wakesLog))
        start = decider.window.upperBound
      }
    }
  }

  @inline(__always)
  private func plantEarlyReplies(_ commands: UnsafeBufferPointer<Command>, _ replies: inout ReplyBatch) {
    if PlantedBug.replyEarlyByOne.isPlanted { replies.gate = LSN(max(replies.gate.rawValue, 1) - 1) }
    if PlantedBug.readNotGated.isPlanted && commands.allSatisfy(Self.isRead) { replies.gate = .zero }
  }

  private static func isRead(_ command: Command) -> Bool {
    switch command {
    case .get, .order, .pools, .stats: true
    default: false
    }
  }

  private func executeWindow(_ work: DecideWindow) {
    var work = work
    var shards = decider.openWindow(of: work.commands, from: work.start)
    var sweeps = 0
    while true {
      switch group.hold(shards, &decider, work) {
      case .done: return
      // Bounded: the set only grows.
      case .needs(let more): shards.formUnion(more)
      case .sweepFirst:
        // Nothing of the window was decided yet. After a few sweeps it is decided as things stand.
        sweeps += 1
        work.mayStop = sweeps < 4
        group.hold(group.all, &decider, Sweep(commit: commit, clock: clock, budget: DecideWindow.expiryBudget))
      }
    }
  }
}

/// Decides one window with its shards held.
///
/// `@unchecked Sendable`: the pointers belong to the call of `execute` that made it and waits for it, on the same thread.
private struct DecideWindow: ShardWork, @unchecked Sendable {
  let commands: UnsafeBufferPointer<Command>
  let start: Int
  let replies: UnsafeMutablePointer<ReplyBatch>
  let commit: GroupCommit
  let clock: LogClock
  let wakesLog: Bool
  /// Whether the window may be put off for a sweep.
  var mayStop = true

  enum Outcome: Sendable {
    case done
    /// An order's lines lie in shards that were not taken.
    case needs(ShardSet)
    /// Overdue orders hold stock in other shards.
    case sweepFirst
  }

  /// Wheel entries looked at before a window is decided. The sweeper does the rest.
  static let expiryBudget = 256

  init(
    commands: UnsafeBufferPointer<Command>, start: Int, replies: UnsafeMutablePointer<ReplyBatch>, commit: GroupCommit,
    clock: LogClock, wakesLog: Bool
  ) {
    self.wakesLog = wakesLog
    self.commands = commands
    self.start = start
    self.replies = replies
    self.commit = commit
    self.clock = clock
  }

  func run(_ decider: inout Decider) -> Outcome {
    if !decider.machines.isSingle {
      let more = decider.shardsOfOrders(commands)
      if !more.isSubset(of: decider.machines.held) { return .needs(more) }
    }
    // After the last lock, so that log order and time agree for every shard.
    decider.now = max(clock.now, decider.machines.time)
    decider.beginSection()
    var budget = Self.expiryBudget
    var mayExpire = !decider.watchesRoom || commit.ownWrites != .nothing
    if PlantedBug.overdueTakenAsOpen.isPlanted { mayExpire = false }
    if mayExpire && !decider.expireDue(budget: &budget) && mayStop {
      decider.appendSection(to: commit)
      return .sweepFirst
    }
    decider.beginTouching(commands)
    var first = replies.pointee.replies.count
    for place in decider.window {
      decider.touchAhead(of: place, commands)
      if decider.watchesRoom {
        decider.admission = commit.admission(for: decider.section.count + Bounds.recordBytesMax)
      }
      #if STOCK_TESTING
        let records = decider.recordCount
      #endif
      let index = PlantedBug.commandsChangePlaces.isPlanted ? partner(of: place, in: decider.window) : place
      let reply = decider.decide(commands[index], at: index, into: &replies.pointee)
      replies.pointee.replies.append(reply)
      #if STOCK_TESTING
        replies.pointee.decisions.append(
          ReplyBatch.Decision(time: decider.now, wrote: decider.recordCount > records))
        if index < place { exchangeLastReplies() }
      #endif
      if decider.section.count >= Decider.sectionBytesMax {
        append(&decider, from: first)
        first = replies.pointee.replies.count
        decider.beginSection()
      }
    }
    append(&decider, from: first)
    return .done
  }

  /// What a planted bug decides in a command's place: of two neighbours that reserve, the other.
  private func partner(of place: Int, in window: Range<Int>) -> Int {
    let other = window.lowerBound + ((place - window.lowerBound) ^ 1)
    guard window.contains(other), case .reserve = commands[place], case .reserve = commands[other] else { return place }
    return other
  }

  #if STOCK_TESTING
    /// Each of two neighbours that were decided in each other's place gets the answer to its own command.
    private func exchangeLastReplies() {
      let last = replies.pointee.replies.count - 1
      replies.pointee.replies.swapAt(last - 1, last)
      replies.pointee.decisions.swapAt(last - 1, last)
    }
  #endif

  /// Hands the section to the log and turns the replies' record counts into LSNs.
  @inline(__always)
  private func append(_ decider: inout Decider, from first: Int) {
    let lsn = decider.appendSection(to: commit, wakes: wakesLog)
    let before = lsn.rawValue - 1
    for index in first..<replies.pointee.replies.count { replies.pointee.replies[index].lsn.rawValue += before }
    if PlantedBug.refusalNotGated.isPlanted && decider.recordCount == 0 { return }
    replies.pointee.gate = max(replies.pointee.gate, LSN(before + UInt64(decider.recordCount)))
  }
}

/// Expires some of what is overdue, and gives back some of what closed sales have left.
struct Sweep: ShardWork {
  let commit: GroupCommit
  let clock: LogClock
  let budget: Int

  /// - Returns: whether there may be more.
  func run(_ decider: inout Decider) -> Bool {
    decider.now = max(clock.now, decider.machines.time)
    decider.beginSection()
    var rest = budget
    _ = decider.expireDue(budget: &rest)
    let hasUnsettled = decider.settle(itemsMax: budget)
    decider.appendSection(to: commit)
    return rest == 0 || hasUnsettled || decider.section.count >= Decider.sectionBytesMax
  }
}

extension Decider {
  /// Hands the section's records to the log.
  /// - Returns: the LSN of the first; with none, of the record that will come next.
  @discardableResult
  func appendSection(to commit: GroupCommit, end: GroupEnd = .open, wakes: Bool = true) -> LSN {
    commit.append(section.bytes, records: recordCount, at: now, end: end, wakes: wakes)
  }
}
