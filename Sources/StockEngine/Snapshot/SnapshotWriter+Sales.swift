// Sales, limits and buyers. Nothing of it is written for a store that has none, so such a snapshot reads everywhere.

extension SnapshotWriter {
  mutating func writeScopes(_ machine: borrowing Machine) throws(StorageError) {
    for number in machine.partitions {
      for index in machine.partition(number).pointee.scopes {
        let scope = machine.scopes[Int(index)]
        let eligible = scope.pointee.sale?.eligible.count ?? 0
        page.makeRoom(1024 + eligible)
        page.put(scope.pointee.number.rawValue)
        scope.pointee.name.withUnsafeBytes { page.putText($0) }
        write(scope.pointee.limits)
        page.put(UInt8(scope.pointee.sale == nil ? 0 : 1))
        if let sale = scope.pointee.sale { write(sale) }
        try endEntry(.scopes)
      }
    }
    try endPage(.scopes)
  }

  private mutating func write(_ limits: borrowing ScopeLimits) {
    page.putVarint(UInt64(limits.count))
    for index in 0..<limits.count {
      Limit.encoded([limits[index].pointee.limit]).withUnsafeBytes { page.putText($0) }
      page.put(UInt8(limits[index].pointee.isLifted ? 1 : 0))
    }
  }

  private mutating func write(_ sale: Sale) {
    page.putSigned(sale.start.milliseconds)
    page.putSigned(sale.end.milliseconds)
    page.putVarint(UInt64(bitPattern: sale.holdMilliseconds))
    page.put(sale.unpaid.rawValue)
    page.put(sale.flagged.rawValue)
    page.put(sale.options.rawValue)
    page.put(UInt8((sale.isPaused ? 1 : 0) | (sale.isStarted ? 2 : 0) | (sale.isRetired ? 4 : 0)))
    page.putSigned(sale.closedAt.milliseconds)
    for count in sale.refused.inOrder { page.putVarint(count) }
    sale.limits.withUnsafeBytes { page.putText($0) }
    sale.eligible.withUnsafeBytes { page.putText($0) }
  }

  /// What sales took from where, and what subjects have of limits, sorted, so that equal states give equal bytes.
  mutating func writeUses(_ machine: borrowing Machine) throws(StorageError) {
    for number in machine.partitions {
      for index in machine.partition(number).pointee.scopes {
        let scope = machine.scopes[Int(index)]
        for item in scope.pointee.sale?.items ?? [] { try write(item, of: scope.pointee.number) }
      }
    }
    try endPage(.saleItems)
    for number in machine.partitions {
      var uses: [Use] = []
      machine.partition(number).pointee.uses.forEach { slot in
        let use = machine.uses[slot]
        if !machine.scope(use.scope).pointee.switches.isRetired { uses.append(use) }
      }
      uses.sort { ($0.low, $0.high) < ($1.low, $1.high) }
      for use in uses {
        page.makeRoom(40)
        page.put(use.scope.rawValue)
        page.put(use.low)
        page.put(use.high)
        page.putVarint(use.count)
        try endEntry(.uses)
      }
    }
    try endPage(.uses)
  }

  private mutating func write(_ item: SaleItem, of number: ScopeNumber) throws(StorageError) {
    for source in item.sources {
      page.makeRoom(32)
      page.put(number.rawValue)
      page.put(item.item.rawValue)
      page.put(source.item.rawValue)
      page.putVarint(UInt64(source.units))
      try endEntry(.saleItems)
    }
  }

  /// By their last change: the list as it stands, and between, sorted, those that are kept.
  mutating func writeBuyers(_ machine: borrowing Machine) throws(StorageError) {
    for number in machine.partitions {
      var kept: [Buyer] = []
      machine.partition(number).pointee.buyers.forEach { slot in
        if machine.buyers[slot].isKept { kept.append(machine.buyers[slot]) }
      }
      kept.sort { ($0.changedAt, $0.low, $0.high) < ($1.changedAt, $1.low, $1.high) }
      var written = 0
      var slot = machine.partition(number).pointee.buyersByAge.oldest
      while slot != AgeList.none {
        let buyer = machine.buyers[slot]
        while written < kept.count, kept[written].changedAt < buyer.changedAt {
          try write(kept[written])
          written += 1
        }
        try write(buyer)
        slot = buyer.newer
      }
      for buyer in kept[written...] { try write(buyer) }
    }
    try endPage(.buyers)
  }

  private mutating func write(_ buyer: Buyer) throws(StorageError) {
    page.makeRoom(160)
    page.put(buyer.low)
    page.put(buyer.high)
    page.put(buyer.hash)
    page.putSigned(buyer.changedAt.milliseconds)
    page.putSigned(buyer.until.milliseconds)
    page.put(buyer.flag.rawValue)
    for index in 0..<8 { page.putSigned(buyer.expiries[index].milliseconds) }
    try endEntry(.buyers)
  }
}
