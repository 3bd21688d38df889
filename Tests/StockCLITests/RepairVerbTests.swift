import Dispatch
import FoundationEssentials
import Glibc
import StockClient
import StockEngine
import StockWire
import Synchronization
import Testing

@testable import stockcli

/// `backup`, `restore`, `repair` and `verify --deep` on directories of real daemons, and what clients say to what comes of them.
@Suite("Backup, restore, repair", .serialized)
struct RepairVerbTests {
  private func daemon(_ scratch: ScratchDirectory, _ name: String) throws -> DaemonProcess {
    try DaemonProcess(
      executable: Executable.find("stockd"), dataDirectory: "\(scratch.path)/\(name)",
      logFile: "\(scratch.path)/\(name).log", extraArguments: ["--free-bytes-min", "0", "--segment-bytes", "4MiB"])
  }

  private func run(_ arguments: String) throws -> CommandLineTests.Run { try CommandLineTests().run(arguments) }

  /// Runs the tool on a thread that no task needs.
  private func runBeside(_ arguments: String) async throws -> CommandLineTests.Run {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try CommandLineTests().run(arguments) })
      }
    }
  }

  /// The number behind `"name":` of a line of JSON.
  private func number(_ name: String, in text: String) -> UInt64? {
    guard let place = text.firstRange(of: "\"\(name)\":") else { return nil }
    return UInt64(text[place.upperBound...].prefix { $0.isNumber })
  }

  private func connect(_ address: ServerAddress, _ seen: ResumePoint?) async throws -> StockClient {
    var configuration = ClientConfiguration()
    configuration.retry = .never
    configuration.retry.connectsMax = 1
    configuration.resumePoint = seen
    return try await StockClient.connect(to: address, configuration: configuration)
  }

  private func flip(_ path: String, at offset: Int) throws {
    var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
    bytes[offset] ^= 1
    try Data(bytes).write(to: URL(filePath: path))
  }

  @Test func aBackupOfADaemonAtWorkAndAReturnToIt() async throws {
    let scratch = try ScratchDirectory.temporary()
    let (data, copy, restored) = ("\(scratch.path)/data", "\(scratch.path)/copy", "\(scratch.path)/restored")
    let origin = try daemon(scratch, "data")
    let address = try origin.start().address
    let client = try await connect(address, nil)
    _ = try await client.preheat(operation: "p", lines: [WireLine("tea", 1_000_000)])
    for number in 0..<50 { _ = try await client.reserve(order: "o-\(number)", lines: [WireLine("tea", 1)]) }
    let before = try #require(client.resumePoint)

    // Buyers go on while the copy is made.
    let isOver = ManagedFlag()
    async let bought: Int = {
      var number = 0
      while !isOver.isSet && number < 100_000 {
        _ = try await client.reserve(order: "m-\(number)", lines: [WireLine("tea", 1)])
        number += 1
      }
      return number
    }()
    let made = try await runBeside("backup '\(data)' --out '\(copy)' -o ndjson")
    isOver.set()
    #expect(try await bought > 0)
    #expect(made.code == 0, "\(made)")
    let lsn = try #require(number("lsn", in: made.output))
    #expect(lsn >= before.highestLSN.rawValue, "what was acknowledged is in it")
    #expect(try run("verify '\(copy)' --deep -q").code == 0)
    #expect(try run("backup '\(data)' --out '\(copy)'").code == 64, "the name is taken")
    #expect(try run("restore '\(data)' --out '\(restored)' --apply").code == 3, "a daemon runs on it")

    _ = try await client.reserve(order: "after", lines: [WireLine("tea", 1)])
    let later = try #require(client.resumePoint)
    await client.close()
    origin.kill()

    let until = before.highestLSN.rawValue
    let looked = try run("restore '\(copy)' --out '\(restored)' --until-lsn \(until) -o ndjson")
    #expect(looked.code == 0 && looked.output.contains("would restore"), "\(looked)")
    #expect(!FileManager.default.fileExists(atPath: restored))
    let applied = try run("restore '\(copy)' --out '\(restored)' --until-lsn \(until) --apply -o ndjson")
    #expect(applied.code == 0 && number("lsn", in: applied.output) == until, "\(applied)")
    #expect(try run("restore '\(copy)' --out '\(restored)2' --until-lsn 99999999").code == 64)

    let again = try daemon(scratch, "restored")
    let second = try again.start().address
    // The log grows beyond all that was ever seen, and still nobody is taken in.
    let newcomer = try await connect(second, nil)
    var batch = StockBatch()
    for number in 0..<1000 { _ = batch.reserve(order: "n-\(number)", lines: [WireLine("tea", 1)]) }
    while try #require(newcomer.resumePoint).highestLSN <= later.highestLSN { _ = try await newcomer.send(batch) }
    #expect(try await newcomer.order("o-49").success != nil)
    #expect(try await newcomer.order("after").success == nil)
    await newcomer.close()
    let welcome = try await connect(second, before)
    await welcome.close()
    do {
      let refused = try await connect(second, later)
      await refused.close()
      Issue.record("a client that saw more was let in")
    } catch let error as StockClientError {
      #expect(error.code == .dataRegression, "\(error)")
    }
    #expect(again.stop() == .exited(0))
    scratch.remove()
  }

  @Test func aDamagedDirectoryIsRepaired() async throws {
    let scratch = try ScratchDirectory.temporary()
    let (data, repaired) = ("\(scratch.path)/data", "\(scratch.path)/repaired")
    let origin = try daemon(scratch, "data")
    let client = try await connect(try origin.start().address, nil)
    _ = try await client.preheat(operation: "p", lines: [WireLine("tea", 100)])
    for number in 0..<20 { _ = try await client.reserve(order: "o-\(number)", lines: [WireLine("tea", 1)]) }
    let seen = try #require(client.resumePoint)
    await client.close()
    origin.kill()
    #expect(try run("repair '\(data)' --out '\(repaired)' -q").code == 0, "nothing is wrong")
    #expect(try run("restore '\(data)' --out '\(repaired)' --until-time 2026").code == 64, "a year is no moment")
    // Inside the store, by whatever name.
    try FileManager.default.createSymbolicLink(atPath: "\(scratch.path)/link", withDestinationPath: data)
    for (source, out) in [
      (data, "\(scratch.path)/link/new"), ("\(scratch.path)/link", "\(data)/new"), (data, "\(data)/../data/new"),
    ] {
      let refused = try run("backup '\(source)' --out '\(out)'")
      #expect(refused.code == 64 && refused.messages.contains("overlaps"), "\(refused)")
    }

    try flip("\(data)/log/00000000000000000001.log", at: 4096 * 12 + 90)
    #expect(try run("verify '\(data)'").code == 4)
    let looked = try run("repair '\(data)' --out '\(repaired)' -o ndjson")
    #expect(looked.code == 1 && looked.messages.contains("lost: LSN"), "\(looked)")
    #expect(looked.output.contains("\"orders\":\"o-19\""), "what lies behind the damage is named")
    let result = try #require(looked.output.split(separator: "\n").last)
    let cut = try #require(number("lsn", in: String(result)))
    #expect(try run("repair '\(data)' --out '\(repaired)' --apply").code == 4, "nobody said that it may be lost")
    #expect(try run("repair '\(data)' --out '\(repaired)' --apply --accept-torn").code == 4)
    #expect(!FileManager.default.fileExists(atPath: repaired))
    #expect(try run("repair '\(data)' --out '\(repaired)' --apply --cut-at \(cut)").code == 0)
    #expect(try run("verify '\(repaired)' --deep").code == 0)

    let again = try daemon(scratch, "repaired")
    let address = try again.start().address
    let newcomer = try await connect(address, nil)
    #expect(try await newcomer.order("o-1").success != nil)
    #expect(try await newcomer.order("o-19").success == nil)
    await newcomer.close()
    await #expect(throws: StockClientError.self) { _ = try await connect(address, seen) }
    #expect(again.stop() == .exited(0))
    scratch.remove()
  }
}

/// Set once, on any thread.
private final class ManagedFlag: Sendable {
  private let flag = Atomic(false)
  func set() { flag.store(true, ordering: .releasing) }
  var isSet: Bool { flag.load(ordering: .acquiring) }
}
