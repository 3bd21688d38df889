// Reads of sales and buyers.

extension Decider {
  func read(_ read: ReadSale, _ replies: inout ReplyBatch) -> Reply {
    guard let scope = sale(read.sale) else { return Reply(.noSuchSale) }
    return Reply(.found, .sales(IndexRange(start: append(scope, to: &replies), count: 1), next: 0))
  }

  /// Walks partitions in order, and the scopes of each by number: sales, and SKUs that have limits, of which there may be a million.
  func read(_ list: ListSales, _ replies: inout ReplyBatch) -> Reply {
    let start = replies.sales.count
    let textStart = replies.bytes.count
    var partition = Int(min(list.cursor >> 32, UInt64(Partition.count)))
    var ordinal = Int(list.cursor & 0xFFFF_FFFF)
    var scanned = 0
    func page(next: UInt64) -> Reply {
      Reply(.found, .sales(IndexRange(start: start, count: replies.sales.count - start), next: next))
    }
    while partition < Partition.count {
      let number = Partition(UInt8(partition))
      let machine = machines.machine(number)
      let ordinals = machine.pointee.partition(number).pointee.scopes
      while ordinal < ordinals.count {
        let next = UInt64(partition) << 32 | UInt64(ordinal)
        if scanned == Self.rowsScannedMax { return page(next: next) }
        let scope = machine.pointee.scopes[Int(ordinals[ordinal])]
        if let sale = scope.pointee.sale {
          let textBytes = replies.bytes.count - textStart + Self.textBytes(scope.pointee.name.count, sale)
          // One sale always fits.
          if replies.sales.count - start == Int(list.rowsMax) || textBytes > Bounds.salePageTextBytesMax {
            return page(next: next)
          }
          append(scope, to: &replies)
        }
        scanned += 1
        ordinal += 1
      }
      partition += 1
      ordinal = 0
    }
    return page(next: 0)
  }

  private static func textBytes(_ nameBytes: Int, _ sale: Sale) -> Int {
    nameBytes + sale.limits.count + sale.eligible.count
  }

  /// - Parameter isWhole: false leaves out what is summed over the items, limits and whom the sale is open to.
  /// - Returns: the index of the record.
  @discardableResult
  func append(_ scope: UnsafeMutablePointer<Scope>, to replies: inout ReplyBatch, isWhole: Bool = true) -> Int {
    guard let sale = scope.pointee.sale else { preconditionFailure("a scope of a SKU is read as a sale") }
    let id = scope.pointee.name.withUnsafeBytes { replies.store($0) }
    let limits = isWhole ? sale.limits.withUnsafeBytes { replies.store($0) } : .empty
    let eligible = isWhole ? sale.eligible.withUnsafeBytes { replies.store($0) } : .empty
    var record = SaleRecord(
      sale: id, state: sale.state(at: now),
      terms: SaleTerms(
        start: sale.start, end: sale.end, holdMilliseconds: sale.holdMilliseconds, unpaid: sale.unpaid,
        flagged: sale.flagged, options: sale.options, limits: limits, eligible: eligible),
      items: 0, available: 0, reserved: 0, sold: 0, scrapped: 0, refused: sale.refused)
    if isWhole {
      record.items = Int64(sale.items.count)
      record.available = scope.pointee.sums.available
      record.reserved = scope.pointee.sums.reserved
      record.sold = scope.pointee.sums.sold
      record.scrapped = scope.pointee.sums.scrapped
    }
    replies.sales.append(record)
    return replies.sales.count - 1
  }

  func read(_ read: ReadBuyer, _ replies: inout ReplyBatch) -> Reply {
    let key = key(read.buyer)
    let machine = machines.machine(key.partition)
    var record = BuyerRecord(
      buyer: store(read.buyer, in: &replies), isFlagged: false, isFlaggedByHand: false, until: .zero, unpaid: 0)
    if let slot = machine.pointee.findBuyer(key) {
      let buyer = machine.pointee.buyers[slot]
      record.isFlagged = buyer.isFlagged(at: now)
      record.isFlaggedByHand = buyer.flag == .byHand
      record.until = buyer.until
      record.unpaid = UInt32(buyer.expiries(after: now.adding(milliseconds: -rules.unpaidPeriodMilliseconds)))
    }
    replies.buyers.append(record)
    return Reply(.found, .buyer(UInt32(replies.buyers.count - 1)))
  }
}
