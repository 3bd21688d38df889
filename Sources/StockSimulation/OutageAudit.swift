import StockEngine
import StockHistory
import StockModel

/// Whether deadlines moved when nobody could pay, by as much as that lasted, and at no other time.
///
/// There are two reasons: the daemon was down, from the last record before to the start; and its log had no room for new orders, from
/// the first refusal on.
struct OutageAudit {
  /// Time in which no thread did anything, and so nobody noticed anything.
  struct Sleep {
    var life: Int
    /// In log time.
    var from: Int64
    var milliseconds: Int64
  }

  /// The machine's clock just before each start that came to something, by the LSN of its record.
  var starts: [LSN: Int64] = [:]
  var sleeps: [Sleep] = []

  /// The time of the record before.
  private var lastTime: Int64 = 0
  /// Of the last record before the start that the log is at.
  private var stoppedAt: Int64?
  /// Orders were open meanwhile: the next record must be the outage's.
  private var isDue = false
  /// No deadline moves twice for the same time.
  private var outagesUntil: Int64 = 0
  /// The first that was refused for lack of space since the last outage.
  private var refused: Attempt?
  /// The first that was sent when that had been answered, and was taken.
  private var takenAgain: Int64?
  /// When orders were taken since the last outage, and when anything was decided while the disk had room for all.
  private var taken: [Int64] = []
  private var roomy: [Int64] = []
  private var life = 0

  /// The engine looks once in 10 ms whether there is room. What it waits for meanwhile are a few operations of the disk.
  private static let noticeMilliseconds: Int64 = 2000
  /// Log time is slewed in small steps, and each shard keeps the latest that it has seen.
  private static let jitterMilliseconds: Int64 = 50
  /// The part of the time since the last step by which it may go back, as the engine's clock has it.
  private static let slewPart: Int64 = 20

  // MARK: Records

  mutating func meet(_ record: HistoryRecord, hasOpenOrders: @autoclosure () -> Bool) throws {
    defer { lastTime = record.time }
    if record.events.contains(where: { $0.kind == .epochBegan }) {
      let stop = stoppedAt ?? lastTime
      stoppedAt = stop
      forget()
      // Log time does not go back: with its clock set back, the machine has no time to give.
      if let wall = starts[record.lsn], wall > stop, hasOpenOrders() { isDue = true }
    } else if let outage = record.events.first(where: { $0.kind == .outage }) {
      try end(outage, record)
    } else {
      if isDue {
        throw Violation("LSN \(record.lsn): the daemon was down since \(stoppedAt ?? 0), and no deadline has moved")
      }
      stoppedAt = nil
      if let takenAgain, awake(takenAgain, record.time) > Self.noticeMilliseconds {
        throw Violation(
          """
          LSN \(record.lsn): new orders were refused for lack of space and are taken since \(takenAgain), and no deadline \
          has moved by \(record.time)
          """)
      }
    }
  }

  private mutating func forget() {
    refused = nil
    takenAgain = nil
    taken = []
    roomy = []
  }

  private mutating func end(_ outage: LoggedEvent, _ record: HistoryRecord) throws {
    guard let from = outage.number("from"), let to = outage.number("to"),
      let shift = outage.number("shiftMilliseconds")
    else { throw Violation("LSN \(record.lsn): an outage without its times") }
    guard from >= outagesUntil, from <= to, to == record.time,
      shift == min(to - from, SimulationPlan.rules.outageShiftMillisecondsMax)
    else { throw Violation("LSN \(record.lsn), at \(record.time): an outage from \(from) to \(to) shifts by \(shift)") }
    if let stoppedAt {
      guard from == stoppedAt else {
        throw Violation("LSN \(record.lsn): an outage from \(from), but the daemon was down since \(stoppedAt)")
      }
    } else {
      try checkLack(from, to, record)
    }
    outagesUntil = to
    stoppedAt = nil
    isDue = false
    forget()
  }

  /// An outage of a daemon that was up all the time: nothing was taken meanwhile, and nothing refused before.
  private func checkLack(_ from: Int64, _ to: Int64, _ record: HistoryRecord) throws {
    let jitter = jitter
    let notice = Self.noticeMilliseconds + jitter
    if let refused, let time = refused.decided?.time, awake(time, from) > notice {
      throw Violation("LSN \(record.lsn): an outage from \(from), but at \(time) \(refused.command) was refused")
    }
    for time in taken where awake(from, time) > notice && awake(time, to) > notice {
      throw Violation("LSN \(record.lsn): an outage from \(from) to \(to), and at \(time) an order was taken")
    }
    for time in roomy where time - from > jitter && to - time > jitter {
      throw Violation("LSN \(record.lsn): an outage from \(from) to \(to), and at \(time) the disk had room")
    }
  }

  /// How far log time may have gone back. A sleep is one long step.
  private var jitter: Int64 {
    sleeps.reduce(Self.jitterMilliseconds) { $1.life == life ? $0 + $1.milliseconds / Self.slewPart : $0 }
  }

  // MARK: Commands

  /// A command was refused for lack of space.
  mutating func putOff(_ attempt: Attempt) {
    life = attempt.life
    if attempt.command.takesSpace && refused == nil { refused = attempt }
  }

  /// A command was decided, with a record or without.
  mutating func met(_ attempt: Attempt) {
    life = attempt.life
    if let decided = attempt.decided, !decided.mayLackSpace { roomy.append(decided.time) }
  }

  /// A command has its record.
  mutating func decided(_ attempt: Attempt) {
    life = attempt.life
    guard attempt.command.takesSpace, let decided = attempt.decided, decided.answer.outcome.isSuccess else { return }
    taken.append(decided.time)
    if takenAgain == nil, let returned = refused?.returned, returned < attempt.called { takenAgain = decided.time }
  }

  /// How long threads had their turns between two moments of log time.
  private func awake(_ from: Int64, _ to: Int64) -> Int64 {
    sleeps.reduce(to - from) { rest, sleep in
      sleep.life == life && sleep.from >= from - 1 && sleep.from <= to + 1 ? rest - sleep.milliseconds : rest
    }
  }
}
