import StockClient
import StockEngine
import StockWire

/// A flash sale from its opening to its end. This very text stands in docs/client.md.
func sellTickets(at address: ServerAddress) async throws -> [String] {
  let client = try await StockClient.connect(to: address)
  guard let stats = try await client.stats().success else { return ["no statistics"] }

  // The window is on the server's clock. Two tickets a buyer and four a phone; one unpaid order of a ticket a buyer.
  let now = stats.value.now
  var terms = WireSaleTerms(start: now, end: now.adding(milliseconds: 600_000), holdMilliseconds: 300_000)
  terms.limits = [WireLimit("user", 2), WireLimit("phone", 4)]
  terms.unpaid = .refuse

  // New units here; `source: .pools` takes them from the items that the lines name, and gives back what is not sold.
  let opening = try await client.openWholeSale(
    operation: "open-concert", sale: "concert", terms: terms, lines: [WireLine("stalls", 3), WireLine("balcony", 500)])
  guard case .done = opening else { return ["not opened: \(opening)"] }

  // Buyers: window, limits, unpaid orders and stock are checked in one step, and the units are held in the same.
  var told: [String] = []
  for (number, quantity) in [2, 1, 3].enumerated() {
    let answer = try await client.reserve(
      order: "ticket-\(number)", buyer: "user-\(number)", sale: "concert", subjects: [WireSubject("phone", "138")],
      lines: [WireLine("stalls", UInt32(quantity))])
    switch answer {
    case .done(let hold): told.append("\(quantity) held, \(hold.available ?? 0) left")
    case .refused(let refusal):
      if let limit = refusal.limit {
        told.append("limit by \(limit.dimension): \(limit.used) of \(limit.max)")
      } else {
        told.append("\(refusal)")
      }
    }
  }
  _ = try await client.confirm(order: "ticket-0")

  // The sale as a whole: what is left, held and sold over all of its items, and refusals by reason.
  if let sale = try await client.sale("concert").success?.value {
    told.append("\(sale.state.name): \(sale.available) left, \(sale.reserved) held, \(sale.sold) sold")
  }
  _ = try await client.closeSale(operation: "close-concert", sale: "concert")
  await client.close()
  return told
}
