import Glibc
import StockEngine
import StockTestSupport

/// Runs the threads of a simulation one at a time; a seed says who is next wherever one could be put off for another. When nobody can go
/// on, time passes until somebody can.
///
/// `@unchecked Sendable`: all state is touched by the thread whose turn it is, and turns are handed on through semaphores.
package final class ThreadConductor: Conductor, @unchecked Sendable {
  /// A thread, from the conductor's point of view.
  private final class Player: @unchecked Sendable {
    enum State: Equatable {
      case ready
      case waiting(ObjectIdentifier, order: UInt64, until: UInt64?)
      case ended
    }

    let number: Int
    let name: String
    var state = State.ready
    /// How its last wait ended.
    var wasWoken = false
    private let turn: UnsafeMutablePointer<sem_t>

    init(_ number: Int, _ name: String) {
      self.number = number
      self.name = name
      turn = .allocate(capacity: 1)
      turn.initialize(to: sem_t())
      sem_init(turn, 0, 0)
    }

    deinit {
      sem_destroy(turn)
      turn.deallocate()
    }

    func giveTurn() { sem_post(turn) }
    func awaitTurn() { while sem_wait(turn) != 0 && errno == EINTR {} }
  }

  package let clock: ManualClock
  package private(set) var trace = TraceHash()
  /// Turns that were handed on, and times that nobody could go on and time passed.
  package private(set) var turns = 0
  package private(set) var idleTimes = 0

  private var random: SplitMix64
  private var players: [Player] = []
  private var current: Player
  private var started = 0
  private var waits: UInt64 = 0
  /// One in so many places where a thread may be put off, it is.
  private let pauseOdds: Int
  private let turnsMax: Int
  /// Printed before the process is ended for threads that wait for each other.
  private let label: String

  /// - Parameters:
  ///   - turnsMax: more than so many mean that nothing goes on.
  ///   - label: what to repeat the run by.
  package init(seed: UInt64, clock: ManualClock, pauseOdds: Int, turnsMax: Int, label: String) {
    random = SplitMix64(seed: seed)
    self.clock = clock
    self.pauseOdds = pauseOdds
    self.turnsMax = turnsMax
    self.label = label
    current = Player(0, "driver")
    players = [current]
  }

  /// Conducts the calling thread and all that it starts. They must have ended when `body` does.
  package func conduct<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Conducted.run(by: self) {
      defer { precondition(players.count == 1, "\(label): threads outlive the simulation: \(describePlayers())") }
      return try body()
    }
  }

  /// Adds to the trace.
  package func note(_ text: String) { trace.add(text) }
  package func note(_ number: UInt64) { trace.add(number) }

  private var milliseconds: UInt64 { clock.monotonicNanoseconds / 1_000_000 }

  // MARK: Conductor

  package func pause() {
    if random.oneIn(pauseOdds) { handOn() }
  }

  package func wait(on place: ObjectIdentifier, milliseconds: Int?) -> Bool {
    waits += 1
    let me = current
    me.state = .waiting(place, order: waits, until: milliseconds.map { self.milliseconds + UInt64($0) })
    handOn()
    return me.wasWoken
  }

  package func wake(_ place: ObjectIdentifier, all: Bool) {
    var first: (player: Player, order: UInt64)?
    for player in players {
      guard case .waiting(place, let order, _) = player.state else { continue }
      if all {
        wake(player, byTime: false)
      } else if first.map({ order < $0.order }) ?? true {
        first = (player, order)
      }
    }
    if let first { wake(first.player, byTime: false) }
  }

  package func start(_ name: String, _ body: @escaping @Sendable () -> Void) {
    started += 1
    let player = Player(started, name)
    players.append(player)
    let job = Job(body)
    _ = Thread(name: name, isShared: true) { [self] in
      player.awaitTurn()
      Conducted.run(by: self) { job.run() }
      player.state = .ended
      players.removeAll { $0 === player }
      handOn()
    }
  }

  /// What a thread does. It lets go of what it holds on to within its last turn.
  ///
  /// `@unchecked Sendable`: made by one thread, then touched by the one that runs it alone.
  private final class Job: @unchecked Sendable {
    private var body: (@Sendable () -> Void)?

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }

    func run() {
      body?()
      body = nil
    }
  }

  // MARK: Turns

  /// Lets time pass: whoever waited only so long goes on.
  package func passTime(milliseconds: Int64) {
    clock.advance(milliseconds: milliseconds)
    let now = self.milliseconds
    for player in players {
      if case .waiting(_, _, let until?) = player.state, until <= now { wake(player, byTime: true) }
    }
  }

  private func wake(_ player: Player, byTime: Bool) {
    player.state = .ready
    player.wasWoken = !byTime
  }

  private func handOn() {
    turns += 1
    precondition(turns <= turnsMax, "\(label): \(turnsMax) turns and no end: \(describePlayers())")
    let me = current
    var ready = players.filter { $0.state == .ready }
    while ready.isEmpty {
      sleepUntilSomebodyIsDue()
      ready = players.filter { $0.state == .ready }
    }
    let next = random.pick(ready)
    trace.add(UInt64(next.number))
    if next === me { return }
    current = next
    next.giveTurn()
    if me.state != .ended { me.awaitTurn() }
  }

  private func sleepUntilSomebodyIsDue() {
    idleTimes += 1
    let due = players.compactMap { player -> UInt64? in
      guard case .waiting(_, _, let until) = player.state else { return nil }
      return until
    }.min()
    guard let due else { preconditionFailure("\(label): everybody waits for somebody: \(describePlayers())") }
    passTime(milliseconds: Int64(due - milliseconds))
  }

  private func describePlayers() -> String { players.map { "\($0.name) \($0.state)" }.joined(separator: ", ") }
}

/// A hash of everything that happened, in order: the same seed must give the same.
package struct TraceHash: Equatable, Sendable {
  package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  package mutating func add(_ number: UInt64) {
    value = (value ^ number) &* 0x0000_0100_0000_01B3
    value ^= value >> 29
  }

  package mutating func add(_ text: String) {
    for byte in text.utf8 { add(UInt64(byte)) }
  }
}
