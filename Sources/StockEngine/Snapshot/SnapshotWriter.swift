/// Writes the whole state of a machine, page by page, into a file. Equal states give equal bytes.
struct SnapshotWriter: ~Copyable {
  private let file: any StorageFile
  private let header: SnapshotHeader
  var page = ByteWriter(capacity: SnapshotFormat.pageRawBytesMax)
  private var entries: UInt32 = 0
  private var stored: UnsafeMutableRawBufferPointer
  private var offset = SnapshotFormat.headerBytes
  private var pageNumber: UInt32 = 0
  private var totals = SnapshotTotals()

  private var pace: Pace

  init(file: any StorageFile, header: SnapshotHeader, pace: Pace = .none) {
    self.file = file
    self.header = header
    self.pace = pace
    let bytes = SnapshotFormat.pageHeaderBytes + Codec.bound(SnapshotFormat.pageRawBytesMax)
    stored = .allocate(byteCount: bytes, alignment: 64)
  }

  deinit { stored.deallocate() }

  /// Writes and syncs everything.
  /// - Returns: the file's size in bytes.
  mutating func write(_ machine: borrowing Machine) throws(StorageError) -> Int {
    try file.write(header.encoded(), at: 0)
    try writeScopes(machine)
    try writeItems(machine)
    try writeOrders(machine)
    try writeIDs(machine)
    try writeUses(machine)
    try writeBuyers(machine)
    try writeEpochs(machine)
    try writeIssuedIDs(machine)
    try writeFooter(machine)
    if !PlantedBug.snapshotNotSynced.isPlanted { try file.sync() }
    return offset
  }

  private mutating func writeItems(_ machine: borrowing Machine) throws(StorageError) {
    for number in machine.partitions {
      var ordinal = 0
      while let slot = machine.partition(number).pointee.itemSlot(ordinal) {
        ordinal += 1
        let item = machine.items[slot]
        let sums = machine.totals[slot]
        page.makeRoom(256)
        page.put(item.number.rawValue)
        machine.withBytes(of: item.key) { page.putText($0) }
        page.putSigned(sums.supplied)
        page.putSigned(item.available)
        page.putSigned(item.reserved)
        page.putSigned(sums.sold)
        page.putSigned(sums.scrapped)
        page.putSigned(item.floor)
        page.putVarint(item.version)
        totals.items += 1
        try endEntry(.items)
      }
    }
    try endPage(.items)
  }

  /// A partition's orders: the ended ones and the sold ones by age, as their lists stand; the open ones in a fixed order.
  private mutating func writeOrders(_ machine: borrowing Machine) throws(StorageError) {
    let kind: SnapshotFormat.PageKind = machine.extendedOrders > 0 ? .countedOrders : .orders
    for number in machine.partitions {
      for slot in Self.orderSlots(machine, number) {
        write(machine.orders.pointer(slot), machine)
        totals.orders += 1
        try endEntry(kind)
      }
    }
    try endPage(kind)
  }

  private static func orderSlots(_ machine: borrowing Machine, _ number: Partition) -> [UInt32] {
    let state = machine.partition(number)
    var slots: [UInt32] = []
    for oldest in [state.pointee.ended.oldest, state.pointee.sold.oldest] {
      var slot = oldest
      while slot != AgeList.none {
        slots.append(slot)
        slot = machine.orders.pointer(slot).pointee.newer
      }
    }
    var open: [(created: Timestamp, hash: UInt64, slot: UInt32)] = []
    state.pointee.orders.forEach { slot in
      guard slot & PartitionState.fingerprintBit == 0 else { return }
      let order = machine.orders.pointer(slot)
      if order.pointee.state.isOpen {
        open.append((order.pointee.createdAt, machine.hash(of: order.pointee.key), slot))
      }
    }
    open.sort { ($0.created, $0.hash) < ($1.created, $1.hash) }
    return slots + open.map(\.slot)
  }

  private mutating func write(_ order: UnsafeMutablePointer<Order>, _ machine: borrowing Machine) {
    let lines = machine.lines(of: order)
    page.makeRoom(3072 + lines.count * 24)
    machine.withBytes(of: order.pointee.key) { page.putText($0) }
    page.put(order.pointee.state.rawValue)
    page.put(order.pointee.flags.rawValue)
    page.putVarint(UInt64(order.pointee.sale.rawValue))
    page.putSigned(order.pointee.createdAt.milliseconds)
    page.putSigned(order.pointee.changedAt.milliseconds - order.pointee.createdAt.milliseconds)
    page.putSigned(order.pointee.deadline.milliseconds - order.pointee.createdAt.milliseconds)
    page.putVarint(UInt64(lines.count))
    for line in lines {
      page.put(line.item.rawValue)
      page.putVarint(UInt64(line.bits))
      page.putVarint(UInt64(line.confirmed))
      page.putVarint(UInt64(line.cancelled))
      page.putVarint(UInt64(line.returned))
    }
    page.putText(machine.buyer(of: order))
    page.putText(machine.payload(of: order))
    if machine.extendedOrders > 0 { page.putText(machine.subjects(of: order)) }
  }

  private mutating func writeIDs(_ machine: borrowing Machine) throws(StorageError) {
    for number in machine.partitions where !PlantedBug.tombstonesNotInSnapshot.isPlanted {
      for slot in Self.slots(of: machine.partition(number).pointee.fingerprints, machine) {
        write(machine.fingerprints[slot])
        totals.fingerprints += 1
        try endEntry(.fingerprints)
      }
    }
    try endPage(.fingerprints)
    for number in machine.partitions where !PlantedBug.operationsNotInSnapshot.isPlanted {
      for slot in Self.slots(of: machine.partition(number).pointee.operationsByAge, machine) {
        write(machine.operations[slot])
        totals.operations += 1
        try endEntry(.operations)
      }
    }
    try endPage(.operations)
  }

  private static func slots(of queue: SlotQueue, _ machine: borrowing Machine) -> [UInt32] {
    var slots: [UInt32] = []
    slots.reserveCapacity(Int(queue.count))
    queue.forEach(in: machine.chunks) { slots.append($0) }
    return slots
  }

  private mutating func write(_ print: Fingerprint) {
    page.makeRoom(64)
    page.put(print.low)
    page.put(print.high)
    page.put(print.hash)
    page.putSigned(print.time.milliseconds)
    page.putVarint(print.content)
  }

  private mutating func writeEpochs(_ machine: borrowing Machine) throws(StorageError) {
    for start in machine.epochs.starts {
      page.makeRoom(32)
      page.put(start.epoch.rawValue)
      page.putVarint(start.firstLSN.rawValue)
      try endEntry(.epochs)
    }
    try endPage(.epochs)
  }

  private mutating func writeIssuedIDs(_ machine: borrowing Machine) throws(StorageError) {
    if machine.issuer.last == 0 { return }
    page.makeRoom(16)
    page.put(machine.issuer.last)
    try endEntry(.issuedIDs)
    try endPage(.issuedIDs)
  }

  private mutating func writeFooter(_ machine: borrowing Machine) throws(StorageError) {
    totals.stateHash = machine.sealedHash
    totals.sums = machine.sums
    totals.pages = UInt64(pageNumber)
    page.makeRoom(160)
    page.put(totals.items)
    page.put(totals.orders)
    page.put(totals.fingerprints)
    page.put(totals.operations)
    page.put(totals.stateHash)
    page.put(totals.sums.supplied)
    page.put(totals.sums.available)
    page.put(totals.sums.reserved)
    page.put(totals.sums.sold)
    page.put(totals.sums.scrapped)
    page.put(totals.pages)
    entries = 1
    try endPage(.footer)
  }

  mutating func endEntry(_ kind: SnapshotFormat.PageKind) throws(StorageError) {
    entries += 1
    if page.count >= SnapshotFormat.pageRawBytes { try endPage(kind) }
  }

  mutating func endPage(_ kind: SnapshotFormat.PageKind) throws(StorageError) {
    if entries == 0 { return }
    precondition(page.count <= SnapshotFormat.pageRawBytesMax, "an entry broke the bound of a page")
    let body = stored.baseAddress! + SnapshotFormat.pageHeaderBytes
    let (codec, count) = Codec.encode(
      page.bytes, into: UnsafeMutableRawBufferPointer(rebasing: stored[SnapshotFormat.pageHeaderBytes...]))
    let seed = SnapshotFormat.seed(header.store, header.lsn, page: pageNumber)
    var head = ByteWriter(capacity: SnapshotFormat.pageHeaderBytes)
    head.put(SnapshotFormat.pageMagic)
    head.put(kind.rawValue)
    head.put(codec)
    head.put(UInt16(0))
    head.put(entries)
    head.put(UInt32(page.count))
    head.put(UInt32(count))
    head.put(pageNumber)
    head.put(hashBytes(UnsafeRawBufferPointer(start: body, count: count), seed: seed))
    head.put(hashBytes(head.bytes, seed: seed))
    stored.baseAddress!.copyMemory(from: head.base, byteCount: head.count)
    let total = SnapshotFormat.pageHeaderBytes + count
    try file.write(UnsafeRawBufferPointer(rebasing: stored[..<total]), at: UInt64(offset))
    if pace.isStepFull(after: total) {
      try file.writeOut()
      pace.rest()
    }
    offset += total
    pageNumber += 1
    entries = 0
    page.removeAll()
  }
}
