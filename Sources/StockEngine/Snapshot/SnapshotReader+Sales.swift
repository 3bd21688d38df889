extension SnapshotReader {
  func takeScope(_ reader: inout ByteReader, _ machines: MachineSet) throws(EngineFault) {
    let number = ScopeNumber(rawValue: reader.take())
    let name = reader.takeText(max: Bounds.skuBytesMax)
    var limits: [(limit: Limit, isLifted: Bool)] = []
    for _ in 0..<reader.takeVarint(max: UInt64(Bounds.limitsMax)) {
      let text = reader.takeText(max: Limit.bytesMax)
      let isLifted: UInt8 = reader.take()
      guard !reader.hasFailed, let limit = Limit.decoded(Self.text(reader, text))?.first else { return reader.fail() }
      limits.append((limit, isLifted != 0))
    }
    let isSale: UInt8 = reader.take()
    let sale = isSale == 0 ? nil : try takeSale(&reader)
    if reader.hasFailed { return }
    let machine = machines.machine(number.partition)
    guard machine.pointee.isNext(number) else { return reader.fail() }
    machine.pointee.insertScope(
      number, name: Array(Self.text(reader, name)), sale: sale, limits: isSale == 0 ? [] : limits.map(\.limit))
    guard isSale == 0 else { return }
    let seed = machines.keySeed
    machine.pointee.withScope(number) { scope in
      for (limit, isLifted) in limits where !scope.set(limit, isLifted: isLifted, seed: seed) { reader.fail() }
    }
  }

  private func takeSale(_ reader: inout ByteReader) throws(EngineFault) -> Sale? {
    let start = Timestamp(milliseconds: reader.takeSigned())
    let end = Timestamp(milliseconds: reader.takeSigned())
    let hold = Int64(bitPattern: reader.takeVarint())
    let unpaid = SaleTerms.UnpaidPolicy(rawValue: reader.take())
    let flagged = SaleTerms.FlaggedPolicy(rawValue: reader.take())
    let options = SaleTerms.Options(rawValue: reader.take())
    let switches: UInt8 = reader.take()
    let closedAt = Timestamp(milliseconds: reader.takeSigned())
    let refused = (0..<RefusalCounts.count).map { _ in reader.takeVarint() }
    let limits = reader.takeText(max: Limit.bytesMax)
    let eligible = reader.takeText(max: SubjectList.eligibleBytesMax)
    if reader.hasFailed { return nil }
    guard let unpaid, let flagged, options.isSubset(of: .known) else {
      throw EngineFault(
        .newerFormat, "the snapshot has a sale with policies that this stockd does not know.", file: self.name,
        advice: "Nothing was changed. Start the newer stockd again.")
    }
    var sale = Sale(
      SaleTerms(
        start: start, end: end, holdMilliseconds: hold, unpaid: unpaid, flagged: flagged, options: options),
      isPaused: switches & 1 != 0, limits: Array(Self.text(reader, limits)),
      eligible: Array(Self.text(reader, eligible)))
    sale.isStarted = switches & 2 != 0
    sale.isRetired = switches & 4 != 0
    sale.closedAt = closedAt
    sale.refused = RefusalCounts(inOrder: refused)
    return sale
  }

  static func takeSaleItem(_ reader: inout ByteReader, _ machines: MachineSet) {
    let number = ScopeNumber(rawValue: reader.take())
    let item = ItemNumber(rawValue: reader.take())
    let source = ItemNumber(rawValue: reader.take())
    let units = Int64(reader.takeVarint(max: UInt64(Bounds.balanceMax)))
    guard !reader.hasFailed, machines.machine(number.partition).pointee.hasSale(number) else { return reader.fail() }
    machines.machine(number.partition).pointee.withSale(number) { $0.move(item, source: source, units: units) }
  }

  static func takeUse(_ reader: inout ByteReader, _ machines: MachineSet) {
    let number = ScopeNumber(rawValue: reader.take())
    let key = Use.Key(low: reader.take(), high: reader.take())
    let use = Use(key, count: reader.takeVarint(max: UInt64(Bounds.balanceMax)), of: number)
    guard !reader.hasFailed, machines.machine(number.partition).pointee.hasScope(number) else { return reader.fail() }
    machines.machine(number.partition).pointee.insertUse(use)
  }

  static func takeBuyer(_ reader: inout ByteReader, _ machines: MachineSet) {
    var buyer = Buyer(
      low: reader.take(), high: reader.take(), hash: reader.take(),
      changedAt: Timestamp(milliseconds: reader.takeSigned()))
    buyer.until = Timestamp(milliseconds: reader.takeSigned())
    let flag = Buyer.Flag(rawValue: reader.take())
    for index in 0..<8 { buyer.expiries[index] = Timestamp(milliseconds: reader.takeSigned()) }
    guard !reader.hasFailed, let flag else { return reader.fail() }
    buyer.flag = flag
    machines.machine(buyer.partition).pointee.insertBuyer(buyer)
  }
}
