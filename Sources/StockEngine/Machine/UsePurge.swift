/// A walk over all slots of uses, begun anew whenever a scope retires. It goes on where it is, so that scopes that retire one after
/// the other do not keep it among the first slots. Slots that are handed out meanwhile have nothing to free.
struct UsePurge: BitwiseCopyable {
  private var slot: UInt32 = 0
  private var slots: UInt32 = 0
  private(set) var left: UInt32 = 0

  mutating func begin(slots: UInt32) {
    self.slots = slots
    left = slots
  }

  mutating func next() -> UInt32? {
    guard left > 0 else { return nil }
    left -= 1
    slot = slot + 1 < slots ? slot + 1 : 0
    return slot
  }
}
