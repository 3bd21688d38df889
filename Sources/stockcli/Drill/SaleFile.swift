import FoundationEssentials
import StockWire

/// A sale description, as `data/README.md` tells.
struct SaleFile: Decodable, Sendable {
  struct Title: Decodable, Sendable {
    var zh: String
    var en: String
  }

  struct Item: Decodable, Sendable {
    var sku: String
    var units: UInt32
  }

  var id: String
  var title: Title
  var buyers: Int
  var cartPercent: Int
  var cartLinesMax: Int
  var confirmPercent: Int
  var cancelPercent: Int
  var items: [Item]

  static func read(_ path: String) throws(DrillFault) -> SaleFile {
    let sale: SaleFile
    do {
      sale = try JSONDecoder().decode(SaleFile.self, from: try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw DrillFault("\(path) is not a sale description: \(error)")
    }
    guard sale.items.count >= max(sale.cartLinesMax, 1), sale.buyers > 0,
      (0...100).contains(sale.confirmPercent + sale.cancelPercent), (0...100).contains(sale.cartPercent)
    else { throw DrillFault("\(path): the numbers of the sale do not fit together") }
    return sale
  }

  /// The drill preheats an ordinary pool that is named like the sale, `sku@id`. A sale's own pool, `~id`, comes with opening
  /// sales, which is not built yet.
  func plan(prefix: String, seed: UInt64) -> SalePlan {
    SalePlan(
      prefix: prefix, items: items.map { SalePlan.Item(name: "\($0.sku)@\(id)", units: $0.units) },
      ordersMax: buyers, cartPercent: cartPercent, cartLinesMax: cartLinesMax, confirmPercent: confirmPercent,
      cancelPercent: cancelPercent, isSkewed: false, seed: seed)
  }
}
