/// Reads a snapshot: checks every page, and puts the entries where they belong.
struct SnapshotReader: ~Copyable {
  let header: SnapshotHeader
  private let file: any StorageFile
  let name: String
  private let size: Int
  private var offset = SnapshotFormat.headerBytes
  private var pageNumber: UInt32 = 0
  private var stored: UnsafeMutableRawBufferPointer
  private var raw: UnsafeMutableRawBufferPointer
  private var pace: Pace

  init(file: any StorageFile, name: String, store: StoreID, pace: Pace = .none) throws(EngineFault) {
    let (header, size) = try Self.readHeader(file, name, store)
    self.header = header
    self.size = size
    self.file = file
    self.name = name
    self.pace = pace
    stored = .allocate(byteCount: Codec.bound(SnapshotFormat.pageRawBytesMax), alignment: 64)
    raw = .allocate(byteCount: SnapshotFormat.pageRawBytesMax + CommandBatch.slackBytes, alignment: 64)
  }

  deinit {
    stored.deallocate()
    raw.deallocate()
  }

  private static func readHeader(
    _ file: any StorageFile, _ name: String, _ store: StoreID
  ) throws(EngineFault) -> (SnapshotHeader, Int) {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: SnapshotFormat.headerBytes, alignment: 64)
    defer { bytes.deallocate() }
    let size: Int
    let got: Int
    do {
      size = Int(try file.size())
      got = try file.read(into: bytes, at: 0)
    } catch {
      throw .unreadSnapshot(name, error)
    }
    let read = UnsafeRawBufferPointer(rebasing: bytes[..<got])
    return (try SnapshotHeader(decoding: read, file: name, store: store), size)
  }

  struct Page {
    var kind: SnapshotFormat.PageKind?
    var entries: UInt32
    var raw: UnsafeRawBufferPointer
  }

  /// The next page, checked and decompressed; nil behind the footer.
  mutating func nextPage() throws(EngineFault) -> Page? {
    if offset == size { return nil }
    let head = UnsafeMutableRawBufferPointer(rebasing: raw[..<SnapshotFormat.pageHeaderBytes])
    guard try read(into: head, at: offset) == head.count else { throw damaged("a page header is cut off.") }
    let fields = PageFields(UnsafeRawBufferPointer(head))
    let seed = SnapshotFormat.seed(header.store, header.lsn, page: pageNumber)
    let check = hashBytes(
      UnsafeRawBufferPointer(rebasing: head[..<SnapshotFormat.checkedPageHeaderBytes]), seed: seed)
    guard fields.magic == SnapshotFormat.pageMagic, fields.check == check, fields.number == pageNumber,
      fields.rawBytes <= SnapshotFormat.pageRawBytesMax, fields.storedBytes <= fields.rawBytes, fields.zero == 0
    else { throw damaged("a page header is damaged.") }
    let body = UnsafeMutableRawBufferPointer(rebasing: stored[..<Int(fields.storedBytes)])
    guard try read(into: body, at: offset + SnapshotFormat.pageHeaderBytes) == body.count,
      hashBytes(UnsafeRawBufferPointer(body), seed: seed) == fields.bodyCheck,
      Codec.decode(fields.codec, UnsafeRawBufferPointer(body), into: raw, rawBytes: Int(fields.rawBytes))
    else { throw damaged("page \(pageNumber) is damaged.") }
    let kind = SnapshotFormat.PageKind(rawValue: fields.kind)
    guard kind != nil || fields.kind >= SnapshotFormat.skippableKinds else {
      throw EngineFault(
        .newerFormat, "the snapshot has pages of kind \(fields.kind), which this stockd does not know.", file: name,
        advice: "Nothing was changed. Start the newer stockd again.")
    }
    if kind == .footer && offset + SnapshotFormat.pageHeaderBytes + body.count != size {
      throw damaged("there are bytes behind the footer.")
    }
    offset += SnapshotFormat.pageHeaderBytes + body.count
    pageNumber += 1
    if pace.isStepFull(after: body.count) { pace.rest() }
    return Page(
      kind: kind, entries: fields.entries, raw: UnsafeRawBufferPointer(rebasing: raw[..<Int(fields.rawBytes)]))
  }

  private struct PageFields {
    var magic: UInt32
    var kind: UInt8
    var codec: UInt8
    var zero: UInt16
    var entries: UInt32
    var rawBytes: UInt32
    var storedBytes: UInt32
    var number: UInt32
    var bodyCheck: UInt64
    var check: UInt64

    init(_ bytes: UnsafeRawBufferPointer) {
      var reader = ByteReader(bytes)
      magic = reader.take()
      kind = reader.take()
      codec = reader.take()
      zero = reader.take()
      entries = reader.take()
      rawBytes = reader.take()
      storedBytes = reader.take()
      number = reader.take()
      bodyCheck = reader.take()
      check = reader.take()
    }
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(EngineFault) -> Int {
    do {
      return try file.read(into: buffer, at: UInt64(offset))
    } catch {
      throw .unreadSnapshot(name, error)
    }
  }

  private func damaged(_ message: String) -> EngineFault { .damagedSnapshot(name, offset: offset, message) }

  /// Checks every page and the footer, and changes nothing.
  mutating func verify() throws(EngineFault) -> SnapshotTotals {
    var counts = SnapshotTotals()
    while let page = try nextPage() {
      switch page.kind {
      case .items: counts.items += UInt64(page.entries)
      case .orders, .countedOrders: counts.orders += UInt64(page.entries)
      case .fingerprints: counts.fingerprints += UInt64(page.entries)
      case .operations: counts.operations += UInt64(page.entries)
      // The state hash in the footer covers them; they have no count of their own.
      case .epochs, .scopes, .saleItems, .uses, .buyers, .issuedIDs, nil: break
      case .footer:
        let totals = try totals(page)
        guard totals.items == counts.items, totals.orders == counts.orders,
          totals.fingerprints == counts.fingerprints, totals.operations == counts.operations,
          totals.pages == UInt64(pageNumber - 1)
        else { throw damaged("the footer's counts are not those of the pages.") }
        return totals
      }
    }
    throw damaged("the footer is missing.")
  }

  private func totals(_ page: Page) throws(EngineFault) -> SnapshotTotals {
    var reader = ByteReader(page.raw)
    var totals = SnapshotTotals()
    totals.items = reader.take()
    totals.orders = reader.take()
    totals.fingerprints = reader.take()
    totals.operations = reader.take()
    totals.stateHash = reader.take()
    totals.sums.supplied = reader.take()
    totals.sums.available = reader.take()
    totals.sums.reserved = reader.take()
    totals.sums.sold = reader.take()
    totals.sums.scrapped = reader.take()
    totals.pages = reader.take()
    if reader.hasFailed { throw damaged("the footer is cut off.") }
    return totals
  }

  /// Puts everything into machines that are empty. Call it on a reader whose file has been verified.
  mutating func load(into machines: MachineSet) throws(EngineFault) -> SnapshotTotals {
    while let page = try nextPage() {
      guard let kind = page.kind else { continue }
      if kind == .footer {
        let totals = try totals(page)
        machines.noteUnpaidOrders()
        try check(totals, machines)
        return totals
      }
      var reader = ByteReader(page.raw)
      for _ in 0..<page.entries {
        try takeEntry(kind, &reader, machines)
        if reader.hasFailed { throw damaged("page \(pageNumber - 1) does not read as what it says it holds.") }
      }
    }
    throw damaged("the footer is missing.")
  }

  /// One entry of a page, or a reader that has failed.
  private func takeEntry(
    _ kind: SnapshotFormat.PageKind, _ reader: inout ByteReader, _ machines: MachineSet
  ) throws(EngineFault) {
    switch kind {
    case .items: Self.takeItem(&reader, machines)
    case .orders: try takeOrder(&reader, machines, isCounted: false)
    case .countedOrders: try takeOrder(&reader, machines, isCounted: true)
    case .scopes: try takeScope(&reader, machines)
    case .saleItems: Self.takeSaleItem(&reader, machines)
    case .uses: Self.takeUse(&reader, machines)
    case .buyers: Self.takeBuyer(&reader, machines)
    case .fingerprints:
      let print = Self.takeFingerprint(&reader)
      // What is read of it later is the state in which the order went.
      guard !reader.hasFailed, OrderState(rawValue: UInt8(truncatingIfNeeded: print.content)) != nil else {
        return reader.fail()
      }
      machines.machine(print.partition).pointee.insertFingerprint(print)
    case .operations:
      let print = Self.takeFingerprint(&reader)
      if !reader.hasFailed { machines.machine(print.partition).pointee.insertOperation(print) }
    case .epochs:
      let epoch = Epoch(rawValue: reader.take())
      let start = EpochStart(epoch: epoch, firstLSN: LSN(reader.takeVarint()))
      if !reader.hasFailed { machines.machine(.ofStore).pointee.foldEpoch(start) }
    case .issuedIDs:
      let last: UInt64 = reader.take()
      if !reader.hasFailed { machines.machine(.ofStore).pointee.foldIssued(last) }
    case .footer: preconditionFailure("read by its own")
    }
  }

  private func check(_ totals: SnapshotTotals, _ machines: MachineSet) throws(EngineFault) {
    var hash: UInt64 = 0
    for shard in machines.held { hash &+= machines.machine(shard: shard).pointee.sealedHash }
    if let reason = machines.contradiction { throw damaged("what was read contradicts itself: \(reason).") }
    guard hash == totals.stateHash else {
      throw damaged("the state that was read has hash \(hash), the footer says \(totals.stateHash).")
    }
  }

  private static func takeItem(_ reader: inout ByteReader, _ machines: MachineSet) {
    let number = ItemNumber(rawValue: reader.take())
    let name = reader.takeText(max: Bounds.itemNameBytesMax)
    let supplied = reader.takeSigned()
    let available = reader.takeSigned()
    let reserved = reader.takeSigned()
    let sold = reader.takeSigned()
    let scrapped = reader.takeSigned()
    let floor = reader.takeSigned()
    let version = reader.takeVarint()
    let machine = machines.machine(number.partition)
    let columns = [supplied, available, reserved, sold, scrapped, floor]
    guard !reader.hasFailed, machine.pointee.isNext(number), columns.allSatisfy(Machine.isColumn) else {
      return reader.fail()
    }
    let key = Key(pointer(reader, name), count: Int(name.count), seed: machine.pointee.keySeed)
    let stored = machine.pointee.store(key)
    machine.pointee.insertItem(
      Item(key: stored, available: available, reserved: reserved, floor: floor, version: version, number: number),
      ItemTotals(supplied: supplied, sold: sold, scrapped: scrapped), hash: key.hash)
  }

  static func text(_ reader: ByteReader, _ text: ByteRange) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: reader.base + text.start, count: Int(text.count))
  }

  private static func pointer(_ reader: ByteReader, _ text: ByteRange) -> UnsafePointer<UInt8> {
    (reader.base + text.start).assumingMemoryBound(to: UInt8.self)
  }

  private func takeOrder(
    _ reader: inout ByteReader, _ machines: MachineSet, isCounted: Bool
  ) throws(EngineFault) {
    let id = reader.takeText(max: Bounds.idBytesMax)
    let stateNumber: UInt8 = reader.take()
    let flags = Order.Flags(rawValue: reader.take())
    let sale = ScopeNumber(rawValue: UInt32(truncatingIfNeeded: reader.takeVarint()))
    let created = Timestamp(milliseconds: reader.takeSigned())
    let changed = created.adding(milliseconds: reader.takeSigned())
    let deadline = created.adding(milliseconds: reader.takeSigned())
    let count = Int(reader.takeVarint(max: UInt64(Bounds.linesPerOrderMax)))
    var lines: [OrderLine] = []
    for _ in 0..<count {
      let item = ItemNumber(rawValue: reader.take())
      let bits = Self.takeUnits(&reader)
      var line = OrderLine(
        item: item, quantity: bits & ~EventLine.countedBit, isCounted: bits & EventLine.countedBit != 0)
      line.confirmed = Self.takeUnits(&reader)
      line.cancelled = Self.takeUnits(&reader)
      line.returned = Self.takeUnits(&reader)
      lines.append(line)
    }
    let buyer = reader.takeText(max: Bounds.buyerBytesMax)
    let payload = reader.takeText(max: Bounds.payloadBytesMax)
    let subjects = isCounted ? reader.takeText(max: SubjectList.bytesMax) : .empty
    guard !reader.hasFailed, Self.areWhole(lines, machines) else { return reader.fail() }
    // The page's check was right, so somebody who knows more states wrote it.
    guard let state = OrderState(rawValue: stateNumber) else {
      throw EngineFault(
        .newerFormat, "the snapshot has orders of state \(stateNumber), which this stockd does not know.", file: name,
        advice: "Nothing was changed. Start the newer stockd again.")
    }
    let seed = machines.keySeed
    let key = Key(Self.pointer(reader, id), count: Int(id.count), seed: seed)
    let machine = machines.machine(key.partition)
    let first = lines.first ?? OrderLine(item: ItemNumber(rawValue: 0), quantity: 0)
    var order = Order(
      key: machine.pointee.store(key), deadline: deadline, createdAt: created, changedAt: changed, line: first,
      extras: .none, sale: sale, extrasBytes: 0, lineCount: UInt16(count), state: state, flags: flags)
    machine.pointee.storeExtras(
      &order,
      OrderExtras.Texts(
        buyer: Self.text(reader, buyer), payload: Self.text(reader, payload), subjects: Self.text(reader, subjects)))
    if count > 1 {
      let extras = OrderExtras(base: machine.pointee.arena.pointer(order.extras), lineCount: count)
      for (index, line) in lines.enumerated() { extras.lines[index] = line }
    }
    machine.pointee.insertOrder(order, key: key)
  }

  /// Whether each line names an item and no more units than it has. Items come before orders.
  private static func areWhole(_ lines: [OrderLine], _ machines: MachineSet) -> Bool {
    lines.allSatisfy { line in
      machines.machine(line.item.partition).pointee.itemSlot(line.item) != nil
        && UInt64(line.confirmed) + UInt64(line.cancelled) <= UInt64(line.quantity) && line.returned <= line.confirmed
    }
  }

  private static func takeUnits(_ reader: inout ByteReader) -> UInt32 {
    UInt32(truncatingIfNeeded: reader.takeVarint(max: UInt64(UInt32.max)))
  }

  private static func takeFingerprint(_ reader: inout ByteReader) -> Fingerprint {
    Fingerprint(
      low: reader.take(), high: reader.take(), hash: reader.take(),
      time: Timestamp(milliseconds: reader.takeSigned()), content: reader.takeVarint())
  }
}
