extension StoreInspector {
  /// Where a replay stops.
  public struct ReplayLimit: Sendable, Equatable {
    /// The last record to fold.
    public var lsn = LSN(.max)
    /// Records after this time are not folded.
    public var time = Timestamp.distantFuture
    /// No limit: to the end of the log.
    public init() {}
  }

  /// One item's balance at the end of a replay.
  public struct Balance: Sendable, Equatable {
    /// The item's name.
    public var item: String
    /// Its number in events.
    public var number: ItemNumber
    /// Units that came in, less those that went out by adjustment.
    public var supplied: Int64
    /// Units that nobody holds.
    public var available: Int64
    /// Units of orders that are not paid yet.
    public var reserved: Int64
    /// Units of confirmed orders, less returns.
    public var sold: Int64
    /// Units that came back and cannot be sold again.
    public var scrapped: Int64
    /// No sale takes `available` below this.
    public var floor: Int64
    /// How often it changed.
    public var version: UInt64
  }

  /// The state that a replay led to.
  public struct Replay: Sendable, Equatable {
    /// Where it stops.
    public typealias Limit = ReplayLimit
    /// The last record that was folded.
    public var lsn = LSN.zero
    /// Its time.
    public var time = Timestamp.zero
    /// Events folded, those in the snapshot not counted.
    public var events: UInt64 = 0
    /// The snapshot that it began with; 0 if with the log's beginning.
    public var fromSnapshot = LSN.zero
    /// Orders that hold units.
    public var openOrders = 0
    /// Orders with a full record.
    public var orders = 0
    /// The hash of the state, as a seal there would name it.
    public var stateHash: UInt64 = 0
    /// In the order of names.
    public var balances: [Balance] = []
  }

  /// Folds snapshot and log up to a limit. The newest snapshot that lies before the limit is where it begins; if segments
  /// before that are gone, so be it.
  /// - Parameter observe: sees each event after it was folded; names the items of its lines.
  public func replay(
    _ limit: ReplayLimit, fromStart: Bool = false, observe: ((LoggedEvent, (ItemNumber) -> String) -> Void)? = nil
  ) throws(EngineFault) -> Replay {
    var result = Replay()
    try withMachines { (machines) throws(EngineFault) in result = try replay(limit, fromStart, machines, observe) }
    return result
  }

  /// The names of items, by number.
  /// - Returns: of a store that is damaged the names of those items whose creation can be read, and what stopped the replay.
  public func itemNames() -> (names: [ItemNumber: String], fault: EngineFault?) {
    var names: [ItemNumber: String] = [:]
    do throws(EngineFault) {
      try withMachines { (machines) throws(EngineFault) in
        defer { for balance in machines.machine(shard: 0).pointee.balances() { names[balance.number] = balance.item } }
        _ = try replay(ReplayLimit(), false, machines, nil)
      }
      return (names, nil)
    } catch {
      // What is behind the damage may have its own.
      _ = try? events(EventFilter(), damage: { (_) throws(EngineFault) in }) { event in
        if let created = event.createdItem { names[created.number] = created.name }
        return true
      }
      return (names, error)
    }
  }

  /// With one empty machine for everything.
  private func withMachines(_ body: (MachineSet) throws(EngineFault) -> Void) throws(EngineFault) {
    let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: 1)
    defer { places.deallocate() }
    var machine = Machine(store: storeID, tracksDeadlines: false)
    var fault: EngineFault?
    withUnsafeMutablePointer(to: &machine) { machine in
      var machines = MachineSet(places: places, shards: 1, store: storeID)
      machines.hold(machine, shard: 0)
      do throws(EngineFault) {
        try body(machines)
      } catch {
        fault = error
      }
    }
    if let fault { throw fault }
  }

  private func replay(
    _ limit: ReplayLimit, _ fromStart: Bool, _ machines: MachineSet,
    _ observe: ((LoggedEvent, (ItemNumber) -> String) -> Void)?
  ) throws(EngineFault) -> Replay {
    let machine = machines.machine(shard: 0)
    let header = fromStart ? nil : try loadSnapshot(before: limit, machines)
    var replayer = Replayer(machines: machines, after: header?.lsn ?? .zero, at: header?.time ?? .zero)
    let files = try segments().filter { $0.sequence >= header?.position.segment ?? 1 }
    if header == nil, let first = files.first, first.sequence != 1 {
      throw EngineFault(
        .missing, "the log begins with segment \(first.sequence), and no snapshot lies before the limit.",
        file: first.path, advice: "Name a later limit, or bring older segments back.")
    }
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
    defer { raw.deallocate() }
    for file in files {
      let isDone = try fold(file, limit, &replayer, raw) { entry, source in
        observe?(LoggedEvent(entry, source)) { machine.pointee.name(of: $0) }
      }
      if isDone { break }
    }
    var result = Replay()
    result.lsn = replayer.lsn
    result.time = replayer.time
    result.events = replayer.events
    result.fromSnapshot = header?.lsn ?? .zero
    result.openOrders = machine.pointee.openOrders
    result.orders = machine.pointee.orders.count
    result.stateHash = machine.pointee.stateHash
    result.balances = machine.pointee.balances()
    return result
  }

  /// - Returns: whether the limit was reached.
  func fold(
    _ file: SegmentFile, _ limit: ReplayLimit, _ replayer: inout Replayer, _ raw: UnsafeMutableRawBufferPointer,
    _ observe: @escaping (RecordDecoder.Entry, EventSource) -> Void
  ) throws(EngineFault) -> Bool {
    if file.isRewritten { return try foldArchived(file, limit, &replayer, observe) }
    let bytes = try directory.storage.readSegment(file.path, direct: false)
    defer { bytes.deallocate() }
    var scan = try SegmentScan(name: file.path, bytes: bytes, store: storeID)
    try check(file, scan.header.firstLSN, follows: replayer.lsn)
    while case .group(let header, let offset) = scan.next(into: raw) {
      if header.firstLSN > limit.lsn || header.time > limit.time { return true }
      let body = UnsafeRawBufferPointer(rebasing: raw[..<Int(header.rawBytes)])
      try replayer.fold(
        body, header.run, until: limit.lsn, untilTime: limit.time, file: file.path, offset: offset, observe: observe)
      if replayer.cutAt != nil { return true }
    }
    return false
  }

  private func foldArchived(
    _ file: SegmentFile, _ limit: ReplayLimit, _ replayer: inout Replayer,
    _ observe: @escaping (RecordDecoder.Entry, EventSource) -> Void
  ) throws(EngineFault) -> Bool {
    var reader = try ArchiveReader(directory.storage, path: file.path, store: storeID)
    try check(file, reader.header.firstLSN, follows: replayer.lsn)
    try reader.fold(into: &replayer, until: limit.lsn, untilTime: limit.time, observe: observe)
    return replayer.cutAt != nil
  }

  private func check(_ file: SegmentFile, _ first: LSN, follows lsn: LSN) throws(EngineFault) {
    guard first.rawValue == lsn.rawValue + 1 else {
      throw .corruptLog(file.path, offset: 0, lsn: first, "the segment does not follow LSN \(lsn).")
    }
  }

  private func loadSnapshot(
    before limit: ReplayLimit, _ machines: MachineSet
  ) throws(EngineFault) -> SnapshotHeader? {
    for path in try snapshotPaths().reversed() {
      let name = path.lastPathComponent
      let isGood: Bool
      do throws(EngineFault) {
        var reader = try catalog.open(name)
        isGood = reader.header.lsn <= limit.lsn && reader.header.time <= limit.time
        if isGood { _ = try reader.verify() }
      } catch  where error.code == .corrupt {
        continue
      }
      if !isGood { continue }
      var reader = try catalog.open(name)
      _ = try reader.load(into: machines)
      return reader.header
    }
    return nil
  }
}

extension Machine {
  /// An item's name by its number.
  func name(of number: ItemNumber) -> String {
    guard let slot = itemSlot(number) else { return "#\(number.rawValue)" }
    return withBytes(of: items[slot].key) { String(decoding: $0, as: UTF8.self) }
  }

  func balances() -> [StoreInspector.Balance] {
    var balances: [StoreInspector.Balance] = []
    balances.reserveCapacity(itemCount)
    for number in partitions {
      var ordinal = 0
      while let slot = partition(number).pointee.itemSlot(ordinal) {
        ordinal += 1
        let item = items[slot]
        let sums = totals[slot]
        balances.append(
          StoreInspector.Balance(
            item: name(of: item.number), number: item.number, supplied: sums.supplied, available: item.available,
            reserved: item.reserved, sold: sums.sold, scrapped: sums.scrapped, floor: item.floor, version: item.version)
        )
      }
    }
    return balances.sorted { ExactText($0.item) < ExactText($1.item) }
  }
}
