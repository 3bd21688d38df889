import FoundationEssentials
import Glibc
import StockClient
import StockEngine
import StockWire
import Testing

@testable import stockcli

/// How a real stockd process ends when its log fails, when nobody wants to wait, and what a copy of its directory is worth.
@Suite("Ends of a real process", .serialized)
struct DaemonEndTests {
  private func daemon(_ scratch: ScratchDirectory, _ name: String = "data", _ arguments: String...) throws
    -> DaemonProcess
  {
    try DaemonProcess(
      executable: Executable.find("stockd"), dataDirectory: "\(scratch.path)/\(name)",
      logFile: "\(scratch.path)/\(name).log", extraArguments: ["--free-bytes-min", "0"] + arguments)
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
  }

  private func spareBytes(in directory: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    var status = stat()
    guard let spare = names.first(where: { $0.hasPrefix("spare-") }), stat("\(directory)/\(spare)", &status) == 0 else {
      return 0
    }
    return Int(status.st_size)
  }

  /// From here on no write of the process may reach beyond so many bytes of any file.
  private func limitFiles(of process: pid_t, bytes: UInt64) throws {
    typealias PRLimit = @convention(c) (pid_t, Int32, UnsafePointer<rlimit>?, UnsafeMutablePointer<rlimit>?) -> Int32
    // The header shows it to GNU programs only.
    let prlimit = unsafeBitCast(try #require(dlsym(nil, "prlimit")), to: PRLimit.self)
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t(bytes))
    #expect(prlimit(process, Int32(RLIMIT_FSIZE.rawValue), &limit, nil) == 0)
  }

  @Test func aLogThatCannotBeWrittenEndsTheDaemonAndNothingAcknowledgedIsLost() async throws {
    let scratch = try ScratchDirectory.temporary()
    let daemon = try daemon(scratch, "data", "--segment-bytes", "4MiB")
    let ready = try daemon.start()
    var configuration = ClientConfiguration()
    configuration.retry = .never
    configuration.retry.connectsMax = 1
    let client = try await StockClient.connect(to: ready.address, configuration: configuration)
    _ = try await client.preheat(operation: "p", lines: [WireLine("tea", 1_000_000)])

    // The next segment is prepared in the background: an unfinished one would be a full disk, which is another story.
    let deadline = monotonicNanoseconds() + 10_000_000_000
    while spareBytes(in: scratch.path + "/data/log") < 4 << 20, monotonicNanoseconds() < deadline { usleep(2000) }
    // Somewhere in the first segment, 128 commits of 4 KiB from here.
    try limitFiles(of: ready.process, bytes: 512 * 1024)
    let acknowledged = await withTaskGroup(of: [String].self) { group in
      for lane in 0..<8 {
        group.addTask {
          var known: [String] = []
          for index in 0..<20_000 {
            let order = "o-\(lane)-\(index)"
            // No answer: the log has failed. What was told until then is what counts.
            guard let answer = try? await client.reserve(order: order, buyer: "u", lines: [WireLine("tea", 1)]),
              answer.success != nil
            else { return known }
            known.append(order)
          }
          return known
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    #expect(daemon.end(withinMilliseconds: 5000) == .exited(74))
    await client.close()
    #expect(acknowledged.count > 8 && acknowledged.count < 160_000, "\(acknowledged.count) acknowledged")
    let words = try text(scratch.path + "/data.log")
    #expect(words.contains("stockd cannot go on: pwrite "))
    #expect(words.contains("/log/00000000000000000001.log"))
    #expect(words.contains("File too large (errno 27)"))
    #expect(words.contains("safe:  everything that was acknowledged is on disk."))
    #expect(words.contains("(logFailed, exit status 74)"))

    let again = try await StockClient.connect(to: try daemon.start().address)
    var missing: [String] = []
    for start in stride(from: 0, to: acknowledged.count, by: 500) {
      let orders = acknowledged[start..<min(start + 500, acknowledged.count)]
      var batch = StockBatch()
      let tickets = orders.map { batch.order($0) }
      let replies = try await again.send(batch)
      for (order, ticket) in zip(orders, tickets) where try replies[ticket].success?.value.state != .reserved {
        missing.append(order)
      }
    }
    #expect(missing == [])
    // What was on its way may have been written or not: never less than what was told.
    let tea = try await again.get(["tea"]).success?.value.first
    #expect(tea.map { $0.reserved >= acknowledged.count && $0.reserved <= acknowledged.count + 8 } == true)
    #expect(tea.map { $0.supplied == $0.available + $0.reserved } == true)
    await again.close()
    #expect(daemon.stop() == .exited(0))
    scratch.remove()
  }

  @Test func aSecondSignalEndsASlowStopAtOnce() throws {
    let scratch = try ScratchDirectory.temporary()
    let daemon = try daemon(scratch, "data", "--segment-bytes", "4MiB", "--drain", "60s")
    let ready = try daemon.start()
    // Somebody asks for more than any socket buffer holds and reads none of it: the stop waits for him.
    let reader = try BenchSocket(ready.address)
    var request = RequestEncoder()
    for _ in 0..<16_000 { request.stats() }
    request.finish(id: 1)
    var sent = 0
    while sent < 8 * request.bytes.count {
      let left = Array(request.bytes[(sent % request.bytes.count)...])
      let count = send(reader.descriptor, left, left.count, Int32(MSG_NOSIGNAL))
      if count < 0 {
        // The server has stopped reading from this connection: it holds all that it may for it.
        #expect(errno == EAGAIN)
        var poller = pollfd(fd: reader.descriptor, events: Int16(POLLOUT), revents: 0)
        if poll(&poller, 1, 200) == 0 { break }
      } else {
        sent += count
      }
    }
    kill(ready.process, SIGTERM)
    // It has taken the first signal once nobody is let in any more.
    let deadline = monotonicNanoseconds() + 5_000_000_000
    while (try? BenchSocket(ready.address)) != nil, monotonicNanoseconds() < deadline { usleep(5000) }
    #expect(daemon.end(withinMilliseconds: 300) == .stillRuns)

    kill(ready.process, SIGTERM)
    #expect(daemon.end(withinMilliseconds: 2000) == .exited(128 + SIGTERM))
    // Like kill -9: the next start does not mind.
    _ = try daemon.start()
    #expect(daemon.stop() == .exited(0))
    scratch.remove()
  }

  @Test func aBackupMadeAsTheManualSaysStartsAndGoesOn() async throws {
    let scratch = try ScratchDirectory.temporary()
    let original = try daemon(scratch, "data", "--segment-bytes", "64KiB", "--snapshot-bytes", "64KiB")
    let client = try await StockClient.connect(to: try original.start().address)
    _ = try await client.preheat(operation: "p", lines: [WireLine("tea", 1_000_000)])
    var snapshots = 0
    for index in 0..<400 where snapshots < 2 {
      _ = try await client.reserve(order: "o-\(index)", buyer: "u", lines: [WireLine("tea", 1)])
      snapshots =
        try FileManager.default.contentsOfDirectory(atPath: scratch.path + "/data/snap")
        .count { $0.hasSuffix(".snap") }
    }
    #expect(snapshots == 2)

    // The very line of the manual, while the daemon runs.
    let manual = try text(
      String(#filePath.dropLast("Tests/StockCLITests/DaemonEndTests.swift".count)) + "docs/operations.md")
    let start = try #require(manual.firstRange(of: "```\nstockcli backup "))
    let line = manual[start.lowerBound...].dropFirst(4).prefix { $0 != "\n" }
    let words = line.split(separator: " ")
    #expect(words.count == 5 && words[3] == "--out")
    let tool = try Executable.find("stockcli")
    #expect(system("'\(tool)' backup '\(scratch.path)/data' --out '\(scratch.path)/copy' >/dev/null") == 0)
    await client.close()
    original.kill()

    let copy = try daemon(scratch, "copy", "--segment-bytes", "64KiB", "--snapshot-bytes", "64KiB")
    let restored = try await StockClient.connect(to: try copy.start().address)
    let tea = try await restored.get(["tea"]).success?.value.first
    #expect(tea.map { $0.reserved > 0 && $0.supplied == 1_000_000 } == true)
    for index in 0..<100 {
      _ = try await restored.reserve(order: "n-\(index)", buyer: "u", lines: [WireLine("tea", 1)])
    }
    await restored.close()
    #expect(copy.stop() == .exited(0))
    #expect(try text(scratch.path + "/copy.log") == "")
    scratch.remove()
  }
}
