import StockEngine
import StockTestSupport
import Testing

@Test func smoke() throws {
  let store = try TestStore()
  #expect(try store.perform("preheat op-1 A=1").description == "done available=1")
  #expect(try store.perform("reserve o-1 buyer=u1 A=1").description == "reserved available=0 until=15m")
  try store.restart()
  #expect(try store.perform("reserve o-1 buyer=u1 A=1").description == "reserved again available=0 until=15m")
}
