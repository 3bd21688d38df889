/// A queue with two ends in one array. It grows by doubling and never shrinks; once warm it allocates nothing.
struct RingQueue<Element> {
  private var slots: [Element?] = Array(repeating: nil, count: 16)
  private var head = 0
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }
  var indices: Range<Int> { 0..<count }
  var first: Element? { count == 0 ? nil : slots[head] }
  var last: Element? { count == 0 ? nil : slots[place(count - 1)] }

  subscript(index: Int) -> Element {
    get {
      guard index < count, let element = slots[place(index)] else {
        preconditionFailure("an index is within the queue")
      }
      return element
    }
    set {
      precondition(index < count, "an index is within the queue")
      slots[place(index)] = newValue
    }
  }

  mutating func append(_ element: Element) {
    if count == slots.count { grow() }
    slots[place(count)] = element
    count += 1
  }

  mutating func prepend(_ element: Element) {
    if count == slots.count { grow() }
    head = (head + slots.count - 1) & (slots.count - 1)
    slots[head] = element
    count += 1
  }

  mutating func removeFirst() {
    precondition(count > 0, "the queue has an element to remove")
    slots[head] = nil
    head = (head + 1) & (slots.count - 1)
    count -= 1
  }

  mutating func removeLast() {
    precondition(count > 0, "the queue has an element to remove")
    slots[place(count - 1)] = nil
    count -= 1
  }

  private func place(_ index: Int) -> Int { (head + index) & (slots.count - 1) }

  private mutating func grow() {
    var grown: [Element?] = Array(repeating: nil, count: slots.count * 2)
    for index in 0..<count { grown[index] = slots[place(index)] }
    slots = grown
    head = 0
  }
}

extension RingQueue: Sendable where Element: Sendable {}
