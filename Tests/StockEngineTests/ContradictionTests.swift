import StockTestSupport
import Testing

@testable import StockEngine

/// Records whose checks are right and that read, but cannot follow what came before them: refused as corrupt, never folded, never a trap.
@Suite struct ContradictionTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var name: String
    /// A part of the fault's message; nil: the whole can be folded.
    var reason: String?
    var make: @Sendable (inout GoldenBytesTests.Texts) -> [Event]

    init(_ name: String, _ reason: String?, _ make: @escaping @Sendable (inout GoldenBytesTests.Texts) -> [Event]) {
      self.name = name
      self.reason = reason
      self.make = make
    }

    var testDescription: String { name }
  }

  private static let item = ItemNumber(rawValue: 7)
  private static let sale = ScopeNumber(rawValue: 0x0107)
  private static let ordered = "an event names an order whose record is not there"
  private static let units = "an event moves units that the order does not have"
  private static let scoped = "an event names a sale that was never opened"

  /// Each behind an item with ten units and the order `o` that holds two of them.
  static let cases: [Case] = [
    Case("what makes sense", nil) { [.confirmed($0.moved("o", [(7, 2)])), .shipped(order: $0.text("o"))] },
    Case("an unknown order's confirm", ordered) { [.confirmed($0.moved("p", []))] },
    Case("an unknown order's extension", ordered) { [.extended(order: $0.text("p"), deadline: .zero)] },
    Case("an unknown order's mark", ordered) { [.delivered(order: $0.text("p"))] },
    Case("an unknown order's refund", "a refund event names an order that is not there") {
      [.refundRequired(order: $0.text("p"))]
    },
    Case("an unknown item", "an event names an item that was never created") {
      [.reserved($0.placed("p", [(0x0107, 1)]))]
    },
    Case("an unknown item's supply", "an event names an item that was never created") {
      [.supplied(ItemNumber(rawValue: 9), quantity: 1, reference: $0.text(""))]
    },
    Case("an item out of order", "an item was created out of order") {
      [.itemCreated(ItemNumber(rawValue: 0x0207), name: $0.text("x"), quantity: 1)]
    },
    Case("more than an item can count", "beyond what can be counted") { _ in [.itemReplaced(item, delta: .max)] },
    Case("less than an item can count", "beyond what can be counted") { _ in [.itemReplaced(item, delta: .min)] },
    Case("a floor beyond all", "a floor beyond what can be counted") { _ in [.configured(item, floor: .min)] },
    Case("more than is reserved", "an event moves more than is reserved") { [.confirmed($0.moved("o", [(7, 3)]))] },
    Case("more than the order has", units) {
      [.reserved($0.placed("p", [(7, 5)])), .cancelled($0.moved("o", [(7, 3)]), reason: $0.text(""))]
    },
    Case("a line that the order has not", units) {
      [
        .itemCreated(ItemNumber(rawValue: 0x0107), name: $0.text("x"), quantity: 9),
        .reserved($0.placed("p", [(0x0107, 5)])), .expired($0.moved("o", [(0x0107, 1)])),
      ]
    },
    Case("the same twice", "an event moves more than is reserved") {
      [.confirmed($0.moved("o", [(7, 2)])), .confirmed($0.moved("o", [(7, 2)]))]
    },
    Case("more than is sold", "an event moves more than is sold") {
      [.returned($0.moved("o", [(7, 1)]), disposition: .available)]
    },
    Case("a late confirm of nothing", units) { [.lateConfirmed($0.moved("o", [(7, 1)]))] },
    Case("a sale that never was", "an order names a sale that was never opened") {
      let placed = $0.placed("p", [(7, 1)])
      return [.reserved($0.counted(placed, sale: sale.rawValue))]
    },
    Case("a limit that never was", "an event counts for a scope that was never made") {
      let placed = $0.placed("p", [(7, 1)])
      return [.reserved($0.counted(placed, [true]))]
    },
    Case("a pause of nothing", scoped) { _ in [.salePaused(sale)] },
    Case("a close of nothing", scoped) { _ in [.saleClosed(sale)] },
    Case("a retirement of a scope that is none", scoped) { _ in [.saleRetired(.none)] },
    Case("a limit that does not read", "an event sets a limit that does not read") {
      [.limitSet(sale, sku: $0.text("x"), limit: $0.text("?"), isLifted: false)]
    },
    Case("a scope out of order", "an event names a scope that was never made") {
      let limit = $0.text(Limit.encoded([Limit(dimension: "user", max: 1)]))
      return [.limitSet(ScopeNumber(rawValue: 0x0907), sku: $0.text("x"), limit: limit, isLifted: false)]
    },
  ]

  @Test(arguments: cases)
  func aContradictionIsRefused(of scenario: Case) throws {
    var texts = GoldenBytesTests.Texts()
    let before: [Event] = [
      .itemCreated(Self.item, name: texts.text("tea"), quantity: 10), .reserved(texts.placed("o", [(7, 2)])),
    ]
    let body = Self.body(before + scenario.make(&texts), texts)
    let read = { () throws(EngineFault) in
      try body.withBytes { (bytes) throws(EngineFault) in
        try HostileFile(store: TestStore.id).readGroup(bytes)
      }
    }
    guard let reason = scenario.reason else { return try read() }
    do throws(EngineFault) {
      try read()
      Issue.record("it was folded")
    } catch {
      #expect(error.code == .corrupt)
      #expect(error.message.contains(reason), "\(error)")
      #expect(error.file != nil && error.offset == 4096 && error.lsn != nil)
    }
  }

  /// One section, a record an event.
  private static func body(_ events: [Event], _ texts: GoldenBytesTests.Texts) -> [UInt8] {
    var writer = ByteWriter(capacity: 4096)
    writer.putSigned(0)
    writer.putVarint(UInt64(events.count))
    texts.withSource { source in
      for event in events {
        let start = writer.beginLength()
        writer.put(event, from: source, at: Timestamp(milliseconds: 1))
        writer.endLength(from: start)
      }
    }
    return Array(writer.bytes)
  }

  @Test func aMachineThatDecidesTraps() async {
    await #expect(processExitsWith: .failure) {
      var machine = Machine(store: StoreID(low: 1, high: 2))
      machine.contradict("a planted contradiction")
    }
  }
}

extension [UInt8] {
  fileprivate func withBytes(
    _ body: (UnsafeRawBufferPointer) throws(EngineFault) -> Void
  ) throws(EngineFault) {
    let result = withUnsafeBytes { bytes -> Result<Void, EngineFault> in
      do throws(EngineFault) {
        return .success(try body(bytes))
      } catch {
        return .failure(error)
      }
    }
    try result.get()
  }
}
