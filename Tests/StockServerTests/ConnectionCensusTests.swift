import StockWire
import Testing

@testable import StockServer

@Suite("How many connections there are")
struct ConnectionCensusTests {
  @Test("beyond those that are served so many are told why, and the others are not even that")
  func bounds() {
    let census = ConnectionCensus(connectionsMax: 1, refusedMax: 2)
    #expect(census.admit(nil) == .admitted)
    #expect(census.admit(nil) == .refused(.tooManyConnections))
    #expect(census.admit(.shuttingDown) == .refused(.shuttingDown))
    #expect(census.admit(nil) == .turnedAway)
    census.leave(.turnedAway)
    #expect(census.admit(.shuttingDown) == .turnedAway)
    census.leave(.refused(.tooManyConnections))
    #expect(census.admit(nil) == .refused(.tooManyConnections))
    census.leave(.admitted)
    #expect(census.admit(nil) == .admitted)
    #expect(census.count == 1 && census.received == 2)
  }

  @Test("descriptors: as many as may be served and refused at once")
  func descriptors() {
    let census = ConnectionCensus(connectionsMax: 1, refusedMax: 2)
    for _ in 0..<3 {
      #expect(census.mayOpen)
      census.opened()
    }
    #expect(!census.mayOpen)
    census.closed()
    #expect(census.mayOpen)
  }
}
