import FoundationEssentials
import Glibc
import StockClient
import StockWire
import Testing

@testable import stockcli

/// A real stockd process, killed for real. The test bundle lies beside the programs that the package builds.
@Suite("Drills of a real process", .serialized)
struct DrillTests {
  private func scratch() throws -> ScratchDirectory { try ScratchDirectory.temporary() }

  private func daemon(_ scratch: ScratchDirectory) throws -> DaemonProcess {
    try DaemonProcess(
      executable: Executable.find("stockd"), dataDirectory: scratch.path + "/data",
      logFile: scratch.path + "/stockd.log", extraArguments: ["--segment-bytes", "4MiB", "--free-bytes-min", "0"])
  }

  @Test func aKillUnderLoadLosesNothing() async throws {
    let scratch = try scratch()
    let daemon = try daemon(scratch)
    let address = try daemon.start().address
    let crowd = FlashSale.Crowd(connections: 4, lanesPerConnection: 4, buyersPerLane: 4)
    let sale = FlashSale(daemon: daemon, crowd: crowd)
    let plan = SalePlan(
      prefix: "t-", sale: "618", terms: SalePlan.dayLong(unitsPerBuyerMax: 3),
      items: (0..<10).map { SalePlan.Item(sku: "sku-\($0)", units: 100) }, ordersMax: 3000, seed: 11)
    let client = try await StockClient.connect(to: address)
    try await FlashSale.preheat(plan, client)
    await client.close()
    let result = try await sale.run(plan, at: address, killing: .commands(800), activeMilliseconds: 0)
    #expect(result.passes, "\(result.audit.remarks)")
    #expect(result.orders == 3000)
    #expect(result.audit.acknowledged + result.audit.refused + result.audit.limited == 3000)
    #expect(result.audit.limited > 0)
    #expect(result.acknowledgedBeforeKill > 0)
    #expect(result.audit.acknowledged > result.acknowledgedBeforeKill)
    #expect(result.audit.unknown == 0 && result.givenUp == 0)
    #expect(daemon.stop() == .exited(0))
    scratch.remove()
  }

  @Test func aStopIsCleanAndTheStoreComesBack() async throws {
    let scratch = try scratch()
    let daemon = try daemon(scratch)
    var client = try await StockClient.connect(to: try daemon.start().address)
    _ = try await client.preheat(operation: "p", lines: [WireLine("tea", 5)])
    await client.close()
    #expect(daemon.stop() == .exited(0))
    client = try await StockClient.connect(to: try daemon.start().address)
    #expect(try await client.get(["tea"]).success?.value.first?.available == 5)
    await client.close()
    daemon.kill()
    scratch.remove()
  }

  /// A daemon that says that it is ready, and does this when it is told to stop.
  private func standIn(_ scratch: ScratchDirectory, _ onStop: String) throws -> DaemonProcess {
    let path = scratch.path + "/stand-in"
    let script = """
      #!/bin/sh
      trap '\(onStop)' TERM
      echo "stockd ready pid=$$ binary=127.0.0.1:1 recovered_ms=0"
      while :; do sleep 0.01; done
      """
    try Data(script.utf8).write(to: URL(filePath: path))
    chmod(path, 0o755)
    return try DaemonProcess(
      executable: path, dataDirectory: scratch.path + "/data", logFile: scratch.path + "/stand-in.log")
  }

  /// An orderly stop is the last thing that a drill looks at.
  @Test(arguments: [
    ("exit 0", DaemonProcess.End.exited(0), nil as String?), ("exit 74", .exited(74), "ended with status 74"),
    ("trap - SEGV; kill -SEGV $$", .signalled(SIGSEGV), "signal 11 ended it"),
    (":", .stillRuns, "still ran when its time was over"),
  ])
  func aStopThatGoesWrongIsSeen(_ onStop: String, _ end: DaemonProcess.End, _ complaint: String?) throws {
    let scratch = try scratch()
    let daemon = try standIn(scratch, onStop)
    let process = try daemon.start().process
    let patience = end == .stillRuns ? 300 : 30_000
    #expect(daemon.stop(withinMilliseconds: patience) == end)
    if let complaint { #expect(end.complaint?.hasSuffix(complaint) == true) } else { #expect(end.complaint == nil) }
    // It is gone in any case, and so nobody waits for it.
    #expect(kill(process, 0) == -1 && errno == ESRCH)
    scratch.remove()
  }

  /// A sale in which a buyer waited in vain is no pass, whatever the audits say.
  @Test func aCallWithoutAnAnswerIsNoPass() {
    var result = FlashSale.Result()
    #expect(result.passes)
    result.givenUp = 1
    #expect(!result.passes)
  }

  /// What cannot be checked is refused before a round is lost on it.
  @Test func moreThanCanBeCheckedIsAUsageError() throws {
    let run = try CommandLineTests().run("drill --scratch-dir /nowhere --skus 513")
    #expect(run.code == 64)
    #expect(run.messages.contains("say --no-check"))
  }

  @Test func aDrillThatNobodyReadsEndsWithItsDaemon() throws {
    let scratch = try scratch()
    let started = monotonicNanoseconds()
    let unread = try CommandLineTests().runUnread(
      "drill --scratch-dir '\(scratch.path)/d' --rounds 1000 --seconds 0.2 --buyers 64 --connections 4 --seed 3")
    #expect(unread == CommandLineTests.Run(code: 141, output: "", messages: "seed 3\n"))
    #expect(monotonicNanoseconds() - started < 20_000_000_000)
    // It stopped its daemon first, and then removed the store.
    #expect(access(scratch.path + "/d/store-1", F_OK) != 0)
    scratch.remove()
  }

  @Test func anEmptiedStoreIsFoundOut() async throws {
    // The planted fault: between two starts the whole log goes. The drill must not pass, whatever the daemon says.
    let scratch = try scratch()
    let daemon = try daemon(scratch)
    let client = try await StockClient.connect(to: try daemon.start().address)
    let plan = SalePlan(
      prefix: "t-", sale: "618", terms: SalePlan.dayLong(unitsPerBuyerMax: 5),
      items: [SalePlan.Item(sku: "tea", units: 50)], ordersMax: nil, cartPercent: 0, seed: 2)
    try await FlashSale.preheat(plan, client)
    try await FlashSale.open(plan, client)
    var told: [ToldOrder] = []
    for index in 0..<5 {
      let order = plan.order(index)
      let answer = try await client.reserve(order: order.id, buyer: order.buyer, sale: plan.sale, lines: order.lines)
      #expect(answer.success != nil)
      told.append(ToldOrder(index: index, state: .reserved))
    }
    #expect(try await SaleAudit.run(plan, told, clients: [client]).passes)
    daemon.kill()
    _ = try ScratchDirectory(claiming: scratch.path)
    let address = try daemon.start().address
    // The client that was there before will not even talk to it.
    await #expect {
      _ = try await client.stats()
    } throws: { ($0 as? StockClientError)?.code == .otherStore }
    let newcomer = try await StockClient.connect(to: address)
    let audit = try await SaleAudit.run(plan, told, clients: [newcomer])
    #expect(audit.lost == 5)
    #expect(audit.oversold > 0)
    await client.close()
    await newcomer.close()
    daemon.kill()
    scratch.remove()
  }

  @Test func aDirectoryOfSomebodyElseIsNotTouched() throws {
    let scratch = try scratch()
    let other = scratch.path + "/other"
    mkdir(other, 0o755)
    let file = open(other + "/precious", O_WRONLY | O_CREAT, 0o644)
    close(file)
    #expect(throws: DrillFault.self) { try ScratchDirectory(claiming: other) }
    #expect(access(other + "/precious", F_OK) == 0)
    // One of its own is emptied and used again.
    _ = try ScratchDirectory(claiming: scratch.path)
    #expect(access(other, F_OK) != 0)
    scratch.remove()
    #expect(access(scratch.path, F_OK) != 0)
  }
}
