import StockEngine

/// Orders of one line with ids of 20 bytes and a buyer of 8, over SKUs drawn at random.
struct Load {
  let skus: Int
  /// Each orders in its turn.
  let buyers: Int
  private var random = XorShift()
  private var made = 0

  init(skus: Int, buyers: Int = 10_000_000) {
    self.skus = skus
    self.buyers = buyers
  }

  /// Calls `execute` with batches that create every SKU.
  func preheat(_ execute: (inout CommandBatch) -> Void) {
    var batch = CommandBatch()
    var first = 0
    while first < skus {
      let count = min(1000, skus - first)
      batch.removeAll()
      let operation = batch.store(Self.text("preheat-", first, digits: 8))
      let start = batch.lineCount
      for sku in first..<first + count {
        batch.appendLine(item: batch.store(Self.text("SKU-", sku, digits: 7)), quantity: 1_000_000_000)
      }
      let lines = IndexRange(start: UInt32(start), count: UInt32(count))
      batch.append(.preheat(Preheat(operation: operation, lines: lines, replace: false)))
      execute(&batch)
      first += count
    }
  }

  static let sale = "618"

  /// Two limits, by the buyer and by the phone that `fill` gives to orders in a sale.
  static let limits = [Limit(dimension: "user", max: 1000), Limit(dimension: "phone", max: 1000)]

  /// Calls `execute` with commands that open a sale of every SKU.
  /// - Parameter units: of each SKU.
  func openSale(
    terms: SaleTerms = SaleTerms(start: .zero, end: .distantFuture), limits: [Limit] = Self.limits,
    units: Int64 = 500_000_000, _ execute: (inout CommandBatch) -> Void
  ) {
    var batch = CommandBatch()
    var terms = terms
    terms.limits = batch.store(Limit.encoded(limits))
    batch.append(
      .openSale(
        OpenSale(
          operation: batch.store("open"), sale: batch.store(Self.sale), terms: terms, isPaused: false,
          stock: SaleStock(source: .pools, lines: .empty))))
    execute(&batch)
    var first = 0
    while first < skus {
      let count = min(Bounds.linesPerSaleOperationMax, skus - first)
      batch.removeAll()
      let operation = batch.store(Self.text("add-", first, digits: 8))
      let start = batch.lineCount
      for sku in first..<first + count {
        batch.appendLine(item: batch.store(Self.text("SKU-", sku, digits: 7)), quantity: units)
      }
      let lines = IndexRange(start: UInt32(start), count: UInt32(count))
      batch.append(
        .addToSale(
          AddToSale(
            operation: operation, sale: batch.store(Self.sale), stock: SaleStock(source: .pools, lines: lines))))
      execute(&batch)
      first += count
    }
  }

  /// Fills a batch with reserves.
  mutating func fill(_ batch: inout CommandBatch, count: Int, inSale: Bool = false) {
    _ = fillNamed(&batch, count: count, inSale: inSale)
  }

  /// Fills a batch with reserves.
  /// - Returns: the orders' ids.
  /// - Parameter inSale: with a buyer and a phone that the sale's limits count.
  mutating func fillNamed(_ batch: inout CommandBatch, count: Int, inSale: Bool = false) -> [[UInt8]] {
    batch.removeAll()
    var ids: [[UInt8]] = []
    ids.reserveCapacity(count)
    for _ in 0..<count {
      let id = Self.text("order-", random.next(below: 100_000_000_000_000), digits: 14)
      ids.append(id)
      let order = batch.store(id)
      let item = batch.store(Self.text("SKU-", random.next(below: UInt64(skus)), digits: 7))
      let buyer = batch.store(Self.text("u", made % buyers, digits: 7))
      let start = batch.lineCount
      batch.appendLine(item: item, quantity: 1)
      var reserve = Reserve(
        order: order, buyer: buyer, payload: .empty, lines: IndexRange(start: UInt32(start), count: 1),
        holdMilliseconds: 0, issuedAt: .zero)
      if inSale {
        reserve.sale = batch.store(Self.sale)
        reserve.subjects = batch.store(Self.subject(made % buyers))
      }
      batch.append(.reserve(reserve))
      made += 1
    }
    return ids
  }

  /// A phone number of eleven digits, as a subject list.
  private static func subject(_ number: Int) -> [UInt8] {
    [5] + Array("phone".utf8) + [11] + text("138", number % 100_000_000, digits: 8)
  }

  static func text(_ prefix: StaticString, _ number: Int, digits: Int) -> [UInt8] {
    var text = Array(UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    let start = text.count
    text += [UInt8](repeating: UInt8(ascii: "0"), count: digits)
    var rest = number
    var index = start + digits - 1
    while rest > 0 && index >= start {
      text[index] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
      index -= 1
    }
    return text
  }
}

struct XorShift {
  private var state: UInt64 = 88_172_645_463_325_252

  mutating func next(below bound: UInt64) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % bound)
  }
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

func rounded(_ value: Double, _ places: Int = 2) -> String {
  var scale = 1.0
  for _ in 0..<places { scale *= 10 }
  return String((value * scale).rounded() / scale)
}
