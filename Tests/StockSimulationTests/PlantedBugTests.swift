import Foundation
import StockEngine
import Testing

/// Every mistake that can be made on purpose is found by the method that is there for its kind: the method's tests, run in a process
/// of their own with the mistake in it, fail.
@Suite(.serialized) struct PlantedBugTests {
  /// The tests that must find it.
  private static func method(for bug: PlantedBug) -> String {
    switch bug {
    case .groupNotSynced, .answeredBeforeSync, .failedSyncRetried, .lsnReused, .replyEarlyByOne, .readNotGated,
      .refusalNotGated, .epochNotBegun, .expiryNotLogged, .cartHalfLogged, .operationNotLogged,
      .shardsOfOrderForgotten, .deadlineShiftedTwice, .snapshotClaimsARecordMore, .logTimeSetBack,
      .commandsChangePlaces, .overdueTakenAsOpen, .releaseRefusedForSpace:
      "StockSimulationTests.SimulationTests/promisesHold"
    case .segmentNameNotSynced, .snapshotNotSynced, .snapshotNameNotSynced, .archiveNotSynced, .storeNameNotSynced:
      "CrashEnumerationTests/everyPoint"
    case .sealedCopyTrusted: "CrashEnumerationTests/everyRefusalInARecovery"
    case .recoveredNotSynced, .lastSegmentReadFromCache: "FaultTests/theSeal"
    case .failedNameSyncOverlooked: "FaultTests/everyOperationRefusedOnce"
    case .failedNameSyncRetried: "FaultTests/aFailedSyncOfTheLogsNamesIsFinalForAll"
    case .archiveNameTrusted: "StockEngineTests.ArchiveTests"
    case .foldersNotSynced: "StoreDirectoryTests"
    case .bodyNotChecked, .truncatedAgainstNewest: "BitFlipTests"
    case .laterGroupOverlooked, .tornTailNotSaved: "TailRuleTests"
    case .zeroSectorNotMasked, .heartbeatLeftOut, .watermarkOverlooked, .watermarkNotSynced,
      .watermarkNameNotSynced:
      "TailGuardTests"
    case .limitNotReleased, .soldOneTooMany, .idConflictOverlooked, .refundForgotten, .tombstonesNotInSnapshot,
      .operationsNotInSnapshot:
      "PropertyTests/storeAgreesWithTheModel"
    case .lockLeftOut, .otherStoreTaken: "RefusalTests"
    }
  }

  /// A child, which has a bug planted, does not look for bugs itself.
  private static let isChild = getenv(PlantedBug.variable) != nil

  @Test(.enabled(if: !isChild), arguments: PlantedBug.allCases)
  func isFound(_ bug: PlantedBug) async throws {
    let method = Self.method(for: bug)
    let began = ContinuousClock.now
    let child = try await TestProcess.run(filter: method, planting: bug)
    let seconds = (ContinuousClock.now - began).formatted(.units(allowed: [.seconds], fractionalPart: .show(length: 1)))
    #expect(child.ranTests, "\(method) has no tests")
    #expect(child.hasFailed, "\(bug.rawValue) is not found by \(method)")
    print("planted bug \(bug.rawValue): found by \(method) in \(seconds): \(child.finding)")
  }
}

/// The present test program once more, with some of its tests.
private struct TestProcess {
  let hasFailed: Bool
  let ranTests: Bool
  /// The first thing that it complains of.
  let finding: String

  private static let secondsMax = 240.0

  /// Nobody's thread waits for the process: other tests need it.
  static func run(filter: String, planting bug: PlantedBug) async throws -> TestProcess {
    let output = FileManager.default.temporaryDirectory.appendingPathComponent("planted-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: output.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: output) }
    let handle = try FileHandle(forWritingTo: output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--testing-library", "swift-testing", "--filter", filter]
    var environment = ProcessInfo.processInfo.environment
    environment[PlantedBug.variable] = bug.rawValue
    environment["SWIFT_BACKTRACE"] = "enable=no"
    environment["NO_COLOR"] = "1"
    process.environment = environment
    process.standardOutput = handle
    process.standardError = handle
    process.standardInput = FileHandle.nullDevice
    let (ends, end) = AsyncStream.makeStream(of: (status: Int32, isTrap: Bool).self)
    process.terminationHandler = { process in
      end.yield((process.terminationStatus, process.terminationReason == .uncaughtSignal))
      end.finish()
    }
    try process.run()
    let id = process.processIdentifier
    let patience = Task {
      try await Task.sleep(for: .seconds(secondsMax))
      kill(id, SIGKILL)
    }
    var isTrap = false
    var status: Int32 = 0
    for await ended in ends { (status, isTrap) = (ended.status, ended.isTrap) }
    patience.cancel()
    let isStuck = isTrap && status == SIGKILL
    return TestProcess(output: output, hasFailed: !isStuck && (isTrap || status != 0))
  }

  /// - Parameter hasFailed: a trap is a finding too: the process ends there.
  private init(output: URL, hasFailed: Bool) {
    self.hasFailed = hasFailed
    let text = String(decoding: (try? Data(contentsOf: output)) ?? Data(), as: UTF8.self)
    let lines = text.split(separator: "\n")
    ranTests = lines.contains { $0.contains("Test ") && $0.contains(" started.") }
    let place = lines.firstIndex { $0.contains("recorded an issue") || $0.contains("Fatal error") }
    finding = place.map { lines[$0...].prefix(4).joined(separator: " ") }.map { String($0.prefix(300)) } ?? "a trap"
  }
}
