import StockEngine
import StockHistory
import StockModel
import StockTestSupport
import Testing

@Suite struct FormatTests {
  @Test(arguments: [false, true])
  func whatIsWrittenIsReadBack(sells: Bool) throws {
    var shop = try SimulatedShop(seed: 5, sells: sells, life: .everything)
    try shop.run(steps: 150)
    var history = shop.history
    history.header.from = LSN(7)
    var item = ReferenceModel.Item(version: 4)
    item.available = 9
    item.supplied = 10
    item.sold = 1
    item.floor = -2
    history.given = [GivenItem(name: "茶\"\\\n", item: item)]
    // The reader counts lines as they come.
    for index in history.operations.indices { history.operations[index].line = index + 3 }
    #expect(try HistoryReader.read(HistoryWriter.bytes(of: history)) == history)
  }

  /// In whatever pieces it comes.
  @Test func piecesMakeLines() throws {
    var shop = try SimulatedShop(seed: 6, sells: true, life: .quiet)
    try shop.run(steps: 20)
    let bytes = HistoryWriter.bytes(of: shop.history)
    let whole = try HistoryReader.read(bytes)
    for size in [1, 7, 100] {
      var reader = HistoryReader()
      for start in stride(from: 0, to: bytes.count, by: size) {
        try reader.take(Array(bytes[start..<min(start + size, bytes.count)]))
      }
      #expect(try reader.finish() == whole)
    }
  }

  private static let header = #"{"format":"stockd history","version":1}"# + "\n"

  @Test func aLineOfAStranger() throws {
    let history = try HistoryReader.read(
      Array(
        (Self.header
          + #" { "says" : ["available=3", "until=900000"] , "client":1, "call":10, "return":20, "op":"reserve", "order":"o-\u00e9\ud83c\udf75","#
          + #" "lines":[["tea",2]], "lsn":9, "outcome":"reserved" }"# + "\r\n\n").utf8))
    var answer = Answer(.reserved, ["available=3", "until=900000"])
    answer.lsn = LSN(9)
    #expect(
      history.operations == [
        HistoryOperation(
          line: 2, client: 1, called: 10, returned: 20,
          command: .reserve(.init(order: "o-é🍵", lines: [.init("tea", 2)])), answer: answer)
      ])
    #expect(history.operations.first?.answer?.lsn == LSN(9))
  }

  @Test(arguments: [
    ("", "no header"), ("{\"version\":1}\n", "header"),
    (#"{"format":"stockd history","version":2}"#, "newer"),
    (header + "[]", "object"), (header + #"{"client":1}"#, "call is missing"),
    (header + #"{"client":1,"call":1,"op":"fly"}"#, "fly"),
    (header + #"{"client":1,"call":1,"op":"confirm","order":""}"#, "empty"),
    (header + #"{"client":1,"call":1,"op":"confirm","order":"o","lnes":[]}"#, "lnes"),
    (header + #"{"client":1,"call":1,"op":"reserve","order":"o","lines":[]}"#, "lines are 1"),
    (header + #"{"client":1,"call":1,"op":"reserve","order":"o","lines":[["A",0]]}"#, "a line is"),
    (header + #"{"client":1,"call":5,"return":4,"op":"stats","lsn":1,"outcome":"found"}"#, "before call"),
    (header + #"{"client":1,"call":5,"return":9,"op":"stats"}"#, "together"),
    (header + #"{"client":1,"call":5,"call":9,"op":"stats"}"#, "twice"),
    (header + #"{"client":1,"call":1.5,"op":"stats"}"#, "whole number"),
    (header + #"{"client":1,"call":99999999999999999999,"op":"stats"}"#, "64 bits"),
    (header + #"{"client":1,"call":1,"return":2,"op":"stats","lsn":1,"outcome":"great"}"#, "great"),
    (header + "{\"client\":1,\"call\":1,\"op\":\"order\",\"order\":\"\u{1}\"}", "control"),
    (header + #"{"client":1,"call":1,"op":"order","order":"o"} x"#, "behind"),
  ])
  func saysWhatIsWrongWithALine(text: String, part: String) {
    #expect {
      _ = try HistoryReader.read(Array(text.utf8))
    } throws: { error in
      "\(error)".contains(part)
    }
  }

  @Test func memoryIsBounded() throws {
    var reader = HistoryReader(operationsMax: 1)
    let line = #"{"client":1,"call":1,"op":"stats"}"# + "\n"
    try reader.take(Array((Self.header + line).utf8))
    #expect {
      try reader.take(Array(line.utf8))
    } throws: { error in
      "\(error)" == "line 3: more than 1 operations"
    }
  }
}
