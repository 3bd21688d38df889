/// The protocol's two dialects.
public enum RESPVersion: Int, Sendable, BitwiseCopyable {
  /// What a connection speaks until it asks for more. Maps are flat arrays here.
  case two = 2
  case three = 3
}

/// Writes values one behind the other into memory that it grows and keeps.
///
/// `@unchecked Sendable`: the memory is owned by this value alone, and it cannot be copied.
public struct RESPWriter: ~Copyable, @unchecked Sendable {
  private var base: UnsafeMutableRawPointer
  private var capacity: Int
  /// Bytes written.
  public private(set) var count = 0
  /// The dialect of what is written next.
  public var version = RESPVersion.two

  /// Memory that grew beyond this is given back when the writer is emptied.
  private static let capacityKept = 1 << 20

  /// An empty writer.
  public init(capacity: Int = 16 << 10) {
    self.capacity = max(64, capacity)
    base = .allocate(byteCount: self.capacity, alignment: 8)
  }

  deinit { base.deallocate() }

  /// What was written.
  public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

  /// Forgets what was written.
  public mutating func removeAll() {
    count = 0
    guard capacity > Self.capacityKept else { return }
    base.deallocate()
    capacity = Self.capacityKept
    base = .allocate(byteCount: capacity, alignment: 8)
  }

  // MARK: Values

  /// `:number`
  @inline(__always)
  public mutating func integer(_ value: Int64) { line(UInt8(ascii: ":"), value) }

  /// `*count`, then that many values.
  @inline(__always)
  public mutating func array(_ elements: Int) { line(UInt8(ascii: "*"), Int64(elements)) }

  /// `%pairs`, then keys and values in turn; in RESP2 an array of twice as many.
  public mutating func map(_ pairs: Int) {
    switch version {
    case .two: array(2 * pairs)
    case .three: line(UInt8(ascii: "%"), Int64(pairs))
    }
  }

  /// `$count` and the bytes.
  @inline(__always)
  public mutating func bulk(_ text: UnsafeRawBufferPointer) {
    line(UInt8(ascii: "$"), Int64(text.count))
    makeRoom(text.count + 2)
    if let source = text.baseAddress { (base + count).copyMemory(from: source, byteCount: text.count) }
    count += text.count
    endLine()
  }

  /// `$count` and the text.
  public mutating func bulk(_ text: String) {
    var text = text
    text.withUTF8 { bulk(UnsafeRawBufferPointer($0)) }
  }

  /// `$count` and the text.
  @inline(__always)
  public mutating func bulk(_ text: StaticString) {
    bulk(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// `+text`; no line end in it.
  public mutating func simple(_ text: StaticString) {
    put(UInt8(ascii: "+"))
    put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    endLine()
  }

  /// `-text`. Line ends in it become spaces: it may quote what a client sent.
  public mutating func error(_ text: String) {
    put(UInt8(ascii: "-"))
    for byte in text.utf8 { put(byte == 0x0D || byte == 0x0A ? 0x20 : byte) }
    endLine()
  }

  /// `_`; in RESP2 the bulk that is none.
  public mutating func null() {
    switch version {
    case .two: put("$-1\r\n")
    case .three: put("_\r\n")
    }
  }

  /// `#t` or `#f`; in RESP2 1 or 0.
  public mutating func boolean(_ value: Bool) {
    switch version {
    case .two: integer(value ? 1 : 0)
    case .three: put(value ? "#t\r\n" : "#f\r\n")
    }
  }

  /// `=count`, `txt:` and the text, for people; in RESP2 a bulk.
  public mutating func verbatim(_ text: String) {
    switch version {
    case .two: bulk(text)
    case .three:
      line(UInt8(ascii: "="), Int64(text.utf8.count + 4))
      put("txt:")
      var text = text
      text.withUTF8 { put(UnsafeRawBufferPointer($0)) }
      endLine()
    }
  }

  /// `~count`, then that many values; in RESP2 an array.
  public mutating func set(_ elements: Int) {
    switch version {
    case .two: array(elements)
    case .three: line(UInt8(ascii: "~"), Int64(elements))
    }
  }

  // MARK: Bytes

  @inline(__always)
  private mutating func makeRoom(_ bytes: Int) {
    if capacity - count < bytes { grow(bytes) }
  }

  @inline(never)
  private mutating func grow(_ bytes: Int) {
    var larger = capacity * 2
    while larger - count < bytes { larger *= 2 }
    let memory = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 8)
    memory.copyMemory(from: base, byteCount: count)
    base.deallocate()
    base = memory
    capacity = larger
  }

  private mutating func put(_ byte: UInt8) {
    makeRoom(1)
    base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
    count += 1
  }

  private mutating func put(_ text: StaticString) {
    put(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func put(_ text: UnsafeRawBufferPointer) {
    makeRoom(text.count)
    if let source = text.baseAddress { (base + count).copyMemory(from: source, byteCount: text.count) }
    count += text.count
  }

  /// Values that are written already.
  mutating func raw(_ text: UnsafeRawBufferPointer) { put(text) }

  @inline(__always)
  private mutating func endLine() {
    makeRoom(2)
    base.storeBytes(of: 0x0A0D, toByteOffset: count, as: UInt16.self)
    count += 2
  }

  /// A type's byte, a number, and the line's end.
  @inline(__always)
  private mutating func line(_ type: UInt8, _ value: Int64) {
    // A sign and 19 digits, the type and the line's end.
    makeRoom(24)
    base.storeBytes(of: type, toByteOffset: count, as: UInt8.self)
    count += 1
    var rest = value.magnitude
    if value < 0 {
      base.storeBytes(of: UInt8(ascii: "-"), toByteOffset: count, as: UInt8.self)
      count += 1
    }
    if rest < 10 {
      base.storeBytes(of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest), toByteOffset: count, as: UInt8.self)
      count += 1
    } else {
      var digits = 0
      var probe = rest
      while probe > 0 {
        digits += 1
        probe /= 10
      }
      var at = count + digits
      count = at
      while rest > 0 {
        at -= 1
        base.storeBytes(
          of: UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10), toByteOffset: at, as: UInt8.self)
        rest /= 10
      }
    }
    base.storeBytes(of: 0x0A0D, toByteOffset: count, as: UInt16.self)
    count += 2
  }
}
