import StockClient
import StockEngine
import StockWire

/// Sells one cup of tea, whatever happens on the way. This very text stands in docs/client.md.
func sellTea(at address: ServerAddress) async throws -> String {
  let client = try await StockClient.connect(to: address)

  // Operations and orders carry ids of yours: a second attempt changes nothing.
  _ = try await client.preheat(operation: "spring-stock", lines: [WireLine("tea", 100)])

  var verdict = ""
  do {
    let answer = try await client.reserve(
      order: "order-1001", buyer: "user-7", hold: .seconds(900), lines: [WireLine("tea", 2)])
    switch answer {
    case .done(let hold):
      verdict = "held until \(hold.deadline?.milliseconds ?? 0), \(hold.available ?? 0) left"
      // ... the buyer pays ...
      if let sale = try await client.confirm(order: "order-1001").success {
        verdict = sale.isLate ? "sold, late" : "sold"
      }
    case .refused(let refusal):
      // Sold out is a value, not an error. It says what can truly be bought and whether a retry can differ.
      verdict = "refused: \(refusal)"
    }
  } catch {
    // No answer, although the client has tried again by itself. Make the fate certain: the order stands, or it never will.
    guard error.mayHaveHappened else { throw error }
    let fate = try await client.resolve(order: "order-1001")
    verdict = "resolved: \(fate)"
  }

  // Many commands in one frame, one round trip, one answer each.
  var batch = StockBatch()
  let tea = batch.get(["tea"])
  let order = batch.order("order-1001")
  let replies = try await client.send(batch)
  if let balance = try replies[tea].success?.value.first, let state = try replies[order].success?.value.state {
    verdict += "; \(balance.sellable) of \(balance.supplied) left, the order is \(state)"
  }

  // Keep this across restarts: a server that has lost what it acknowledged will be refused.
  let resumePoint = client.resumePoint
  await client.close()
  return verdict + (resumePoint == nil ? "" : ".")
}
