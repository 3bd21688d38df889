import StockClient
import StockEngine
import StockHistory
import StockModel
import Testing

@testable import stockcli

/// Histories of real processes: recorded by the drill and by the bench, checked by the verb.
@Suite("Histories", .serialized)
struct HistoryTests {
  private func daemon(_ scratch: ScratchDirectory) throws -> DaemonProcess {
    try DaemonProcess(
      executable: Executable.find("stockd"), dataDirectory: scratch.path + "/data",
      logFile: scratch.path + "/stockd.log", extraArguments: ["--segment-bytes", "4MiB", "--free-bytes-min", "0"])
  }

  /// Killed under load; every retry and whatever was never answered is in the history, and one lie in it is found.
  @Test func aDrillsHistoryIsSound() async throws {
    let scratch = try ScratchDirectory.temporary()
    let daemon = try daemon(scratch)
    let address = try daemon.start().address
    let plan = SalePlan(
      prefix: "t-", sale: "618", terms: SalePlan.dayLong(unitsPerBuyerMax: 3),
      items: (0..<10).map { SalePlan.Item(sku: "sku-\($0)", units: 100) }, ordersMax: 3000, seed: 11)
    let recording = try #require(DrillHistory.begin(plan, from: .zero))
    let client = try await StockClient.connect(to: address)
    try await FlashSale.preheat(plan, client, recorder: recording.recorder)
    await client.close()
    var sale = FlashSale(
      daemon: daemon, crowd: FlashSale.Crowd(connections: 4, lanesPerConnection: 4, buyersPerLane: 4))
    sale.recorder = recording.recorder
    let result = try await sale.run(plan, at: address, killing: .commands(800), activeMilliseconds: 0)
    #expect(result.passes)
    let file = scratch.path + "/history"
    let verdict = try #require(
      try recording.check(log: daemon.dataDirectory, keeping: file, failing: scratch.path + "/failing"))
    #expect(verdict.findings == [])
    #expect(verdict.passes)
    #expect(verdict.writes > 1000 && verdict.refusals > 500 && verdict.reads > 3000 && verdict.records > 1000)
    #expect(daemon.stop() == .exited(0))

    let command = CommandLineTests()
    let again = try command.run("check \(file) --log \(daemon.dataDirectory)")
    #expect(again.code == 0 && again.output.hasSuffix("PASS\n"), "\(again)")
    var history = try HistoryFile.read(file)
    let place = try #require(
      history.operations.firstIndex { $0.answer?.outcome == .confirmed && $0.answer?.isRepeat == false })
    history.operations[place].answer?.outcome = .noSuchOrder
    try HistoryFile.write(history, to: file)
    let lie = try command.run("check \(file) --log \(daemon.dataDirectory) --json")
    #expect(lie.code == 4)
    #expect(lie.output.contains("\"passes\": false") && lie.output.contains("\"kind\": \"stranger\""), "\(lie)")
    scratch.remove()
  }

  @Test func aCheckedBenchSaysThatAllWasTrue() throws {
    let scratch = try ScratchDirectory.temporary()
    let daemon = try daemon(scratch)
    let at = "-s \(try daemon.start().address)"
    let command = CommandLineTests()
    let load = "bench \(at) --check --orders 600 --connections 3 --depth 2 --batch 5 --skus 10"
    for mix in ["deduct", "get"] {
      let run = try command.run("\(load) --mix \(mix) --quantity 100")
      #expect(run.code == 0, "\(run)")
      #expect(run.output.contains("check  history of 600 operations: sound"), "\(run)")
    }
    let carried = try command.run("\(load) --mix cancel -o json")
    #expect(carried.code == 0, "\(carried)")
    #expect(carried.output.contains("\"operations\": 1200"))
    #expect(try command.run("\(load) --mix reserve").code == 0)
    // Those holds may end while the next load runs: nobody could tell without the log.
    let held = try command.run("\(load) --mix reserve")
    #expect(held.code == 64 && held.messages.contains("reserved"), "\(held)")
    #expect(try command.run("bench \(at) --check").code == 64)
    #expect(try command.run("bench \(at) --check --orders 2000000 --mix confirm").code == 64)
    #expect(daemon.stop() == .exited(0))
    scratch.remove()
  }

  @Test func theVerbsExitCodes() throws {
    let command = CommandLineTests()
    let header = #"{"format":"stockd history","version":1}"# + "\n"
    let preheat =
      #"{"client":1,"call":10,"return":20,"op":"preheat","operation":"p","lines":[["tea",5]],"lsn":2,"outcome":"done","says":["available=5"]}"#
      + "\n"
    func deduct(_ left: Int) -> String {
      #"{"client":1,"call":30,"return":40,"op":"deduct","order":"o-1","lines":[["tea",2]],"lsn":3,"outcome":"confirmed","says":["available=\#(left)"]}"#
    }
    let sound = try command.run("check -", input: header + preheat + deduct(3))
    #expect(sound.code == 0)
    #expect(
      sound.output == """
        operations  2  from LSN 2 to LSN 3
        answers     writes 2  refusals 0  repeats 0  reads 0
        PASS

        """)
    let lie = try command.run("check -", input: header + preheat + deduct(4))
    #expect(lie.code == 4)
    #expect(lie.output.contains("wrongNumbers  LSN 3  line 3 was told \"confirmed available=4\""), "\(lie)")
    #expect(lie.output.contains("(see line 2)\nFAIL\n"), "\(lie)")

    let short =
      #"{"client":1,"call":30,"return":40,"op":"reserve","order":"o-1","lines":[["tea",2]],"hold":900,"lsn":3,"outcome":"reserved","says":["available=3","until=900"]}"#
    let open = try command.run("check -", input: header + preheat + short)
    #expect(open.code == 64 && open.messages.contains("line 3") && open.messages.contains("--log"), "\(open)")
    let bad = try command.run("check -", input: header + "{\"client\":1}\n")
    #expect(bad.code == 1 && bad.messages.contains("line 2: call is missing"), "\(bad)")
    #expect(try command.run("check /no/such/history").code == 64)
    #expect(try command.run("check - --log /no/such/store", input: header + preheat).code == 64)
  }
}
