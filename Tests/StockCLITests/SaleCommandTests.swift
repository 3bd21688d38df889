import Glibc
import StockClient
import Testing

@testable import stockcli

/// Sales, limits and flags as a shell sees them.
@Suite("Sales on the command line", .serialized)
struct SaleCommandTests {
  private func run(_ arguments: String, input: String = "") throws -> CommandLineTests.Run {
    try CommandLineTests().run(arguments, input: input)
  }

  /// A daemon of its own; `body` gets the flag that names it.
  private func withDaemon(_ body: (String) throws -> Void) throws {
    let scratch = try ScratchDirectory.temporary()
    let daemon = try DaemonProcess(
      executable: Executable.find("stockd"), dataDirectory: scratch.path + "/data",
      logFile: scratch.path + "/stockd.log", extraArguments: ["--segment-bytes", "4MiB", "--free-bytes-min", "0"])
    defer {
      daemon.kill()
      scratch.remove()
    }
    try body("-s \(try daemon.start().address)")
  }

  private let file = """
    {"id": "双11", "start": "now", "end": "+1h", "paymentTime": "10m", "sourcePool": "main", "unpaid": "refuse",
     "limits": [{"dimension": "user", "units": 3}, {"dimension": "phone", "units": 2, "returns": "giveBack"}],
     "openTo": {"region": ["北京", "sh"]}, "items": [{"sku": "茶", "units": 6}, {"sku": "cup", "pool": "east", "units": 2}]}
    """

  @Test func unitsAreAddedToASale() throws {
    try withDaemon { at in
      _ = try run("preheat - \(at) --format csv", input: "sku,pool,quantity\n茶,,10\ncup,east,2\n")
      #expect(try run("sale open - \(at)", input: file).code == 0)
      let added = try run("sale add 双11 茶=4 cup@east \(at) --operation a-1 -o ndjson")
      #expect(added.code == 1 && added.output.contains("soldOut"), "east has no cup left: \(added)")
      #expect(try run("sale add 双11 茶=4 \(at) --operation a-2").output.hasPrefix("added  sale=双11  items=1  units=4"))
      #expect(try run("sale add 双11 茶=4 \(at) --operation a-2 -o ndjson").output.contains(#""repeat":true"#))
      #expect(try run("get 茶 茶@~双11 \(at) -o csv").output.contains("茶,0,"), "from the main pool, once")
      #expect(try run("sale add 双11 hat=3 \(at) --new-supply -q").code == 0)
      #expect(try run("sale add nosuch 茶 \(at)").messages.contains("noSuchSale"))
      #expect(try run("sale add 双11 \(at)").code == 64)
    }
  }

  @Test func aSaleFromItsFileToItsEnd() throws {
    try withDaemon { at in
      _ = try run("preheat - \(at) --format csv", input: "sku,pool,quantity\n茶,,10\ncup,east,2\n")
      let opened = try run("sale open - \(at) -o ndjson", input: file)
      #expect(opened.code == 0, "\(opened)")
      #expect(opened.output.hasPrefix(#"{"outcome":"opened","sale":"双11","title":null,"start":"2"#))
      #expect(opened.output.contains(#""items":2,"units":8,"paused":false,"operation":"sale-"#))
      // Later, the offsets of the file would be other times; the sale keeps its own.
      let again = try run("sale open - \(at) -o ndjson", input: file)
      #expect(again.output.contains(#""repeat":true"#))
      let paused = try run("sale open - \(at) --paused", input: file)
      #expect(paused.code == 1 && paused.messages.hasPrefix("refused: saleExists"))
      #expect(paused.messages.contains("see stockcli sale show 双11"))
      #expect(try run("get 茶 茶@~双11 cup@east cup@~双11 \(at) -o csv").output.contains("茶,4,4,"))

      let subjects = "--sale 双11 --subject region=北京 --subject phone=138"
      #expect(try run("reserve 茶 2 \(at) --order o-1 --buyer u-1 \(subjects)").code == 0)
      let unpaid = try run("reserve 茶 1 \(at) --order o-2 --buyer u-1 \(subjects) -o ndjson")
      #expect(unpaid.code == 1 && unpaid.output.contains(#""unpaidOrder":"o-1""#))
      #expect(try run("reserve 茶 1 \(at) --order o-2 --buyer u-1 \(subjects) --replace-unpaid").code == 0)
      #expect(try run("order o-1 \(at)").output.hasPrefix("cancelled"))
      let limited = try run("deduct 茶=2 \(at) --order o-3 --buyer u-2 \(subjects) -o ndjson")
      #expect(
        limited.output.contains(
          #""limit":{"dimension":"phone","counts":"units","item":null,"max":2,"used":1}"#), "\(limited)")
      #expect(try run("deduct 茶=2 \(at) --buyer u-3 --sale 双11 --subject region=sh --subject phone=1 -q").code == 0)
      #expect(try run("cart 茶=9 cup=1 \(at) --sale 双11 --subject region=sh --subject phone=2 --buyer x").code == 1)
      #expect(try run("reserve 茶 1 \(at) --subject region").code == 64)
      #expect(try run("deduct 茶=1 \(at) --replace-unpaid").code == 64)

      #expect(try run("sale pause 双11 \(at) --operation p-1").output.hasPrefix("paused  sale=双11  operation=p-1"))
      #expect(try run("sale pause 双11 \(at) --operation p-1 -o ndjson").output.contains(#""repeat":true"#))
      #expect(try run("sale resume 双11 \(at) -q").code == 0)
      let list = try run("sale ls \(at) -o csv").output.split(separator: "\n")
      #expect(list.count == 2 && list[0] == "sale,state,start,end,skus,left,reserved,sold,refused")
      #expect(list[1].hasPrefix("双11,open,") && list[1].contains(",2,5,1,2,"))

      let shown = try run("sale show 双11 \(at)")
      #expect(shown.output.contains("\nphone      units     2  giveBack\n"), "\(shown.output)")
      #expect(shown.output.contains("\nregion     北京\n"))
      #expect(shown.output.contains("\n茶      3         1     2         0\n"))
      let left = try run("sale show 双11 \(at) --sort left --limit 1 -o ndjson")
      #expect(left.output.contains(#""items":[{"sku":"cup","left":2,"reserved":0,"sold":0,"scrapped":0}]}"#))
      #expect(left.messages == "only 1 items are shown; --limit 0 shows all\n")

      #expect(try run("sale close 双11 \(at) -q").code == 0)
      let watched = try run("sale watch 双11 \(at) -o csv --interval 1h")
      #expect(watched.code == 0)
      #expect(watched.output.hasPrefix("outcome,time,sale,left,reserved,sold,unitsPerSecond,"))
      #expect(watched.output.contains("\nclosed,2"))
      #expect(try run("sale show nothing \(at)").messages.hasPrefix("refused: noSuchSale: no such sale"))
    }
  }

  @Test func watchingLooksSoOften() throws {
    try withDaemon { at in
      let sale = #"{"id":"s","start":"+1h","end":"+2h","newSupply":true,"items":[{"sku":"tea","units":6}]}"#
      #expect(try run("sale open - \(at)", input: sale).code == 0)
      let rows = try run("sale watch s \(at) --count 3 --interval 50ms -o ndjson")
      #expect(rows.code == 0 && rows.output.split(separator: "\n").count == 3)
      #expect(rows.output.contains(#""left":6,"reserved":0,"sold":0,"unitsPerSecond":0,"secondsToSellOut":null"#))
      let early = try run("reserve tea 1 \(at) --sale s --order o-1 -o ndjson")
      #expect(early.output.contains(#""sale":{"sale":"s","state":"scheduled","start":"2"#), "\(early)")
      #expect(early.messages.contains("saleNotOpen: the sale s is scheduled; a later try may differ\ns sells from 2"))
      for format in ["table", "json", "ndjson", "csv"] {
        let unread = try CommandLineTests().runUnread("sale watch s \(at) --interval 50ms -o \(format)")
        #expect(unread == CommandLineTests.Run(code: 141, output: "", messages: ""))
      }
      let plain = try run("sale watch s \(at) --count 1")
      #expect(plain.output.hasPrefix("scheduled  time="))
      #expect(try run("sale watch s \(at) --count 0").code == 64)
      #expect(try run("sale watch s \(at) --interval 1ms").code == 64)
    }
  }

  @Test func limitsAndFlags() throws {
    try withDaemon { at in
      _ = try run("preheat - \(at) --format csv", input: "sku,quantity\ntea,10\n")
      #expect(
        try run("limit tea user 2 \(at) --operation l-1").output.hasPrefix(
          "limited  sku=tea  dimension=user  counts=units  max=2  operation=l-1"))
      let much = try run("reserve tea 3 \(at) --buyer u-1 --order o-1")
      #expect(much.messages.contains("the limit of 2 units of tea by user is reached: 0 in use"))
      #expect(try run("limit tea user none \(at) -q -o ndjson").output.hasPrefix(#"{"outcome":"lifted","sku":"tea""#))
      #expect(try run("reserve tea 3 \(at) --buyer u-1 --order o-1").code == 0)
      #expect(try run("limit tea user 1 \(at) -q --open-orders").code == 0)
      #expect(try run("reserve tea 1 \(at) --buyer u-1 --order o-2").code == 1)
      #expect(try run("limit tea user some \(at)").code == 64)
      #expect(try run("limit tea@east user 1 \(at) -q").code == 1)
      #expect(try run("flag 张三 \(at) --operation f-1").output.hasPrefix("flagged  buyer=张三  operation=f-1"))
      #expect(try run("buyer 张三 \(at)").output.hasPrefix("flagged  buyer=张三  byHand=true"))
      #expect(try run("clear 张三 \(at) -q").output.hasPrefix("cleared  buyer=张三"))
      #expect(try run("buyer 张三 \(at)").output.hasPrefix("unflagged  buyer=张三"))
    }
  }

  @Test func theDemonstrationSaleOpensOnItsCatalogue() throws {
    let data = #filePath.replacing("Tests/StockCLITests/SaleCommandTests.swift", with: "data")
    try withDaemon { at in
      let without = try run("sale open \(data)/sale.json \(at)")
      #expect(without.code == 1 && without.messages.hasPrefix("refused: unknownItem"))
      #expect(try run("preheat \(data)/catalogue.csv \(at) -q").code == 0)
      #expect(try run("sale open \(data)/sale.json \(at) -o ndjson").output.contains(#""items":20,"units":18320"#))
      #expect(try run("sale ls \(at)").output.contains("\nFRIDAY-20H  scheduled  "))
    }
  }

  /// More items than one step takes: what cannot be filled is not begun.
  @Test func aLargeSaleIsCheckedBeforeItIsOpened() throws {
    try withDaemon { at in
      let rows = (0..<1200).map { "sku-\($0),1\n" }.joined()
      _ = try run("preheat - \(at) --format csv", input: "sku,quantity\n" + rows)
      func sale(_ last: Int) -> String {
        let items = (0..<1200).map { #"{"sku":"sku-\#($0)","units":\#($0 == 1199 ? last : 1)}"# }
        return #"{"id":"big","start":"now","end":"+1h","sourcePool":"main","items":[\#(items.joined(separator: ","))]}"#
      }
      let short = try run("sale open - \(at)", input: sale(2))
      #expect(short.code == 1)
      #expect(
        short.messages
          == "the sale cannot be filled, and was not opened:\n  sku-1199 (2 wanted, 1 there)\n")
      #expect(try run("sale show big \(at)").code == 1)
      #expect(try run("sale open - \(at)", input: sale(1)).code == 0)
      #expect(try run("sale ls \(at) -o csv").output.contains("big,open,"))
      #expect(try run("sale open - \(at) -o ndjson", input: sale(1)).output.contains(#""repeat":true"#))
    }
  }

  @Test func aDryRunNeedsNoServer() throws {
    let checked = try run("sale open - --dry-run -s unix:/nowhere/s.sock", input: file)
    #expect(checked.code == 0 && checked.output.hasPrefix("checked  sale=双11"))
    let wrong = try run("sale open - --dry-run", input: file.replacing("refuse", with: "never"))
    #expect(
      wrong
        == CommandLineTests.Run(
          code: 1, output: "",
          messages: "sale open: -: unpaid is \"never\"; it must be allow, refuse or replace\n"))
  }
}
