public import StockEngine

/// A client's first frame.
///
/// | offset | field | type |
/// |---|---|---|
/// | 0 | magic `STOCKD\r\n` | 8 bytes |
/// | 8 | lowest version that the client speaks | u16 |
/// | 10 | highest version that the client speaks | u16 |
/// | 12 | reserved, 0 | u32 |
/// | 16 | highest LSN that the client has seen in a reply, or 0 | u64 |
/// | 24 | store id, low word, high word; zeros if unknown | 2 x u64 |
/// | 40 | epoch of the last server that said hello, or 0 | u64 |
///
/// A server ignores what follows, so that a later version can add fields in front of the negotiation.
public struct Hello: Hashable, Sendable, BitwiseCopyable {
  /// The lowest version that the client speaks.
  public var versionMin: UInt16
  /// The highest version that the client speaks.
  public var versionMax: UInt16
  /// A server whose log is behind this must refuse: it has lost what it once acknowledged.
  public var highestLSN: LSN
  /// Nil if the client has never spoken to the store.
  public var storeID: StoreID?
  /// The epoch in which it saw that LSN: an LSN that another start of the server gave anew proves nothing.
  public var epoch: Epoch

  /// A greeting to write. The defaults are those of a client that was never here.
  public init(
    versionMin: UInt16 = Wire.version, versionMax: UInt16 = Wire.version, highestLSN: LSN = .zero,
    storeID: StoreID? = nil, epoch: Epoch = .none
  ) {
    self.versionMin = versionMin
    self.versionMax = versionMax
    self.highestLSN = highestLSN
    self.storeID = storeID
    self.epoch = epoch
  }

  /// What this version writes; a reader takes more.
  public static let payloadBytes = 48
  /// Header and payload.
  public static let frameBytes = FrameHeader.bytes + payloadBytes

  /// - Throws: `notStockd` if the magic is not there, `malformedFrame` if the rest does not fit.
  public init(payload: UnsafeRawBufferPointer) throws(WireFault) {
    var reader = FieldReader(payload, 0..<payload.count)
    guard payload.count >= 8, reader.u64() == Wire.magic else { throw WireFault(.notStockd, "no magic") }
    versionMin = reader.u16()
    versionMax = reader.u16()
    let reserved = reader.u32()
    highestLSN = LSN(reader.u64())
    let low = reader.u64()
    let high = reader.u64()
    storeID = low == 0 && high == 0 ? nil : StoreID(low: low, high: high)
    epoch = Epoch(rawValue: reader.u64())
    guard !reader.isBroken else { throw WireFault(.malformedFrame, "a hello has at least 48 bytes") }
    guard reserved == 0 else { throw WireFault(.malformedFrame, "the hello's reserved field is not 0") }
    guard versionMin <= versionMax else { throw WireFault(.malformedFrame, "the hello's versions are out of order") }
  }

  /// Writes the whole frame: ``frameBytes`` bytes.
  public func write(to bytes: UnsafeMutableRawBufferPointer, id: UInt64 = 0) {
    var writer = FieldWriter(bytes)
    FrameHeader(length: UInt32(Self.payloadBytes), kind: .hello, id: id).write(to: &writer)
    writer.u64(Wire.magic)
    writer.u16(versionMin)
    writer.u16(versionMax)
    writer.u32(0)
    writer.u64(highestLSN.rawValue)
    writer.u64(storeID?.low ?? 0)
    writer.u64(storeID?.high ?? 0)
    writer.u64(epoch.rawValue)
  }

  /// The whole frame.
  public func frame(id: UInt64 = 0) -> [UInt8] {
    [UInt8](rawCount: Self.frameBytes) { write(to: $0, id: id) }
  }
}

/// The server's answer to an accepted hello.
///
/// | offset | field | type |
/// |---|---|---|
/// | 0 | version spoken from here on | u16 |
/// | 2 | reserved, 0 | u16 |
/// | 4 | frameBytesMax | u32 |
/// | 8 | commandsPerFrameMax | u32 |
/// | 12 | framesInFlightMax | u32 |
/// | 16 | store id, low word, high word | 2 x u64 |
/// | 32 | durable LSN | u64 |
/// | 40 | log time, ms since 1970 UTC | i64 |
/// | 48 | epoch of this start | u64 |
///
/// A client ignores what follows.
public struct HelloReply: Hashable, Sendable, BitwiseCopyable {
  /// What is spoken from here on.
  public var version: UInt16
  /// The longest payload of a request frame, in bytes.
  public var frameBytesMax: UInt32
  /// The most commands of a request frame.
  public var commandsPerFrameMax: UInt32
  /// With more frames unanswered the server stops reading for a while.
  public var framesInFlightMax: UInt32
  /// The store that is served: a client keeps it for its next hello.
  public var storeID: StoreID
  /// The last record that is safe on disk.
  public var durableLSN: LSN
  /// The server's log time.
  public var now: Timestamp
  /// The run of the log that this start began: a client keeps it for its next hello.
  public var epoch: Epoch

  /// An answer to write.
  public init(
    version: UInt16 = Wire.version, frameBytesMax: UInt32, commandsPerFrameMax: UInt32, framesInFlightMax: UInt32,
    storeID: StoreID, durableLSN: LSN, now: Timestamp, epoch: Epoch
  ) {
    self.version = version
    self.frameBytesMax = frameBytesMax
    self.commandsPerFrameMax = commandsPerFrameMax
    self.framesInFlightMax = framesInFlightMax
    self.storeID = storeID
    self.durableLSN = durableLSN
    self.now = now
    self.epoch = epoch
  }

  /// What this version writes; a reader takes more.
  public static let payloadBytes = 56
  /// Header and payload.
  public static let frameBytes = FrameHeader.bytes + payloadBytes

  /// Reads a payload; bytes behind the known fields are left alone.
  /// - Throws: `malformedFrame` if it ends too early.
  public init(payload: UnsafeRawBufferPointer) throws(WireFault) {
    var reader = FieldReader(payload, 0..<payload.count)
    version = reader.u16()
    _ = reader.u16()
    frameBytesMax = reader.u32()
    commandsPerFrameMax = reader.u32()
    framesInFlightMax = reader.u32()
    let low = reader.u64()
    storeID = StoreID(low: low, high: reader.u64())
    durableLSN = LSN(reader.u64())
    now = Timestamp(milliseconds: reader.i64())
    epoch = Epoch(rawValue: reader.u64())
    guard !reader.isBroken else { throw WireFault(.malformedFrame, "a hello's reply has at least 56 bytes") }
  }

  /// Writes the whole frame: ``frameBytes`` bytes.
  public func write(to bytes: UnsafeMutableRawBufferPointer, id: UInt64 = 0) {
    var writer = FieldWriter(bytes)
    FrameHeader(length: UInt32(Self.payloadBytes), kind: .helloReply, id: id).write(to: &writer)
    writer.u16(version)
    writer.u16(0)
    writer.u32(frameBytesMax)
    writer.u32(commandsPerFrameMax)
    writer.u32(framesInFlightMax)
    writer.u64(storeID.low)
    writer.u64(storeID.high)
    writer.u64(durableLSN.rawValue)
    writer.i64(now.milliseconds)
    writer.u64(epoch.rawValue)
  }

  /// The whole frame.
  public func frame(id: UInt64 = 0) -> [UInt8] {
    [UInt8](rawCount: Self.frameBytes) { write(to: $0, id: id) }
  }
}

extension [UInt8] {
  /// An array of exactly `rawCount` bytes that `fill` writes.
  init(rawCount: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) {
    self.init(unsafeUninitializedCapacity: rawCount) { buffer, count in
      fill(UnsafeMutableRawBufferPointer(buffer))
      count = rawCount
    }
  }
}
