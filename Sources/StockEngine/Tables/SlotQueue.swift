/// Thirty slots and a link: two cache lines.
struct SlotChunk: BitwiseCopyable {
  static let slotsMax: UInt32 = 31
  var next: UInt32
  var slots: InlineArray<31, UInt32>
}

/// A first-in first-out queue of slot numbers, four bytes each, in chunks of a pool that many queues share.
struct SlotQueue: BitwiseCopyable {
  private var headChunk: UInt32 = .max
  private var tailChunk: UInt32 = .max
  private var headIndex: UInt32 = 0
  private var tailIndex: UInt32 = 0
  private(set) var count: UInt32 = 0

  var isEmpty: Bool { count == 0 }

  @inline(__always)
  mutating func append(_ slot: UInt32, in pool: inout Slab<SlotChunk>) {
    if tailChunk == .max || tailIndex == SlotChunk.slotsMax { addChunk(in: &pool) }
    pool.pointer(tailChunk).pointee.slots[Int(tailIndex)] = slot
    tailIndex &+= 1
    count &+= 1
  }

  func first(in pool: borrowing Slab<SlotChunk>) -> UInt32? {
    count == 0 ? nil : pool.pointer(headChunk).pointee.slots[Int(headIndex)]
  }

  mutating func popFirst(in pool: inout Slab<SlotChunk>) -> UInt32? {
    guard count > 0 else { return nil }
    let slot = pool.pointer(headChunk).pointee.slots[Int(headIndex)]
    headIndex += 1
    count -= 1
    if count == 0 {
      // One chunk is kept, so that a queue that lives from hand to mouth does not churn the pool.
      headIndex = 0
      tailIndex = 0
    } else if headIndex == SlotChunk.slotsMax {
      let next = pool.pointer(headChunk).pointee.next
      pool.remove(headChunk)
      headChunk = next
      headIndex = 0
    }
    return slot
  }

  /// Gives all chunks back.
  mutating func removeAll(in pool: inout Slab<SlotChunk>) {
    var chunk = headChunk
    while chunk != .max {
      let next = chunk == tailChunk ? .max : pool.pointer(chunk).pointee.next
      pool.remove(chunk)
      chunk = next
    }
    self = SlotQueue()
  }

  @inline(never)
  private mutating func addChunk(in pool: inout Slab<SlotChunk>) {
    let chunk = pool.insert(SlotChunk(next: .max, slots: InlineArray(repeating: 0)))
    if tailChunk == .max { headChunk = chunk } else { pool.pointer(tailChunk).pointee.next = chunk }
    tailChunk = chunk
    tailIndex = 0
  }

  /// The last of the first `max` slots up to the first that breaks `condition`; nil if that is the first of all.
  func last(ofFirst max: Int, in pool: borrowing Slab<SlotChunk>, while condition: (UInt32) -> Bool) -> UInt32? {
    var chunk = headChunk
    var index = headIndex
    var last: UInt32?
    for _ in 0..<min(UInt32(max), count) {
      if index == SlotChunk.slotsMax {
        chunk = pool.pointer(chunk).pointee.next
        index = 0
      }
      let slot = pool.pointer(chunk).pointee.slots[Int(index)]
      guard condition(slot) else { break }
      last = slot
      index += 1
    }
    return last
  }

  /// Visits the slots in order.
  func forEach(in pool: borrowing Slab<SlotChunk>, _ body: (UInt32) -> Void) {
    var chunk = headChunk
    var index = headIndex
    for _ in 0..<count {
      if index == SlotChunk.slotsMax {
        chunk = pool.pointer(chunk).pointee.next
        index = 0
      }
      body(pool.pointer(chunk).pointee.slots[Int(index)])
      index += 1
    }
  }
}
