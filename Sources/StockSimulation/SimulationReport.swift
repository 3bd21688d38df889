import StockEngine

/// What a simulation came upon.
package struct SimulationReport: Sendable, CustomStringConvertible {
  package var trace = TraceHash()
  package var operations = 0
  package var turns = 0
  package var commands = 0
  package var answers = 0
  package var repeats = 0
  package var lives = 0
  package var records: UInt64 = 0
  package var snapshots = 0
  /// Faults that were brought about, by what they are.
  package var faults: [String: Int] = [:]
  /// Ways that recoveries went, by name.
  package var recoveries: [String: Int] = [:]
  package var outcomes: [Outcome: Int] = [:]

  package init() {}

  package var description: String {
    func list(_ counts: [String: Int]) -> String {
      counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
    let never = RecoveryStep.allCases.map(\.rawValue).filter { recoveries[$0] == nil }
    return """
      \(commands) commands, \(repeats) repeats, \(answers) answers, \(records) records, \(lives) lives, \(snapshots) snapshots
      \(operations) operations of the disk, \(turns) turns of threads
      faults: \(list(faults))
      recoveries: \(list(recoveries)); never: \(never.isEmpty ? "none" : never.joined(separator: ", "))
      outcomes: \(list(Dictionary(uniqueKeysWithValues: outcomes.map { ($0.key.name, $0.value) })))
      """
  }

  package mutating func add(_ other: SimulationReport) {
    trace.add(other.trace.value)
    operations += other.operations
    turns += other.turns
    commands += other.commands
    answers += other.answers
    repeats += other.repeats
    lives += other.lives
    records += other.records
    snapshots += other.snapshots
    faults.merge(other.faults, uniquingKeysWith: +)
    recoveries.merge(other.recoveries, uniquingKeysWith: +)
    outcomes.merge(other.outcomes, uniquingKeysWith: +)
  }
}
