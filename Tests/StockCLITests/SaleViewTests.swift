import StockEngine
import StockWire
import Testing

@testable import stockcli

@Suite("The live view of a sale")
struct SaleViewTests {
  private let now = Timestamp(milliseconds: 1_781_784_000_000)

  private func sale(
    _ available: Int64, reserved: Int64 = 0, sold: Int64 = 0, id: String = "s", state: SaleState = .open
  ) -> WireSale {
    WireSale(
      sale: id, state: state,
      terms: WireSaleTerms(start: now.adding(milliseconds: -1), end: now.adding(milliseconds: 3_725_000)), items: 2,
      available: available, reserved: reserved, sold: sold, scrapped: 0)
  }

  /// - Parameter looks: seconds, units taken of 100.
  private func meter(_ looks: [(seconds: Double, taken: Int64)]) -> SaleMeter {
    var meter = SaleMeter()
    for look in looks {
      meter.add(sale(100 - look.taken, sold: look.taken), at: 1_000_000_000 + UInt64(look.seconds * 1e9))
    }
    return meter
  }

  @Test func theRateIsOfTheLastSeconds() {
    #expect(meter([]).unitsPerSecond == nil)
    #expect(meter([(0, 5)]).unitsPerSecond == nil)
    #expect(meter([(0, 5), (2, 25)]).unitsPerSecond == 10)
    // What was six seconds ago counts no more.
    #expect(meter([(0, 0), (1, 50), (6, 60), (7, 62)]).unitsPerSecond == 2)
    // Looks that are further apart than the window still give a rate.
    #expect(meter([(0, 0), (60, 30), (120, 90)]).unitsPerSecond == 1)
    #expect(meter([(0, 20), (2, 10)]).unitsPerSecond == -5)
  }

  @Test func theSellOutIsEstimated() {
    #expect(meter([(0, 0), (2, 20)]).secondsToSellOut(sale(80)) == 8)
    #expect(meter([(0, 0), (2, 20)]).secondsToSellOut(sale(0)) == 0)
    #expect(meter([(0, 0), (2, 0)]).secondsToSellOut(sale(80)) == nil)
    #expect(meter([(0, 20), (2, 0)]).secondsToSellOut(sale(80)) == nil)
    #expect(meter([(0, 20)]).secondsToSellOut(sale(80)) == nil)
  }

  @Test func isDrawn() {
    var sale = sale(600, reserved: 100, sold: 300, id: "双11")
    sale.refused.soldOut = 1200
    sale.refused.limitReached = 34
    let view = SaleView(sale: sale, now: now, meter: meter([(0, 0), (2, 20)]))
    #expect(
      view.lines(width: 42) == [
        "双11  open  ends in 1h 2m  2 SKUs",
        "[############====........................]",
        "",
        "left                       600   60.0 %",
        "reserved                   100   10.0 %  =",
        "sold                       300   30.0 %  #",
        "rate                      10.0  units/s",
        "sold out              in 1m 0s",
        "refused                  1,234",
        "  soldOut                1,200",
        "  limitReached              34",
      ])
  }

  @Test func theHeadTellsTheWindow() {
    func head(_ state: SaleState, now: Timestamp) -> String {
      SaleView(sale: sale(1, state: state), now: now, meter: SaleMeter()).lines(width: 80)[0]
    }
    let over = now.adding(milliseconds: 4_000_000)
    #expect(head(.scheduled, now: now.adding(milliseconds: -8001)) == "s  scheduled  begins in 8s  2 SKUs")
    #expect(head(.paused, now: now) == "s  paused  ends in 1h 2m  2 SKUs")
    #expect(head(.closed, now: now) == "s  closed  before its end at 2026-06-18T13:02:05.000Z  2 SKUs")
    #expect(head(.closed, now: over) == "s  closed  since 2026-06-18T13:02:05.000Z  2 SKUs")
  }

  @Test(arguments: [20, 44, 80, 120])
  func noLineIsWiderThanTheTerminal(_ width: Int) {
    let long = String(repeating: "双十一", count: 7)
    for sale in [sale(1, id: long), sale(0, sold: 1, id: long, state: .closed), sale(0)] {
      let lines = SaleView(sale: sale, now: now, meter: SaleMeter()).lines(width: width)
      #expect(lines.allSatisfy { DisplayWidth.of($0) <= width })
      #expect(lines[0].hasPrefix(sale.sale.prefix(3)))
    }
  }

  @Test(arguments: [
    (0, "0s"), (1, "1s"), (59_000, "59s"), (60_000, "1m 0s"), (3_725_000, "1h 2m"), (90_061_000, "1d 1h"),
    (86_400_000, "1d 0h"),
  ])
  func spans(_ milliseconds: Int64, _ text: String) {
    #expect(SaleView.span(milliseconds: milliseconds) == text)
  }
}
