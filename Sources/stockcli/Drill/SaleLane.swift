import StockClient
import StockEngine
import StockHistory
import StockModel
import StockWire

/// One order service at the sale: it serves a handful of buyers at a time, first their reserves in one frame, then what they do
/// with what they got. It writes down what each was told, and never asks how the server is.
struct SaleLane: Sendable {
  let client: StockClient
  let plan: SalePlan
  let gate: SaleGate
  let ledger: SaleLedger
  /// Buyers at a time.
  let buyers: Int
  /// Where it writes down what it sends, and under which number.
  let recorder: HistoryRecorder?
  let number: Int

  func run() async {
    while true {
      await gate.pass()
      let numbers = gate.take(buyers, ordersMax: plan.ordersMax)
      if numbers.isEmpty { break }
      let orders = numbers.map { plan.order($0) }
      let first = ledger.with { content in
        content.orders += numbers.map { ToldOrder(index: $0) }
        return content.orders.count - numbers.count
      }
      await reserve(orders, first)
      await gate.pass()
      await settle(orders, first)
    }
    gate.laneEnded()
  }

  // MARK: Steps

  private func reserve(_ orders: [SalePlan.Order], _ first: Int) async {
    var batch = StockBatch()
    for order in orders {
      batch.reserve(
        order: order.id, buyer: order.buyer, hold: .seconds(SalePlan.holdSeconds), sale: plan.sale, lines: order.lines)
    }
    guard let replies = await send(batch, { orders.map(plan.reserving) }) else { return }
    ledger.with { content in
      for (offset, reply) in replies.enumerated() {
        switch reply.outcome {
        case .reserved: content.orders[first + offset].state = .reserved
        case .soldOut, .overloaded, .noSpace: content.orders[first + offset].state = .refused
        case .limitReached: content.orders[first + offset].state = .limited
        default:
          // The item was acknowledged and is gone, or the id that nobody else has is taken.
          content.orders[first + offset].state = .refused
          content.orders[first + offset].isDenied = true
        }
      }
    }
  }

  private func settle(_ orders: [SalePlan.Order], _ first: Int) async {
    let held = ledger.with { content in
      orders.indices.filter { content.orders[first + $0].state == .reserved && orders[$0].intent != .abandon }
    }
    if held.isEmpty { return }
    var batch = StockBatch()
    for index in held {
      switch orders[index].intent {
      case .confirm: batch.confirm(order: orders[index].id)
      case .cancel, .abandon: batch.cancel(order: orders[index].id, reason: SalePlan.cancelReason)
      }
    }
    guard let replies = await send(batch, { held.map { plan.settling(orders[$0]) } }) else {
      // The order is reserved or settled; which of both, nobody told.
      ledger.with { content in
        for index in held { content.orders[first + index].state = .unknown }
      }
      return
    }
    ledger.with { content in
      for (reply, index) in zip(replies, held) {
        switch reply.outcome {
        case .confirmed, .lateConfirmed: content.orders[first + index].state = .confirmed
        case .cancelled: content.orders[first + index].state = .cancelled
        case .overloaded, .noSpace: break
        default: content.orders[first + index].isDenied = true
        }
      }
    }
  }

  /// - Parameter commands: what is in the batch, in the words of a history.
  private func send(_ batch: StockBatch, _ commands: () -> [ShopCommand]) async -> [WireReply]? {
    let outages = gate.outages
    let connections = client.connectionsMade
    let start = monotonicNanoseconds()
    do {
      let replies = try await client.send(batch).replies
      let end = monotonicNanoseconds()
      let nanoseconds = end - start
      let spans = gate.outages != outages
      // On a new connection the client sends again what it has, for whatever reason the old one went.
      let isResent = client.connectionsMade != connections
      recorder?.record(
        client: Int64(number), called: start, returned: end, isResent: isResent, commands(), replies)
      ledger.with { content in
        if !spans { content.latency.record(nanoseconds: nanoseconds) }
        content.commands += replies.count
        if spans { content.spanningCommands += replies.count }
        content.repeats += replies.count { $0.isRepeat }
      }
      gate.count(replies.count)
      return replies
    } catch {
      ledger.with { $0.givenUp += 1 }
      let isResent = client.connectionsMade != connections
      recorder?.record(client: Int64(number), called: start, returned: nil, isResent: isResent, commands(), nil)
      return nil
    }
  }
}
