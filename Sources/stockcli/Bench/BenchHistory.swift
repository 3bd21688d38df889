import StockClient
import StockEngine
import StockHistory
import StockModel
import StockWire

/// What one connection of a checked load sends, frame by frame, until the reply comes.
struct BenchDiary {
  /// One command, as small as it goes: the frame is made by patching a template.
  struct Entry {
    var step: BenchMix.Step
    var number: UInt64
    var item: UInt32
    var buyer: UInt32
  }

  private let recorder: HistoryRecorder
  private let plan: BenchPlan
  private let client: Int64
  private var frames: [[Entry]] = []
  private var head = 0

  init(_ recorder: HistoryRecorder, _ plan: BenchPlan, client: Int) {
    self.recorder = recorder
    self.plan = plan
    self.client = Int64(client)
  }

  mutating func begin() { frames.append([]) }
  mutating func note(_ entry: Entry) { frames[frames.count - 1].append(entry) }

  /// The reply to the oldest frame.
  mutating func end(
    _ payload: UnsafeRawBufferPointer, count: Int, called: UInt64, returned: UInt64
  ) throws(BenchFault) {
    let commands = frames[head].map(command)
    frames[head] = []
    head += 1
    if head == 1024 {
      frames.removeFirst(head)
      head = 0
    }
    var decoder = ReplyDecoder(payload: payload, count: count)
    var replies: [WireReply] = []
    do throws(WireFault) {
      while let reply = try decoder.next() { replies.append(reply) }
    } catch {
      throw BenchFault("\(error)")
    }
    guard replies.count == commands.count else {
      throw BenchFault("a frame has another number of replies than commands")
    }
    recorder.record(client: client, called: called, returned: returned, commands, replies)
  }

  private func command(_ entry: Entry) -> ShopCommand {
    switch entry.step {
    case .reserve: .reserve(placement(entry))
    case .deduct: .deduct(placement(entry))
    case .confirm: .confirm(order: order(entry))
    case .cancel: .cancel(order: order(entry), reason: "")
    case .get: .get([BenchPlan.itemName(Int(entry.item))])
    }
  }

  private func order(_ entry: Entry) -> String {
    let digits = String(entry.number, radix: 16)
    return plan.run + String(repeating: "0", count: max(0, FrameTemplate.numberDigits - digits.count)) + digits
  }

  private func placement(_ entry: Entry) -> ShopCommand.Placement {
    var placement = ShopCommand.Placement(
      order: order(entry), lines: [ShopCommand.Line(BenchPlan.itemName(Int(entry.item)), 1)])
    if plan.buyers > 0 {
      let digits = String(entry.buyer)
      placement.buyer = "u" + String(repeating: "0", count: max(0, FrameTemplate.buyerDigits - digits.count)) + digits
    }
    placement.holdMilliseconds = plan.holdMilliseconds
    return placement
  }
}

/// A load that is checked: its commands are kept, and every answer is compared with the reference model.
struct BenchHistory {
  let recorder = HistoryRecorder(operationsMax: Self.operationsMax)

  /// Commands of a checked load, kept in memory: about half a kilobyte each.
  static let operationsMax = 2_000_000
  /// Items of a checked load: each is asked for before it begins.
  static let itemsMax = 100_000

  /// Asks for the items as they are.
  /// - Returns: the last record before the load.
  func begin(_ client: StockClient, items: Int) async throws -> LSN {
    var last = LSN.zero
    for start in stride(from: 0, to: items, by: Bounds.itemsPerReadMax) {
      let names = (start..<min(start + Bounds.itemsPerReadMax, items)).map { BenchPlan.itemName($0) }
      let reading = try await client.get(names).success
      for balance in reading?.value ?? [] { recorder.give(balance) }
      last = reading?.lsn ?? last
    }
    return last
  }

  func verdict(from: LSN) throws(HistoryFault) -> HistoryVerdict {
    try HistoryCheck.run(recorder.history(from: from))
  }
}
