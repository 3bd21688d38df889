/// Open orders by deadline: a hierarchical timing wheel of order slots, four bytes an order.
///
/// Four levels of 256 queues: 1 ms, 256 ms, 65.5 s and 4.7 h wide; beyond 49 days an order waits in the last queue and is
/// placed again. Entries are appended and never searched for: one whose order has ended, or whose deadline moved, is
/// dropped when its time comes, so it costs four bytes until the deadline that it was made for. Work is counted in entries
/// moved, and the caller says how many it can bear. Source of the method: Varghese and Lauck, 1987.
struct DeadlineWheel: ~Copyable, Sendable {
  private static let levels = 4
  private static let slotsPerLevel = 256

  private var queues: [SlotQueue]
  /// Entries of each level: time passes over what is empty in one step, however long it was.
  private var filed: InlineArray<4, Int> = InlineArray(repeating: 0)
  private var chunks = Slab<SlotChunk>(pageShift: 9)
  /// The next millisecond that has not been looked at.
  private var time: Int64
  /// `time` begins a turn, and queues of higher levels have yet to be moved for it. Nothing is taken meanwhile.
  private var isTurning = false
  private(set) var entries = 0

  init(startingAt start: Timestamp) {
    queues = Array(repeating: SlotQueue(), count: Self.levels * Self.slotsPerLevel)
    time = start.milliseconds
  }

  @inline(__always)
  mutating func insert(_ slot: UInt32, deadline: Timestamp, now: Timestamp) {
    // An empty wheel need not turn through the time that it was idle.
    if entries == 0 {
      time = max(time, now.milliseconds)
      isTurning = false
    }
    file(slot, in: place(deadline.milliseconds))
  }

  @inline(__always)
  private mutating func file(_ slot: UInt32, in queue: Int) {
    queues[queue].append(slot, in: &chunks)
    filed[queue >> 8] &+= 1
    entries &+= 1
  }

  @inline(__always)
  private mutating func take(from queue: Int) -> UInt32? {
    guard let slot = queues[queue].popFirst(in: &chunks) else { return nil }
    filed[queue >> 8] &-= 1
    entries &-= 1
    return slot
  }

  /// The queue for a deadline: the lowest level whose present turn it falls into.
  private func place(_ deadline: Int64) -> Int {
    let at = max(deadline, time)
    let distance = UInt64(bitPattern: at ^ time)
    if distance < 1 << 8 { return Int(at & 255) }
    if distance < 1 << 16 { return 256 + Int(at >> 8 & 255) }
    if distance < 1 << 24 { return 512 + Int(at >> 16 & 255) }
    // By difference: a deadline minutes ahead may differ from now in its highest bit. Further than the wheel turns: the
    // queue before the present one comes round last.
    let turns = min(at >> 24 &- time >> 24, 255)
    return 768 + Int((time >> 24 &+ turns) & 255)
  }

  /// Whether anything may be due at `now`. Exact up to a millisecond once `time` has been advanced.
  @inline(__always)
  func mayBeDue(_ now: Timestamp) -> Bool { entries > 0 && time <= now.milliseconds }

  /// How far the wheel is behind.
  func lagMilliseconds(_ now: Timestamp) -> Int64 { entries == 0 ? 0 : max(0, now.milliseconds - time) }

  /// The next slot whose entry is due at `now`, in order of deadline. `budget` is lowered by the entries moved; nil when
  /// nothing is due or the budget is spent. The caller asks the order itself whether it is still open and due.
  mutating func next(
    dueAt now: Timestamp, budget: inout Int, deadline: (UInt32) -> Timestamp?
  ) -> UInt32? {
    while budget > 0 && time <= now.milliseconds {
      if entries == 0 {
        time = now.milliseconds + 1
        isTurning = false
        return nil
      }
      if isTurning && !turn(budget: &budget, deadline: deadline) { return nil }
      if let slot = take(from: Int(time & 255)) {
        budget -= 1
        return slot
      }
      advance(to: now.milliseconds)
    }
    return nil
  }

  /// Steps to the next millisecond with work, or to the next turn.
  private mutating func advance(to now: Int64) {
    repeat {
      if filed[0] == 0 {
        // Nothing until the next turn of the lowest level that has anything, or until now.
        let width: Int64 = filed[1] > 0 ? 8 : filed[2] > 0 ? 16 : 24
        time = min((time >> width + 1) << width, now + 1)
      } else {
        time += 1
      }
      if time & 255 == 0 {
        isTurning = true
        return
      }
    } while time <= now && queues[Int(time & 255)].isEmpty
  }

  /// Cascades the queues of higher levels whose turn begins at `time`.
  /// - Returns: false when the budget ran out; the next call goes on.
  private mutating func turn(budget: inout Int, deadline: (UInt32) -> Timestamp?) -> Bool {
    // Higher levels first: what falls out of them may belong to the queue that is next.
    if time & 0xFF_FFFF == 0 {
      guard cascade(768 + Int(time >> 24 & 255), &budget, deadline) else { return false }
    }
    if time & 0xFFFF == 0 {
      guard cascade(512 + Int(time >> 16 & 255), &budget, deadline) else { return false }
    }
    guard cascade(256 + Int(time >> 8 & 255), &budget, deadline) else { return false }
    isTurning = false
    return true
  }

  /// Moves a queue's entries to the levels below, as seen from `time`.
  private mutating func cascade(_ queue: Int, _ budget: inout Int, _ deadline: (UInt32) -> Timestamp?) -> Bool {
    while !queues[queue].isEmpty {
      if budget <= 0 { return false }
      guard let slot = take(from: queue) else { break }
      budget -= 1
      if let at = deadline(slot) { file(slot, in: place(at.milliseconds)) }
    }
    return true
  }

  /// Forgets everything and begins again at `start`.
  mutating func reset(to start: Timestamp) {
    for index in queues.indices where !queues[index].isEmpty { queues[index].removeAll(in: &chunks) }
    time = start.milliseconds
    isTurning = false
    entries = 0
    filed = InlineArray(repeating: 0)
  }

  /// Every entry, in no order; those of orders that have ended or moved, too.
  func forEach(_ body: (UInt32) -> Void) {
    for queue in queues where !queue.isEmpty { queue.forEach(in: chunks, body) }
  }

  var memoryBytes: Int { chunks.memoryBytes + queues.count * MemoryLayout<SlotQueue>.stride }
}
