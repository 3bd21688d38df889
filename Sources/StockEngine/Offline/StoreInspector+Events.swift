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
  /// - Parameter visit: false ends the walk.
  /// - Returns: the bytes that were read.
  @discardableResult
  public func events(_ filter: EventFilter, visit: (LoggedEvent) -> Bool) throws(EngineFault) -> UInt64 {
    var bytesRead: UInt64 = 0
    var isDone = false
    func show(_ events: [LoggedEvent]) {
      for event in events where !isDone && filter.wants(event) { isDone = !visit(event) }
    }
    let files = try segments()
    for (index, file) in files.enumerated() where !isDone {
      if file.isRewritten {
        bytesRead += try archivedEvents(file, filter) { events in
          show(events)
          return !isDone
        }
      } else {
        let segment = try read(file, isLast: index == files.count - 1) { (group, events) throws(EngineFault) in
          if !isDone && filter.covers(group.firstLSN, group.lastLSN) { show(try events()) }
        }
        bytesRead += UInt64(segment.fileBytes)
      }
    }
    return bytesRead
  }

  private func archivedEvents(
    _ file: SegmentFile, _ filter: EventFilter, visit: ([LoggedEvent]) -> Bool
  ) throws(EngineFault) -> UInt64 {
    var reader = try ArchiveReader(directory.storage, path: file.path, store: storeID)
    guard filter.covers(reader.header.firstLSN, reader.header.lastLSN) else { return reader.bytesRead }
    var numbers = Array(reader.blocks.indices)
    if let key = filter.key(storeID) { numbers = try reader.blocks(naming: key) }
    for number in numbers {
      let block = reader.blocks[number]
      guard filter.covers(block.firstLSN, block.lastLSN) else { continue }
      let raw = try reader.read(block: number)
      if !visit(try Self.events(raw, block.run, file.path, Int(block.offset))) { break }
    }
    return reader.bytesRead
  }
}
