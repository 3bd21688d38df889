/// One thing that can be set: by a flag `--name`, by the environment `STOCKD_NAME`, or by its default.
struct Setting: Sendable {
  enum Kind: Sendable, Equatable {
    /// Present or not; the environment says `true` or `false`.
    case flag
    case text
    case count
    /// `67108864`, `64MiB`, `1GiB`
    case bytes
    /// `1500ms`, `30s`, `15m`, `24h`, `30d`
    case duration
  }

  var name: String
  var kind: Kind
  var defaultText: String
  var help: String

  var environmentName: String {
    "STOCKD_" + String(name.map { $0 == "-" ? "_" : Character($0.uppercased()) })
  }
}

extension Setting {
  /// Every setting, in the order of `--help`.
  static let all: [Setting] = [
    Setting(
      name: "data-dir", kind: .text, defaultText: "/var/lib/stockd",
      help: "directory of the store; made if it is not there"),
    Setting(
      name: "listen", kind: .text, defaultText: "127.0.0.1:6480",
      help: "loopback host:port of the binary protocol, or none"),
    Setting(
      name: "socket", kind: .text, defaultText: "none", help: "path of a Unix socket for the binary protocol, or none"),
    Setting(
      name: "resp", kind: .text, defaultText: "127.0.0.1:6481",
      help: "loopback host:port of RESP, for Redis clients, or none"
    ),
    Setting(name: "resp-socket", kind: .text, defaultText: "none", help: "path of a Unix socket for RESP, or none"),
    Setting(
      name: "resp-password-file", kind: .text, defaultText: "none",
      help: "file whose first line RESP clients must give (AUTH), or none"),
    Setting(name: "connections-max", kind: .count, defaultText: "10000", help: "connections at once"),
    Setting(name: "loops", kind: .count, defaultText: "0", help: "event loops; 0 takes half of the cores"),
    Setting(
      name: "shards", kind: .count, defaultText: "0", help: "shards, a power of two; 0 takes as many as fit the loops"),
    Setting(name: "drain", kind: .duration, defaultText: "10s", help: "how long a stop waits for replies in flight"),
    Setting(name: "segment-bytes", kind: .bytes, defaultText: "64MiB", help: "size of a log segment"),
    Setting(name: "snapshot-bytes", kind: .bytes, defaultText: "256MiB", help: "log after which a snapshot is made"),
    Setting(
      name: "lag-bytes-max", kind: .bytes, defaultText: "4GiB",
      help: "log without a snapshot, beyond which new holds must try again"),
    Setting(
      name: "pending-bytes-max", kind: .bytes, defaultText: "64MiB",
      help: "bytes waiting for the disk, beyond which commands must try again"),
    Setting(
      name: "ready-memory", kind: .bytes, defaultText: "0",
      help: "memory for orders to touch at the start, before the sale"),
    Setting(
      name: "free-bytes-min", kind: .bytes, defaultText: "192MiB", help: "space of the disk that the log leaves alone"),
    Setting(
      name: "archive-bytes-max", kind: .bytes, defaultText: "8GiB", help: "covered log that is kept for histories"),
    Setting(
      name: "archive-age", kind: .duration, defaultText: "0",
      help: "how long covered log is kept; 0: as long as there is room"),
    Setting(
      name: "history-bytes-max", kind: .bytes, defaultText: "1GiB",
      help: "log that one history or page of a demand may read"),
    Setting(name: "hold", kind: .duration, defaultText: "15m", help: "payment time of a reserve that names none"),
    Setting(name: "hold-max", kind: .duration, defaultText: "24h", help: "longest payment time"),
    Setting(
      name: "ended-retention", kind: .duration, defaultText: "1h",
      help: "how long full records of ended orders are kept"),
    Setting(
      name: "sold-retention", kind: .duration, defaultText: "30d", help: "how long full records of sold orders are kept"
    ),
    Setting(
      name: "id-retention", kind: .duration, defaultText: "30d", help: "how long ids are known: the window of retries"),
    Setting(
      name: "outage-shift-max", kind: .duration, defaultText: "1h", help: "how far open deadlines move by an outage"),
    Setting(
      name: "unpaid-flag-after", kind: .count, defaultText: "0",
      help: "orders that expire unpaid until their buyer is flagged, up to 8; 0: nobody is by itself"),
    Setting(
      name: "unpaid-period", kind: .duration, defaultText: "24h", help: "time within which these orders are counted"),
    Setting(
      name: "flag-for", kind: .duration, defaultText: "7d",
      help: "how long such a flag holds; 0: until it is cleared"),
    Setting(
      name: "log-level", kind: .text, defaultText: "info", help: "trace, debug, info, notice, warning, error, critical"),
    Setting(name: "log-format", kind: .text, defaultText: "text", help: "text or json, on stderr"),
    Setting(
      name: "dev", kind: .flag, defaultText: "false",
      help: "a temporary store, removed at the end, with the demonstration catalogue"),
    Setting(
      name: "catalogue", kind: .text, defaultText: "data/catalogue.csv",
      help: "what --dev preheats: CSV with sku, pool and quantity"),
  ]

  /// Flags that are asked and answered, and set nothing.
  static let questions: [(name: String, help: String)] = [
    ("check-config", "check the configuration and exit: 0 if it is sound, 78 if not"),
    ("print-config", "print every setting, its value and where it comes from, and exit"),
    ("version", "print the version and exit"),
    ("help", "print this and exit"),
  ]

  static var helpText: String {
    func row(_ left: String, _ right: String) -> String {
      "  " + left + String(repeating: " ", count: max(1, 30 - left.count)) + right
    }
    let settings = all.map { setting in
      let value =
        switch setting.kind {
        case .flag: ""
        case .text: " TEXT"
        case .count: " N"
        case .bytes: " BYTES"
        case .duration: " TIME"
        }
      return row(
        "--\(setting.name)\(value)", setting.kind == .flag ? setting.help : "\(setting.help) [\(setting.defaultText)]")
    }
    return """
      stockd: stock numbers in memory, behind a log that is synced before it answers.

      usage: stockd --data-dir DIR [settings]
             stockd --dev

      \(settings.joined(separator: "\n"))

      \(questions.map { row("--\($0.name)", $0.help) }.joined(separator: "\n"))

      A setting is taken from its flag, else from the environment (STOCKD_DATA_DIR for --data-dir), else it has the value in
      brackets. BYTES may end in KiB, MiB, GiB; TIME ends in ms, s, m, h, d.

      exit status: 0 stopped; 64 usage; 65 damaged, other or newer data; 66 missing data; 74 disk or log failed; 75 try again
      (locked, no space); 78 configuration.
      """
  }
}
