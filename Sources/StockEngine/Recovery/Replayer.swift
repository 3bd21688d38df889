/// Folds groups of the log into machines: recovery, the follower and the offline tools all go through here.
struct Replayer: ~Copyable {
  let machines: MachineSet
  private var decoder = RecordDecoder()
  private(set) var lsn: LSN
  private(set) var time: Timestamp
  private(set) var events: UInt64 = 0
  /// The first record that lay behind a limit. Nothing is folded any more.
  private(set) var cutAt: LSN?
  private static let windowEntries = 64

  init(machines: MachineSet, after lsn: LSN, at time: Timestamp) {
    self.machines = machines
    self.lsn = lsn
    self.time = time
  }

  /// Folds the records of a group or block that come after what was folded so far.
  /// - Parameters:
  ///   - until: the last LSN to fold.
  ///   - untilTime: records after it are not folded.
  ///   - observe: sees each event after it was folded.
  /// - Throws: `corrupt` if an event contradicts the state, or a seal is met whose state is not what was folded. The machines are of
  ///   no use any more then.
  mutating func fold(
    _ raw: UnsafeRawBufferPointer, _ run: RecordRun, until: LSN = LSN(.max), untilTime: Timestamp = .distantFuture,
    file: String, offset: Int, observe: ((RecordDecoder.Entry, EventSource) -> Void)? = nil
  ) throws(EngineFault) {
    do {
      try decoder.decode(raw, run)
    } catch {
      throw Self.fault(error, run, file, offset)
    }
    let finding = decoder.withSource(raw) { source in
      foldEntries(source, until, untilTime, observe)
    }
    lsn = max(lsn, cutAt.map { LSN($0.rawValue - 1) } ?? run.lastLSN)
    switch finding {
    case nil: return
    case .mismatch(let lsn, let found, let logged):
      throw Self.unfoldable("the state after LSN \(lsn) has hash \(found), the log says \(logged).", file, offset, lsn)
    case .contradiction(let lsn, let reason):
      throw Self.unfoldable("LSN \(lsn) contradicts what came before it: \(reason).", file, offset, lsn)
    }
  }

  /// What ends a fold.
  private enum Finding {
    case mismatch(LSN, found: UInt64, logged: UInt64)
    case contradiction(LSN, StaticString)
  }

  private static func unfoldable(_ message: String, _ file: String, _ offset: Int, _ lsn: LSN) -> EngineFault {
    EngineFault(
      .corrupt, message, file: file, offset: UInt64(offset), lsn: lsn,
      advice:
        "The log's bytes are whole, but folding them does not give the state that was there: a bug of stockd, or of the memory. Nothing was changed. Keep the directory and report it; test the memory."
    )
  }

  private mutating func foldEntries(
    _ source: EventSource, _ until: LSN, _ untilTime: Timestamp,
    _ observe: ((RecordDecoder.Entry, EventSource) -> Void)?
  ) -> Finding? {
    let entries = decoder.entries
    var start = 0
    while start < entries.count {
      let end = min(start + Self.windowEntries, entries.count)
      for index in start..<end { touch(entries[index].event, source) }
      for index in start..<end {
        let entry = entries[index]
        if entry.lsn <= lsn { continue }
        if entry.lsn > until || entry.time > untilTime {
          cutAt = entry.lsn
          return nil
        }
        machines.fold(entry.event, from: source, at: entry.time)
        if let reason = machines.contradiction { return .contradiction(entry.lsn, reason) }
        events += 1
        time = max(time, entry.time)
        if let observe { observe(entry, source) }
        if case .sealed(let state) = entry.event, let found = mismatch(state) {
          return .mismatch(entry.lsn, found: found, logged: state.stateHash)
        }
      }
      start = end
    }
    return nil
  }

  private func mismatch(_ state: SealedState) -> UInt64? {
    var hash: UInt64 = 0
    for shard in machines.held { hash &+= machines.machine(shard: shard).pointee.sealedHash }
    return hash == state.stateHash ? nil : hash
  }

  /// Asks for the memory that the next folds will wait for.
  @inline(__always)
  private func touch(_ event: Event, _ source: EventSource) {
    switch event {
    case .reserved(let placed), .deducted(let placed), .deferred(let placed):
      touchOrder(placed.order, source)
      touchItem(source.lines(placed.lines)[0].item)
    case .confirmed(let moved), .lateConfirmed(let moved), .cancelled(let moved, _), .expired(let moved),
      .returned(let moved, _), .deferredConfirmed(let moved), .deferralEnded(let moved, _, _),
      .partlyConfirmed(let moved), .partlyCancelled(let moved, _):
      touchOrder(moved.order, source)
      if !moved.lines.isEmpty { touchItem(source.lines(moved.lines)[0].item) }
    case .itemCreated, .itemReplaced, .supplied, .adjusted, .moved, .limitSet, .shortfall, .extended, .fenced,
      .refundRequired, .saleOpened, .salePaused, .saleResumed, .saleStarted, .saleClosed, .saleRetired, .buyerUnpaid,
      .buyerFlagged, .buyerCleared, .buyersForgotten, .refused, .attempted, .operationDone, .ordersRetired,
      .fingerprintsForgotten,
      .operationsForgotten, .outage, .sealed, .heartbeat, .epochBegan, .shipped, .delivered, .idsIssued, .configured:
      break
    }
  }

  @inline(__always)
  private func touchOrder(_ id: ByteRange, _ source: EventSource) {
    let key = Key(source.bytes + id.start, count: Int(id.count), seed: machines.keySeed)
    machines.machine(key.partition).pointee.partition(key.partition).pointee.orders.prefetchEntry(key.hash)
  }

  @inline(__always)
  private func touchItem(_ number: ItemNumber) {
    let machine = machines.machine(number.partition)
    if let slot = machine.pointee.itemSlot(number) { prefetch(machine.pointee.items.pointer(slot)) }
  }

  static func fault(
    _ error: EventDecodingError, _ run: RecordRun, _ file: String, _ offset: Int
  ) -> EngineFault {
    switch error {
    case .newer(let kind):
      EngineFault(
        .newerFormat, "the log has events of kind \(kind), which this stockd does not know.", file: file,
        offset: UInt64(offset), lsn: run.firstLSN, advice: "Nothing was changed. Start the newer stockd again.")
    case .damaged:
      .corruptLog(file, offset: offset, lsn: run.firstLSN, "the checks are right, but the records do not read.")
    }
  }
}
