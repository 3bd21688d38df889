/// What the log can still take: everything, or only what gives stock back and finishes orders.
enum Admission {
  case everything
  /// The disk is filling up: preheat, supply, reserve and deduct are refused; confirm, cancel and expiry use a reserve.
  case releasesOnly
  /// Snapshots lag behind the log: new holds are asked to try again, everything else goes on.
  case overloaded
  /// Too much waits for the log: nothing that would add to it is taken.
  case nothing
  /// The disk is full, up to what the engine itself must still write: nothing is taken that writes.
  case readsOnly
}

/// Decides commands: looks at the machines it holds, emits events, answers. Each command's events become one record.
///
/// Scratch memory is kept from batch to batch; nothing is allocated for a command.
///
/// `@unchecked Sendable`: it belongs to one executor, is lent `inout` into the isolation of the shards that it holds, and
/// cannot be copied.
struct Decider: ~Copyable, @unchecked Sendable {
  let rules: Rules
  let keySeed: UInt64
  var machines: MachineSet
  var now = Timestamp.zero
  var admission = Admission.everything
  /// The disk is filling up: room is asked for before every command, not once a batch.
  var watchesRoom = false

  /// The batch being decided.
  var bytes: UnsafePointer<UInt8>
  var commandLines: UnsafePointer<InputLine>
  /// Keys of the present window, by command and by line.
  let orderKeys: UnsafeMutablePointer<Key>
  let itemKeys: UnsafeMutablePointer<ItemKey>
  /// What the window's commands have of their sales' limits.
  let useLookups = UseLookups(commandsMax: Decider.windowCommandsMax)
  /// Whether the window's commands are looked at for limits of SKUs ahead of their turn: some SKU has one.
  var touchesLimits = false
  /// The sale that a command of the window named last.
  var lastSale: UnsafeMutablePointer<Scope>?
  var window = 0..<0
  var windowLines = 0..<0

  /// Lines of the events of the present command.
  let eventLines: UnsafeMutablePointer<EventLine>
  /// Records of the present section, encoded.
  var section = ByteWriter(capacity: 64 * 1024)
  private(set) var recordCount = 0
  private var recordStart = -1

  /// Commands that are looked up and decided together: enough to hide memory latency, few enough to hold a lock for.
  static let windowCommandsMax = 128
  /// At least one command of any size fits.
  static let windowLinesMax = 2 * Bounds.linesPerOperationMax

  /// A section that has reached this is handed to the log before another record is begun, so that none outgrows a group.
  static let sectionBytesMax = LogFormat.groupRawBytesMax - Bounds.recordBytesMax - 64

  init(rules: Rules, store: StoreID, machines: MachineSet) {
    self.rules = rules
    keySeed = store.keySeed
    self.machines = machines
    // No batch yet: nothing is read from these before `begin` sets them.
    bytes = UnsafePointer(bitPattern: 64)!
    commandLines = UnsafePointer(bitPattern: 64)!
    orderKeys = .allocate(capacity: Self.windowCommandsMax)
    itemKeys = .allocate(capacity: Self.windowLinesMax)
    eventLines = .allocate(capacity: Bounds.linesPerOperationMax)
  }

  deinit {
    orderKeys.deallocate()
    itemKeys.deallocate()
    eventLines.deallocate()
  }

  // MARK: Events

  var source: EventSource { EventSource(bytes: bytes, lines: eventLines) }

  /// Adds an event to the present record and applies it.
  @inline(__always)
  mutating func emit(_ event: Event) {
    emit(event, from: source)
  }

  /// - Parameter uses: what the check of an order's limits found.
  @inline(__always)
  mutating func emit(_ event: Event, from source: EventSource, uses: UnsafePointer<UseLookup>? = nil) {
    if recordStart < 0 { recordStart = section.beginLength() }
    if !PlantedBug.isKeptFromLog(event) {
      section.put(event, from: source, at: now)
    } else if let logged = PlantedBug.halfOf(event) {
      section.put(logged, from: source, at: now)
    }
    machines.fold(event, from: source, at: now, uses: uses)
  }

  /// Closes the present record, if there is one.
  @inline(__always)
  mutating func endRecord() {
    guard recordStart >= 0 else { return }
    precondition(section.count &- recordStart <= Bounds.recordBytesMax, "a record that no reader would take")
    section.endLength(from: recordStart)
    recordStart = -1
    recordCount &+= 1
  }

  mutating func beginSection() {
    section.removeAll()
    recordCount = 0
  }

  // MARK: Commands

  /// Decides one command of the window. The reply's LSN is the number of records so far; the caller adds the section's place.
  @inline(__always)
  mutating func decide(_ command: Command, at index: Int, into replies: inout ReplyBatch) -> Reply {
    var reply: Reply
    switch command {
    case .reserve(let reserve):
      reply = decide(reserve, deducts: false, at: index, &replies)
      if reply.outcome.isUnmetDemand {
        countDemand(reserve, reply.outcome)
        recordAttempt(reserve, deducts: false, reply.outcome)
      }
    case .deduct(let reserve):
      reply = decide(reserve, deducts: true, at: index, &replies)
      if reply.outcome.isUnmetDemand {
        countDemand(reserve, reply.outcome)
        recordAttempt(reserve, deducts: true, reply.outcome)
      }
    case .confirm(let confirm): reply = decide(confirm, orderKeys[index - window.lowerBound])
    case .cancel(let cancel): reply = decide(cancel, orderKeys[index - window.lowerBound])
    default: reply = decideRare(command, at: index, into: &replies)
    }
    endRecord()
    reply.lsn = LSN(UInt64(recordCount))
    return reply
  }

  @inline(never)
  private mutating func decideRare(_ command: Command, at index: Int, into replies: inout ReplyBatch) -> Reply {
    switch command {
    case .reserve, .deduct, .confirm, .cancel: preconditionFailure("decided above")
    case .extend(let extend): decide(extend, orderKeys[index - window.lowerBound])
    case .resolve(let resolve): decide(resolve, orderKeys[index - window.lowerBound])
    case .returnLines(let returned): decide(returned, orderKeys[index - window.lowerBound])
    case .limitSKU(let limit): decide(limit, &replies)
    case .openSale(let open): decide(open, &replies)
    case .addToSale(let addition): decide(addition, &replies)
    case .switchSale(let change): decide(change, &replies)
    case .flagBuyer(let flag): decide(flag)
    case .sale(let read): self.read(read, &replies)
    case .sales(let list): read(list, &replies)
    case .buyer(let read): self.read(read, &replies)
    case .confirmLines(let confirm): decide(confirm, orderKeys[index - window.lowerBound])
    case .cancelLines(let cancel): decide(cancel, orderKeys[index - window.lowerBound])
    case .ship(let mark): decide(mark, .ship, orderKeys[index - window.lowerBound])
    case .deliver(let mark): decide(mark, .deliver, orderKeys[index - window.lowerBound])
    case .preheat(let preheat): decide(preheat, &replies)
    case .supply(let supply): decide(supply, &replies)
    case .restock(let restock): decide(restock, &replies)
    case .adjust(let adjust): decide(adjust, &replies)
    case .configureItem(let configure): decide(configure, &replies)
    case .move(let move): decide(move, &replies)
    case .get(let get): read(get, &replies)
    case .list(let list): read(list, &replies)
    case .order(let read): self.read(read, orderKeys[index - window.lowerBound], &replies)
    case .stats: readStats(&replies)
    case .nextIDs(let next): decide(next)
    case .pools(let pools): read(pools, &replies)
    case .history, .demand: Reply(.unavailable)
    case .malformed(let malformation): Reply(.malformed, .malformation(malformation))
    }
  }

  // MARK: Helpers of the commands

  @inline(__always)
  func itemKey(_ line: Int) -> ItemKey { itemKeys[line - windowLines.lowerBound] }

  func key(_ text: ByteRange) -> Key { Key(bytes + text.start, count: Int(text.count), seed: keySeed) }

  /// The name of an item of the batch, copied to the replies.
  func store(_ name: ByteRange, in replies: inout ReplyBatch) -> ByteRange {
    replies.store(UnsafeRawBufferPointer(start: bytes + name.start, count: Int(name.count)))
  }

  /// Puts the order's lines, as far as `units` names any, into the event's lines.
  func eventLines(
    of order: UnsafeMutablePointer<Order>, in machine: UnsafeMutablePointer<Machine>, _ units: (OrderLine) -> UInt32
  ) -> IndexRange {
    var count = 0
    for line in machine.pointee.lines(of: order) {
      let quantity = units(line)
      if quantity == 0 { continue }
      eventLines[count] = EventLine(item: line.item, quantity: quantity)
      count += 1
    }
    return IndexRange(start: 0, count: count)
  }

  /// Whoever touches an overdue order first logs its expiry.
  /// - Returns: false if the log has no room even for that.
  @inline(__always)
  mutating func expireIfOverdue(_ slot: UInt32, _ id: ByteRange, _ key: Key) -> Bool {
    let order = machines.machine(key.partition).pointee.orders.pointer(slot)
    guard order.pointee.state.isOpen && order.pointee.deadline <= now else { return true }
    if PlantedBug.overdueTakenAsOpen.isPlanted { return true }
    if admission == .readsOnly { return false }
    logExpiry(of: slot, in: machines.machine(key.partition))
    return true
  }

  /// Why a command that would write anything is not taken now.
  @inline(__always)
  var refusalOfWrites: Reply? {
    switch admission {
    case .everything, .overloaded: nil
    case .releasesOnly: PlantedBug.releaseRefusedForSpace.isPlanted ? Reply(.noSpace) : nil
    case .nothing: Reply(.overloaded)
    case .readsOnly: Reply(.noSpace)
    }
  }

  /// Why a command that takes stock, or brings it in, is not taken now.
  @inline(__always)
  var refusalOfHolds: Reply? {
    switch admission {
    case .everything: nil
    case .releasesOnly, .readsOnly: Reply(.noSpace)
    case .overloaded, .nothing: Reply(.overloaded)
    }
  }

  /// The answer to a command that finds an order at its end, or sold.
  func endReply(_ state: OrderState) -> Reply {
    switch state {
    case .cancelled: Reply(.alreadyCancelled, .state(state))
    case .expired: Reply(.expired, .state(state))
    case .fenced: Reply(.orderFenced, .state(state))
    case .returned: Reply(.wrongState, .state(state))
    case .confirmed, .shipped, .delivered: Reply(.alreadyConfirmed, .state(state))
    case .reserved, .deferred: Reply(.wrongState, .state(state))
    }
  }

  /// A confirm of an order of which a part was sold and the rest went back: it comes too late for the rest.
  /// - Parameter end: how the rest ended.
  func restReply(_ end: OrderState, of state: OrderState) -> Reply {
    Reply(end == .expired ? .expired : .alreadyCancelled, .state(state))
  }

  /// Whether an operation id is new, was done with the same content, or with other content.
  enum OperationStatus { case new, done, conflict }

  func status(of id: Key, content: UInt64) -> OperationStatus {
    let home = machines.machine(id.partition)
    guard let slot = home.pointee.findOperation(id) else { return .new }
    let isSame = home.pointee.operations[slot].content == content || PlantedBug.idConflictOverlooked.isPlanted
    return isSame ? .done : .conflict
  }

  mutating func emitOperation(_ id: ByteRange, _ key: Key, _ operation: Operation, content: UInt64) {
    emit(.operationDone(id: id, operation: operation.rawValue, content: content))
  }

  /// A hash of an operation's content: its kind and its fields, folded one by one.
  struct ContentHash {
    private(set) var value: UInt64

    init(_ operation: Operation) { value = mix(UInt64(operation.rawValue) ^ MixConstant.a, MixConstant.b) }

    mutating func add(_ number: Int64) {
      value = mix(value ^ MixConstant.c, UInt64(bitPattern: number) ^ MixConstant.d)
    }
    mutating func add(_ bytes: UnsafeRawBufferPointer) {
      value = mix(value ^ MixConstant.a, hashBytes(bytes, seed: value))
    }
  }

  func text(_ range: ByteRange) -> UnsafeRawBufferPointer { source.text(range) }
}
