import StockClient
import StockEngine
import StockHistory
import StockModel
import StockWire

// The commands of a sale in the words of a history.

extension SalePlan {
  static let holdSeconds: Int64 = 3600
  static let cancelReason = "changed my mind"

  func reserving(_ order: Order) -> ShopCommand {
    var placement = ShopCommand.Placement(
      order: order.id, lines: order.lines.map { ShopCommand.Line($0.item, Int64($0.quantity)) })
    placement.buyer = order.buyer
    placement.holdMilliseconds = Self.holdSeconds * 1000
    placement.sale = sale
    return .reserve(placement)
  }

  func settling(_ order: Order) -> ShopCommand {
    switch order.intent {
    case .confirm: .confirm(order: order.id)
    case .cancel, .abandon: .cancel(order: order.id, reason: Self.cancelReason)
    }
  }

  func opening(_ terms: WireSaleTerms) -> ShopCommand.SaleOpening {
    var opening = ShopCommand.SaleOpening(
      sale: sale, start: terms.start.milliseconds, end: terms.end.milliseconds)
    opening.payMilliseconds = terms.holdMilliseconds
    opening.unpaid = terms.unpaid
    opening.flagged = terms.flagged
    opening.isStrict = terms.hasStrictDeadline
    opening.recordsAttempts = terms.recordsAttempts
    opening.limits = terms.limits.map {
      Limit(dimension: $0.dimension, measure: $0.measure, max: $0.max, isGivenBackOnReturn: $0.isGivenBackOnReturn)
    }
    opening.eligible = terms.eligible.map { ShopCommand.Subject($0.dimension, $0.value) }
    opening.takesFromPools = true
    opening.lines = items.map { ShopCommand.Line($0.sku, Int64($0.units)) }
    return opening
  }
}

extension StockClient {
  /// Sends one batch and writes it down.
  func send(
    _ batch: StockBatch, _ commands: [ShopCommand], as number: Int, to recorder: HistoryRecorder?
  ) async throws -> [WireReply] {
    let connections = connectionsMade
    let start = monotonicNanoseconds()
    let replies = try await send(batch).replies
    let end = monotonicNanoseconds()
    recorder?.record(
      client: Int64(number), called: start, returned: end, isResent: connectionsMade != connections, commands, replies)
    return replies
  }
}
