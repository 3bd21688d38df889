import Glibc
import StockWire

/// One connection of the load: builds its frames in place, counts what comes back. Nothing is allocated a command.
struct BenchConnection: ~Copyable {
  private let socket: BenchSocket
  private let plan: BenchPlan
  private let templates: [FrameTemplate]
  private let series: [UInt32]
  private let digits: DigitPairs

  /// Where in the cycle the next frame begins, where in the series of SKUs, and the number of the next order.
  private var phase = 0
  private var seriesIndex: Int
  private var nextNumber: UInt64
  private var nextBuyer: UInt32

  private let outbox: UnsafeMutableRawPointer
  private let outboxBytes: Int
  private var outStart = 0
  private var outEnd = 0
  private let inbox: UnsafeMutableRawPointer
  private var inEnd = 0
  private static let inboxBytes = 512 * 1024

  /// When each unanswered frame was sent, in a ring.
  private var sentAt: [UInt64]
  private var sentHead = 0
  private(set) var inFlight = 0
  /// What was sent, if the load is checked.
  private var diary: BenchDiary?
  private(set) var ordersLeft: Int

  init(
    _ plan: BenchPlan, index: Int, templates: [FrameTemplate], series: [UInt32], ordersMax: Int
  ) throws(BenchFault) {
    let socket = try BenchSocket(plan.address)
    self.socket = socket
    self.plan = plan
    self.templates = templates
    self.series = series
    digits = DigitPairs()
    // 2^32 orders for each of 2^16 connections.
    nextNumber = UInt64(index) << 32
    seriesIndex = index * 7919 % series.count
    nextBuyer = UInt32(index * 7919 % max(plan.buyers, 1))
    let frameBytes = templates.map(\.bytes.count).max() ?? 0
    outboxBytes = frameBytes * plan.depth
    outbox = .allocate(byteCount: outboxBytes, alignment: 64)
    inbox = .allocate(byteCount: Self.inboxBytes, alignment: 64)
    sentAt = Array(repeating: 0, count: plan.depth)
    ordersLeft = ordersMax
    diary = plan.recorder.map { BenchDiary($0, plan, client: index) }
  }

  deinit {
    outbox.deallocate()
    inbox.deallocate()
  }

  var descriptor: Int32 { socket.descriptor }
  var hasUnsent: Bool { outStart < outEnd }

  // MARK: Sending

  /// Fills the pipeline and sends.
  mutating func send(now: UInt64) throws(BenchFault) {
    if outStart == outEnd {
      outStart = 0
      outEnd = 0
    }
    while inFlight < plan.depth, ordersLeft > 0 {
      let bytes = templates[phase].bytes.count
      if outEnd + bytes > outboxBytes {
        guard outStart > 0 else { break }
        outbox.copyMemory(from: outbox + outStart, byteCount: outEnd - outStart)
        outEnd -= outStart
        outStart = 0
        continue
      }
      build(at: outbox + outEnd)
      outEnd += bytes
      sentAt[(sentHead + inFlight) % plan.depth] = now
      inFlight += 1
    }
    try push()
  }

  mutating func push() throws(BenchFault) {
    while outStart < outEnd {
      let count = Glibc.send(socket.descriptor, outbox + outStart, outEnd - outStart, Int32(MSG_NOSIGNAL))
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN { return }
        throw BenchFault("send: \(String(cString: strerror(errno)))")
      }
      outStart += count
    }
  }

  private mutating func build(at place: UnsafeMutableRawPointer) {
    let template = templates[phase]
    template.bytes.withUnsafeBytes { bytes in
      if let address = bytes.baseAddress { place.copyMemory(from: address, byteCount: bytes.count) }
    }
    diary?.begin()
    template.slots.withUnsafeBufferPointer { slots in
      series.withUnsafeBufferPointer { series in
        for slot in slots {
          if diary != nil { note(slot) }
          patch(slot, series, place)
        }
      }
    }
    phase = template.nextPhase
  }

  /// What `patch` is about to send.
  private mutating func note(_ slot: FrameTemplate.Slot) {
    diary?.note(
      BenchDiary.Entry(
        step: slot.step, number: slot.begins ? nextNumber &+ 1 : nextNumber, item: series[seriesIndex],
        buyer: nextBuyer))
  }

  @inline(__always)
  private mutating func patch(
    _ slot: FrameTemplate.Slot, _ series: UnsafeBufferPointer<UInt32>, _ place: UnsafeMutableRawPointer
  ) {
    if slot.begins {
      nextNumber &+= 1
      ordersLeft &-= 1
    }
    if slot.numberOffset >= 0 { digits.writeNumber(nextNumber, to: place + slot.numberOffset) }
    if slot.itemOffset >= 0 {
      let sku = series[seriesIndex]
      seriesIndex = seriesIndex + 1 == series.count ? 0 : seriesIndex + 1
      // `bench-` and 8 digits, of which 6 change here and the leading 2 with the millions.
      digits.writeBuyer(sku % 1_000_000, to: place + (slot.itemOffset + 7))
      let millions = sku / 1_000_000
      if millions > 0 {
        place.storeBytes(of: UInt8(48 + millions / 10), toByteOffset: slot.itemOffset + 6, as: UInt8.self)
        place.storeBytes(of: UInt8(48 + millions % 10), toByteOffset: slot.itemOffset + 7, as: UInt8.self)
      }
    }
    if slot.buyerOffset >= 0 {
      digits.writeBuyer(nextBuyer, to: place + slot.buyerOffset)
      nextBuyer = nextBuyer + 1 == UInt32(plan.buyers) ? 0 : nextBuyer + 1
    }
  }

  // MARK: Receiving

  /// Reads what is there and counts the frames that are whole.
  mutating func receive(into tally: inout BenchTally) throws(BenchFault) {
    while true {
      let room = Self.inboxBytes - inEnd
      let count = recv(socket.descriptor, inbox + inEnd, room, 0)
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EAGAIN { return }
        throw BenchFault("receive: \(String(cString: strerror(errno)))")
      }
      guard count > 0 else { throw BenchFault("the server closed a connection") }
      inEnd += count
      try takeFrames(&tally)
      if count < room { return }
    }
  }

  private mutating func takeFrames(_ tally: inout BenchTally) throws(BenchFault) {
    var start = 0
    let now = monotonicNanoseconds()
    while inEnd - start >= FrameHeader.bytes {
      let head = inbox + start
      let length = Int(UInt32(littleEndian: head.loadUnaligned(as: UInt32.self)))
      let kind = head.load(fromByteOffset: 4, as: UInt8.self)
      guard kind == FrameKind.reply.rawValue, length <= Self.inboxBytes - FrameHeader.bytes else {
        throw fault(kind, UnsafeRawBufferPointer(start: head + 16, count: min(length, inEnd - start - 16)))
      }
      guard inEnd - start >= FrameHeader.bytes + length else { break }
      let count = Int(UInt16(littleEndian: head.loadUnaligned(fromByteOffset: 6, as: UInt16.self)))
      try tally.countReplies(UnsafeRawBufferPointer(start: head + 16, count: length), count: count)
      try diary?.end(
        UnsafeRawBufferPointer(start: head + 16, count: length), count: count, called: sentAt[sentHead], returned: now)
      tally.frames += 1
      tally.latency.record(nanoseconds: now - sentAt[sentHead])
      sentHead = sentHead + 1 == plan.depth ? 0 : sentHead + 1
      inFlight -= 1
      start += FrameHeader.bytes + length
    }
    if start > 0 {
      inEnd -= start
      if inEnd > 0 { memmove(inbox, inbox + start, inEnd) }
    }
  }

  private func fault(_ kind: UInt8, _ payload: UnsafeRawBufferPointer) -> BenchFault {
    if kind == FrameKind.error.rawValue, let error = try? ErrorFrame(payload: payload) { return BenchFault(error.text) }
    return BenchFault("the server sent a frame of kind \(kind)")
  }
}

/// What one thread counted.
struct BenchTally: Sendable {
  var latency = LatencyHistogram()
  var frames = 0
  /// By the outcome's number.
  var outcomes = [Int](repeating: 0, count: 256)
  var repeats = 0

  var commands: Int { outcomes.reduce(0, +) }

  /// Walks the replies of a frame: heads of 16 bytes with the bytes of their bodies.
  mutating func countReplies(_ payload: UnsafeRawBufferPointer, count: Int) throws(BenchFault) {
    var offset = 0
    for _ in 0..<count {
      guard payload.count - offset >= 16 else { throw BenchFault("a reply frame ends too early") }
      let head = UInt64(littleEndian: payload.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
      outcomes[Int(head & 0xFF)] &+= 1
      repeats &+= Int(head >> 8 & 1)
      offset += 16 + Int(head >> 32)
    }
    guard offset == payload.count else { throw BenchFault("a reply frame has other bytes than replies") }
  }

  mutating func add(_ other: BenchTally) {
    latency.add(other.latency)
    frames += other.frames
    repeats += other.repeats
    for index in outcomes.indices { outcomes[index] += other.outcomes[index] }
  }
}
