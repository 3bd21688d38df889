import StockEngine
import StockHistory
import StockModel

/// The reference model, led by the log.
struct Replay {
  private var model: ReferenceModel
  private var names = LogNames()

  init(base: Int64) {
    model = ReferenceModel(rules: SimulationPlan.rules, base: base)
    model.isDriven = true
  }

  mutating func perform(_ attempt: Attempt) throws {
    guard let decided = attempt.decided else { return }
    if !decided.answer.tellsNothingOfOrder { try checkOverdue(attempt, at: decided.time) }
    let expected = model.perform(attempt.command, at: decided.time)
    var said = decided.answer
    if case .extend = attempt.command { said = said.without("available") }
    said = said.without("refused")
    guard said == expected || model.alternatives.contains(said) else {
      throw Violation(
        """
        client \(attempt.client) in life \(attempt.life), LSN \(attempt.lsn)\(decided.wrote ? "" : " (nothing written)"): \
        \(attempt.command)
          the store says \(said)
          the model says \(expected)
        """)
    }
  }

  /// Whoever touches an order whose deadline has passed, a read too, finds it expired.
  private func checkOverdue(_ attempt: Attempt, at time: Int64) throws {
    guard let id = attempt.command.order, let order = model.orders[id], order.state.isOpen, order.deadline <= time
    else { return }
    throw Violation(
      """
      client \(attempt.client) in life \(attempt.life), LSN \(attempt.lsn): \(attempt.command) found order \(id) open \
      \(time - order.deadline) ms behind its deadline, and was told \(attempt.decided?.answer.description ?? "nothing")
      """)
  }

  var hasOpenOrders: Bool { model.orders.values.contains { $0.state.isOpen } }

  mutating func learn(_ record: HistoryRecord) {
    for event in record.events { names.learn(event) }
  }

  mutating func applyExpiries(_ record: HistoryRecord) throws {
    for event in record.events where event.kind == .expired { try expire(event, record) }
  }

  /// A record that no command wrote.
  mutating func apply(_ record: HistoryRecord) throws {
    for event in record.events {
      switch event.kind {
      case .expired: try expire(event, record)
      case .deferralEnded where event.detail("state") == OrderState.expired.name: try expire(event, record)
      case .outage: endOutage(event)
      case .saleClosed:
        guard let sale = names.sale(event), let known = model.sales[sale], known.opening.end <= record.time else {
          throw Violation("LSN \(record.lsn) closes a sale before its end")
        }
        model.close(sale, at: record.time)
      case .moved:
        guard event.lines.count == 2,
          model.giveBack(
            event.lines[1].quantity, from: names.item(event.lines[0].item), to: names.item(event.lines[1].item))
        else { throw Violation("LSN \(record.lsn) gives back what no closed sale has: \(event)") }
      case .heartbeat, .sealed, .epochBegan, .refused, .saleStarted, .buyerUnpaid, .buyerFlagged, .buyersForgotten:
        break
      default: throw Violation("LSN \(record.lsn) is no command's: \(event)")
      }
    }
  }

  private mutating func expire(_ event: LoggedEvent, _ record: HistoryRecord) throws {
    guard let order = event.order, let known = model.orders[order], known.deadline <= record.time,
      model.expire(order, at: record.time)
    else { throw Violation("LSN \(record.lsn) expires \(event.order ?? "?"), which is not overdue") }
  }

  private mutating func endOutage(_ event: LoggedEvent) {
    guard let from = event.number("from"), let shift = event.number("shiftMilliseconds") else { return }
    model.outage(from: from, shift: shift)
  }
}
