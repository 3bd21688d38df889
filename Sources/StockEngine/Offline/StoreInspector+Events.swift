extension StoreInspector {
  /// Which events are wanted: those that meet all that is named.
  public struct EventFilter: Sendable, Equatable {
    /// From this record on.
    public var firstLSN = LSN.zero
    /// Up to this record.
    public var lastLSN = LSN(.max)
    /// Only events with a line of this item.
    public var item: ItemNumber?
    /// Only events of this order.
    public var order: String?
    /// Only events of this operation.
    public var operation: String?
    /// Every event.
    public init() {}

    func covers(_ first: LSN, _ last: LSN) -> Bool { last >= firstLSN && first <= lastLSN }

    /// What an index can be asked for, the rarest first.
    func key(_ store: StoreID) -> ArchiveReader.Key? {
      func hash(_ id: String) -> UInt64 { Array(id.utf8).withUnsafeBytes { ArchiveFormat.key(of: $0, store: store) } }
      if let order { return .order(hash(order)) }
      if let operation { return .operation(hash(operation)) }
      return item.map { .item($0) }
    }

    func wants(_ event: LoggedEvent) -> Bool {
      guard covers(event.lsn, event.lsn) else { return false }
      if let order, event.order.map({ ExactText($0) }) != ExactText(order) { return false }
      if let operation, event.operation.map({ ExactText($0) }) != ExactText(operation) { return false }
      if let item, !event.lines.contains(where: { $0.item == item }) { return false }
      return true
    }
  }

  /// Shows the events that a filter wants, oldest first. Of an archive file only the blocks that its index names are read; of a
  /// segment, all.
  /// - Parameters:
  ///   - damage: hears of each place that cannot be read, in the order of the log; unless it throws, the walk goes on behind the
  ///     group or block.
  ///   - visit: false ends the walk.
  /// - Returns: the bytes that were read.
  @discardableResult
  public func events(
    _ filter: EventFilter,
    damage: (EngineFault) throws(EngineFault) -> Void = { (fault) throws(EngineFault) in throw fault },
    visit: (LoggedEvent) -> Bool
  ) throws(EngineFault) -> UInt64 {
    var bytesRead: UInt64 = 0
    var isDone = false
    func show(_ events: [LoggedEvent]) -> Bool {
      for event in events where !isDone && filter.wants(event) { isDone = !visit(event) }
      return !isDone
    }
    let files = try segments()
    for (index, file) in files.enumerated() where !isDone {
      do throws(EngineFault) {
        if index > 0 { try checkFollows(files[index - 1], file) }
      } catch {
        try damage(error)
      }
      do throws(EngineFault) {
        bytesRead += try events(of: file, isLast: index == files.count - 1, filter, damage, show)
      } catch {
        try damage(error)
      }
    }
    return bytesRead
  }

  private func checkFollows(_ before: SegmentFile, _ file: SegmentFile) throws(EngineFault) {
    guard file.sequence > before.sequence + 1 else { return }
    throw EngineFault(
      .missing, "segment \(before.sequence + 1) is not there; segment \(file.sequence) is.", file: file.path,
      advice: "Bring the file back from a backup.")
  }

  private func events(
    of file: SegmentFile, isLast: Bool, _ filter: EventFilter,
    _ damage: (EngineFault) throws(EngineFault) -> Void, _ visit: ([LoggedEvent]) -> Bool
  ) throws(EngineFault) -> UInt64 {
    if file.isRewritten { return try archivedEvents(file, filter, damage, visit) }
    var isDone = false
    var next = LogFormat.segmentHeaderBytes
    var fault: EngineFault?
    var bytesRead: UInt64 = 0
    do throws(EngineFault) {
      let segment = try read(file, isLast: isLast) { (group, events) throws(EngineFault) in
        next = group.offset + group.paddedBytes
        if !isDone && filter.covers(group.firstLSN, group.lastLSN) { isDone = !visit(try events()) }
      }
      bytesRead = UInt64(segment.fileBytes)
      if case .corrupt(let reason) = segment.tail {
        next = segment.end
        fault = .corruptLog(file.path, offset: segment.end, lsn: segment.lastLSN.advanced(by: 1), reason)
      }
    } catch {
      fault = error
    }
    guard let fault, !isDone else { return bytesRead }
    try damage(fault)
    try eventsBehindDamage(in: file, from: next, filter, damage, visit)
    return bytesRead
  }

  private func eventsBehindDamage(
    in file: SegmentFile, from start: Int, _ filter: EventFilter,
    _ damage: (EngineFault) throws(EngineFault) -> Void, _ visit: ([LoggedEvent]) -> Bool
  ) throws(EngineFault) {
    guard let bytes = try? directory.storage.readSegment(file.path, direct: false) else { return }
    defer { bytes.deallocate() }
    let raw = UnsafeMutableRawBufferPointer.allocate(
      byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
    defer { raw.deallocate() }
    try SegmentScan.eachValidGroup(
      from: start, of: bytes, store: storeID, segment: file.sequence, into: raw
    ) { (group, offset, records) throws(EngineFault) in
      guard filter.covers(group.firstLSN, group.lastLSN) else { return true }
      return try shown(damage, visit) { () throws(EngineFault) in
        try Self.events(records, group.run, file.path, offset)
      }
    }
  }

  private func archivedEvents(
    _ file: SegmentFile, _ filter: EventFilter,
    _ damage: (EngineFault) throws(EngineFault) -> Void, _ visit: ([LoggedEvent]) -> Bool
  ) throws(EngineFault) -> UInt64 {
    var reader = try ArchiveReader(directory.storage, path: file.path, store: storeID)
    guard filter.covers(reader.header.firstLSN, reader.header.lastLSN) else { return reader.bytesRead }
    var numbers = Array(reader.blocks.indices)
    if let key = filter.key(storeID) { numbers = try reader.blocks(naming: key) }
    for number in numbers {
      let block = reader.blocks[number]
      guard filter.covers(block.firstLSN, block.lastLSN) else { continue }
      let goesOn = try shown(damage, visit) { () throws(EngineFault) in
        try Self.events(try reader.read(block: number), block.run, file.path, Int(block.offset))
      }
      if !goesOn { break }
    }
    return reader.bytesRead
  }

  /// - Returns: whether the walk goes on.
  private func shown(
    _ damage: (EngineFault) throws(EngineFault) -> Void, _ visit: ([LoggedEvent]) -> Bool,
    _ read: () throws(EngineFault) -> [LoggedEvent]
  ) throws(EngineFault) -> Bool {
    let events: [LoggedEvent]
    do throws(EngineFault) {
      events = try read()
    } catch {
      try damage(error)
      return true
    }
    return visit(events)
  }
}
