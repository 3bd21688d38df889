import StockEngine

/// What a connection's replies wait for, in their order: runs of bytes with the LSN that must be durable before they leave.
///
/// The bytes themselves lie elsewhere; this counts them. A run never leaves before the one in front of it.
struct OutputQueue: Equatable, Sendable {
  private struct Run: Equatable, Sendable {
    var gate: LSN
    var bytes: Int
    var frames: Int
  }

  private var runs: [Run] = []
  private var head = 0
  private(set) var bytes = 0
  private(set) var frames = 0

  var isEmpty: Bool { head == runs.count }

  mutating func append(bytes: Int, frames: Int, gate: LSN) {
    self.bytes += bytes
    self.frames += frames
    if !isEmpty, runs[runs.count - 1].gate >= gate {
      runs[runs.count - 1].bytes += bytes
      runs[runs.count - 1].frames += frames
    } else {
      runs.append(Run(gate: gate, bytes: bytes, frames: frames))
    }
  }

  /// Takes out the runs at the front that may leave.
  /// - Returns: their bytes.
  mutating func release(upTo durable: LSN) -> Int {
    var released = 0
    while head < runs.count, runs[head].gate <= durable {
      released += runs[head].bytes
      frames -= runs[head].frames
      head += 1
    }
    bytes -= released
    if isEmpty {
      runs.removeAll(keepingCapacity: true)
      head = 0
    } else if head > 64, head * 2 > runs.count {
      runs.removeFirst(head)
      head = 0
    }
    return released
  }

  mutating func removeAll() { self = OutputQueue() }

  /// Two queues are equal if what waits in them is.
  static func == (left: OutputQueue, right: OutputQueue) -> Bool {
    left.runs[left.head...] == right.runs[right.head...]
  }
}
