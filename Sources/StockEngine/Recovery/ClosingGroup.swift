/// Where the groups of a segment end, for who puts one more behind them.
struct LogEnd: Equatable {
  var segment: UInt64
  var nextGroup: UInt64
  var nextLSN: LSN
  var chain: UInt64
}

/// The group that ends a segment which another run wrote: the new epoch and the seal, in one record. The first LSN that is given
/// from here on thus belongs to the new epoch.
struct ClosingGroup: ~Copyable {
  let image: GroupImage
  /// Where the log goes on behind it.
  let next: LogPosition

  /// - Parameters:
  ///   - machines: the state at the end, every shard held; the epoch is folded into it.
  ///   - time: of the last record. The seal bears it too, not the present: should this run be cut short, the next one still
  ///     sees when the outage began.
  init(beginning epoch: Epoch, in machines: MachineSet, at time: Timestamp, after end: LogEnd, store: StoreID) {
    let record = Self.record(epoch, machines, time, at: end.nextLSN)
    let group = PendingGroup.single(record.bytes, records: 1, at: time, firstLSN: end.nextLSN, end: .sealed)
    var header = GroupHeader(
      flags: .seals, sequence: end.nextGroup, firstLSN: end.nextLSN, time: time, records: 1,
      rawBytes: UInt32(group.body.count), previousChain: end.chain)
    var image = GroupImage()
    image.encode(group.body.bytes, &header, store: store, segment: end.segment)
    self.image = image
    next = LogPosition(segment: end.segment + 1, group: header.sequence + 1, chain: header.chain)
  }

  private static func record(_ epoch: Epoch, _ machines: MachineSet, _ now: Timestamp, at lsn: LSN) -> ByteWriter {
    var writer = ByteWriter(capacity: 128)
    let start = writer.beginLength()
    let nothing = EventSource(bytes: UnsafePointer(bitPattern: 64)!, lines: UnsafePointer(bitPattern: 64)!)
    let began = Event.epochBegan(EpochStart(epoch: epoch, firstLSN: lsn))
    writer.put(began, from: nothing, at: now)
    machines.fold(began, from: nothing, at: now)
    var state = SealedState()
    for shard in machines.held { machines.machine(shard: shard).pointee.add(to: &state) }
    writer.put(.sealed(state), from: nothing, at: now)
    writer.endLength(from: start)
    return writer
  }
}

extension Machine {
  func add(to state: inout SealedState) {
    state.stateHash &+= sealedHash
    state.items += UInt64(itemCount)
    state.orders += UInt64(orders.count)
  }
}
