import StockEngine
import StockWire

/// A request frame of the mix with fixed widths everywhere, and where the parts lie that differ from frame to frame. Sending one is
/// a copy and a few stores a command: the load generator must not cost more than the server.
struct FrameTemplate {
  /// A command's parts that change.
  struct Slot {
    /// The 12 hex digits of the order's number; -1: none.
    var numberOffset = -1
    /// The item's name.
    var itemOffset = -1
    /// The 7 digits of the buyer's number.
    var buyerOffset = -1
    /// Places a new order (or is a read); else it settles the last one.
    var begins = true
    var step: BenchMix.Step
  }

  static let runBytes = 8
  static let numberDigits = 12
  static let buyerDigits = 7
  static let itemBytes = BenchPlan.itemName(0).utf8.count

  let bytes: [UInt8]
  let slots: [Slot]
  /// Where in the cycle the next frame begins.
  let nextPhase: Int

  init(_ plan: BenchPlan, phase: Int) {
    var encoder = RequestEncoder()
    var slots: [Slot] = []
    let cycle = plan.mix.cycle
    let number = String(repeating: "0", count: Self.numberDigits)
    let order = Array((plan.run + number).utf8)
    precondition(order.count == Self.runBytes + Self.numberDigits, "an order id of the bench has 20 bytes")
    let buyer = plan.buyers > 0 ? Array(("u" + String(repeating: "0", count: Self.buyerDigits)).utf8) : []
    let item = BenchPlan.itemName(0)
    let line = [WireLine(item, 1)]
    for index in 0..<plan.batch {
      let start = encoder.bytes.count
      let id = String(decoding: order, as: UTF8.self)
      switch cycle[(phase + index) % cycle.count] {
      case .reserve:
        let itemBytes = Array(item.utf8)
        encoder.reserve(
          order: order.span, buyer: buyer.span, item: itemBytes.span, quantity: 1,
          holdMilliseconds: plan.holdMilliseconds)
        slots.append(Self.placing(start, buyerBytes: buyer.count, .reserve))
      case .deduct:
        encoder.deduct(
          order: id, buyer: String(decoding: buyer, as: UTF8.self), lines: line,
          holdMilliseconds: plan.holdMilliseconds)
        slots.append(Self.placing(start, buyerBytes: buyer.count, .deduct))
      case .confirm:
        encoder.confirm(order: id)
        slots.append(Slot(numberOffset: start + 8 + 1 + Self.runBytes, begins: false, step: .confirm))
      case .cancel:
        encoder.cancel(order: id)
        slots.append(Slot(numberOffset: start + 8 + 1 + Self.runBytes, begins: false, step: .cancel))
      case .get:
        encoder.get(items: [item])
        slots.append(Slot(itemOffset: start + 8 + 2 + 1, step: .get))
      }
    }
    encoder.finish(id: 1)
    bytes = encoder.bytes
    self.slots = slots
    nextPhase = (phase + plan.batch) % cycle.count
    for slot in slots { check(slot) }
  }

  /// Head 8, payment time 8, order text8, buyer text8, payload count 2, line count 2, item text8.
  private static func placing(_ start: Int, buyerBytes: Int, _ step: BenchMix.Step) -> Slot {
    let order = start + 8 + 8 + 1
    let buyer = order + runBytes + numberDigits + 1
    return Slot(
      numberOffset: order + runBytes, itemOffset: buyer + buyerBytes + 2 + 2 + 1,
      buyerOffset: buyerBytes > 0 ? buyer + 1 : -1, step: step)
  }

  /// The offsets point at what they are meant to change.
  private func check(_ slot: Slot) {
    func holds(_ offset: Int, _ text: String) -> Bool {
      offset < 0 || bytes[offset...].starts(with: text.utf8)
    }
    precondition(
      holds(slot.numberOffset, String(repeating: "0", count: Self.numberDigits))
        && holds(slot.itemOffset, BenchPlan.itemName(0))
        && holds(slot.buyerOffset, String(repeating: "0", count: Self.buyerDigits)),
      "the template's offsets follow the protocol page")
  }
}

/// Digits two at a time.
struct DigitPairs {
  private let hexadecimal: [UInt16]
  private let decimal: [UInt16]

  init() {
    let digits = Array("0123456789abcdef".utf8)
    hexadecimal = (0..<256).map { UInt16(digits[$0 >> 4]) | UInt16(digits[$0 & 15]) << 8 }
    decimal = (0..<100).map { UInt16(digits[$0 / 10]) | UInt16(digits[$0 % 10]) << 8 }
  }

  /// Writes 12 hex digits.
  @inline(__always)
  func writeNumber(_ number: UInt64, to place: UnsafeMutableRawPointer) {
    hexadecimal.withUnsafeBufferPointer { pairs in
      for pair in 0..<6 {
        let byte = Int(truncatingIfNeeded: number >> UInt64(40 - 8 * pair)) & 0xFF
        place.storeBytes(of: pairs[byte], toByteOffset: 2 * pair, as: UInt16.self)
      }
    }
  }

  /// Writes 6 decimal digits behind the first of the 7.
  @inline(__always)
  func writeBuyer(_ buyer: UInt32, to place: UnsafeMutableRawPointer) {
    decimal.withUnsafeBufferPointer { pairs in
      place.storeBytes(of: pairs[Int(buyer / 10_000 % 100)], toByteOffset: 1, as: UInt16.self)
      place.storeBytes(of: pairs[Int(buyer / 100 % 100)], toByteOffset: 3, as: UInt16.self)
      place.storeBytes(of: pairs[Int(buyer % 100)], toByteOffset: 5, as: UInt16.self)
    }
  }
}
