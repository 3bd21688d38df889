import Glibc
import StockEngine
import StockServer
import Testing

@testable import stockd

@Suite("What the daemon is told")
struct ConfiguredTests {
  private func daemon(_ arguments: [String] = [], _ environment: [String: String] = [:], cores: Int = 2)
    throws(UsageFault)
    -> DaemonConfiguration
  {
    try Configured(arguments: arguments, environment: environment).daemon(cores: cores)
  }

  private func status(_ arguments: [String], _ environment: [String: String] = [:]) -> Int32 {
    do throws(UsageFault) {
      _ = try daemon(arguments, environment)
      return 0
    } catch {
      return error.exitStatus
    }
  }

  @Test("flag before environment before default")
  func precedence() throws {
    #expect(try daemon().limits.connectionsMax == 10_000)
    #expect(try daemon([], ["STOCKD_CONNECTIONS_MAX": "20"]).limits.connectionsMax == 20)
    #expect(try daemon(["--connections-max", "30"], ["STOCKD_CONNECTIONS_MAX": "20"]).limits.connectionsMax == 30)
    #expect(try daemon(["--connections-max=30"]).limits.connectionsMax == 30)
  }

  @Test("every default is sound and is the engine's")
  func defaults() throws {
    let daemon = try daemon()
    #expect(daemon.engine.rules == .init())
    #expect(daemon.engine.segmentBytes == 64 << 20)
    #expect(daemon.engine.snapshotBytes == 256 << 20)
    #expect(daemon.listeners == [.tcp(host: "127.0.0.1", port: 6480)])
    #expect(daemon.dataDirectory == "/var/lib/stockd")
  }

  @Test("every rule of the engine can be set, and is the engine's then")
  func rules() throws {
    let daemon = try daemon(
      [
        "--hold", "1m", "--hold-max", "2m", "--ended-retention", "3m", "--sold-retention", "4m", "--id-retention", "5m",
        "--outage-shift-max", "6m", "--unpaid-flag-after", "8", "--unpaid-period", "7m",
      ], ["STOCKD_FLAG_FOR": "0"])
    var rules = Rules()
    rules.holdMilliseconds = 60_000
    rules.holdMillisecondsMax = 120_000
    rules.endedRetentionMilliseconds = 180_000
    rules.soldRetentionMilliseconds = 240_000
    rules.idRetentionMilliseconds = 300_000
    rules.outageShiftMillisecondsMax = 360_000
    rules.unpaidFlagThreshold = 8
    rules.unpaidPeriodMilliseconds = 420_000
    rules.flagMilliseconds = 0
    #expect(daemon.engine.rules == rules)
    // A rule that is added to the engine and has no setting is noticed here.
    #expect(Mirror(reflecting: rules).children.count == 9)
  }

  @Test("a threshold that could never be reached is refused by the engine too", arguments: [-1, 9])
  func threshold(_ threshold: Int) {
    var configuration = EngineConfiguration()
    configuration.rules.unpaidFlagThreshold = threshold
    #expect(throws: EngineFault.self) { try configuration.check() }
  }

  @Test("every setting can come from the environment", arguments: Setting.all.map(\.name))
  func environment(_ name: String) throws {
    let setting = try #require(Setting.all.first { $0.name == name })
    let configured = try Configured(arguments: [], environment: [setting.environmentName: setting.defaultText])
    #expect(configured.values.first { $0.setting.name == name }?.origin == .environment)
  }

  @Test("loops and shards follow the cores", arguments: [(1, 1, 1), (2, 1, 1), (6, 3, 2), (8, 4, 4), (128, 16, 16)])
  func loops(_ cores: Int, _ loops: Int, _ shards: Int) throws {
    let daemon = try daemon(cores: cores)
    #expect(daemon.loops == loops)
    #expect(daemon.engine.shards == shards)
  }

  @Test(
    "listeners",
    arguments: [
      (["--listen", "[::1]:7000"], [StockServer.Listener.tcp(host: "::1", port: 7000)]),
      (["--listen", "none", "--socket", "/run/s"], [.unix(path: "/run/s")]),
      (["--socket", "/run/s"], [.tcp(host: "127.0.0.1", port: 6480), .unix(path: "/run/s")]),
    ])
  func listeners(_ arguments: [String], _ listeners: [StockServer.Listener]) throws {
    #expect(try daemon(arguments).listeners == listeners)
  }

  @Test(
    "calls that are refused as usage",
    arguments: [
      ["--bogus"], ["word"], ["--data-dir"], ["--data-dir="], ["--dev=yes"], ["--hold", "1s", "--hold", "2s"],
      ["--data-dir", "/a", "--dev"], ["--data-dir", "/a,b"], ["--dev", "yes"],
    ])
  func usage(_ arguments: [String]) {
    #expect(status(arguments) == 64)
  }

  @Test(
    "values that are refused as configuration",
    arguments: [
      ["--hold", "15"], ["--hold", "25h"], ["--hold", "0s"], ["--loops", "65"], ["--shards", "3"],
      ["--segment-bytes", "1"],
      ["--segment-bytes", "64MB"], ["--listen", "127.0.0.1"], ["--listen", "127.0.0.1:99999"],
      ["--listen", "0.0.0.0:6480"],
      ["--listen", "127.0.0.1:7000", "--resp", "127.0.0.1:7000"], ["--socket", "/run/s", "--resp-socket", "/run/s"],
      ["--listen", "none", "--resp", "none"], ["--resp", "0.0.0.0:6481"], ["--log-level", "loud"],
      ["--log-format", "xml"], ["--id-retention", "1h"],
      ["--unpaid-flag-after", "9"], ["--unpaid-flag-after", "-1"], ["--unpaid-period", "0"], ["--flag-for", "7"],
      ["--connections-max", "0"], ["--snapshot-bytes", "99999999999999999999"],
    ])
  func values(_ arguments: [String]) {
    #expect(status(arguments) == 78)
  }

  @Test("an unknown variable is refused with a hint; what Kubernetes adds for a service is not")
  func variables() {
    let error = #expect(throws: UsageFault.self) { try daemon([], ["STOCKD_DATADIR": "/x"]) }
    #expect(
      error
        == .configuration(
          "the environment sets STOCKD_DATADIR, which is not a setting", "Did you mean STOCKD_DATA_DIR?"))
    #expect(status([], ["STOCKD_SERVICE_HOST": "x", "STOCKD_PORT": "x", "STOCKD_PORT_6480_TCP": "x"]) == 0)
    #expect(status([], ["STOCKDX": "x", "PATH": "x"]) == 0)
  }

  @Test(
    "the password is the first line of its file, whatever its bytes are",
    arguments: [
      ([0xFF, 0xFE, 0x61, 0x0D, 0x0A, 0x62], [0xFF, 0xFE, 0x61]), ([0x73, 0x0A], [0x73]), ([0x73], [0x73]),
      ([0xE7, 0xA0, 0x81, 0x0A], [0xE7, 0xA0, 0x81]), ([0x0A, 0x73], nil), ([], nil),
    ] as [([UInt8], [UInt8]?)])
  func password(_ content: [UInt8], _ password: [UInt8]?) throws {
    let directory = try TemporaryDirectory()
    defer { directory.remove() }
    let path = directory.path + "/password"
    let file = try #require(fopen(path, "wb"))
    fwrite(content, 1, content.count, file)
    fclose(file)
    if let password {
      #expect(try daemon(["--resp-password-file", path]).respPassword == password)
    } else {
      #expect(status(["--resp-password-file", path]) == 78)
    }
    #expect(status(["--resp-password-file", path + "-none"]) == 78)
  }

  @Test("a mistyped flag gets a hint")
  func hint() {
    let error = #expect(throws: UsageFault.self) { try daemon(["--data-dr", "x"]) }
    #expect(error?.advice == "Did you mean --data-dir?")
  }

  @Test(
    "units",
    arguments: [
      ("500ms", 500), ("30s", 30_000), ("15m", 900_000), ("24h", 86_400_000), ("30d", 2_592_000_000), ("0", 0),
      ("15", nil),
      ("-1s", nil), ("s", nil), ("1.5s", nil), ("9999999999999999999d", nil), ("", nil), ("1 s", nil),
    ] as [(String, Int64?)])
  func durations(_ text: String, _ milliseconds: Int64?) {
    #expect(Units.milliseconds(text) == milliseconds)
  }

  @Test(
    "bytes",
    arguments: [
      ("0", 0), ("4096", 4096), ("64MiB", 64 << 20), ("1GiB", 1 << 30), ("2K", 2048), ("64MB", nil), ("MiB", nil),
      ("-1", nil),
      ("99999999999GiB", nil),
    ] as [(String, UInt64?)])
  func bytes(_ text: String, _ bytes: UInt64?) {
    #expect(Units.bytes(text) == bytes)
  }
}
