import StockEngine

/// The sections of `INFO`.
struct InfoSections: OptionSet, BitwiseCopyable {
  var rawValue: UInt16

  static let server = InfoSections(rawValue: 1)
  static let clients = InfoSections(rawValue: 2)
  static let memory = InfoSections(rawValue: 4)
  static let persistence = InfoSections(rawValue: 8)
  static let stats = InfoSections(rawValue: 16)
  static let replication = InfoSections(rawValue: 32)
  static let keyspace = InfoSections(rawValue: 64)
  static let stock = InfoSections(rawValue: 128)
  static let all: InfoSections = [.server, .clients, .memory, .persistence, .stats, .replication, .keyspace, .stock]

  init(rawValue: UInt16) { self.rawValue = rawValue }

  /// By name; one that is not known adds nothing, as in Redis.
  init(_ arguments: inout Arguments) {
    self = arguments.isEmpty ? .all : []
    while let name = try? arguments.string().lowercased() {
      switch name {
      case "server": insert(.server)
      case "clients": insert(.clients)
      case "memory": insert(.memory)
      case "persistence": insert(.persistence)
      case "stats": insert(.stats)
      case "replication": insert(.replication)
      case "keyspace": insert(.keyspace)
      case "stock": insert(.stock)
      case "all", "default", "everything": self = .all
      default: break
      }
    }
  }
}

extension RESPSession {
  func writeInfo(
    _ sections: InfoSections, _ reply: Reply, _ replies: borrowing ReplyBatch, to writer: inout RESPWriter
  ) {
    guard case .stats(let index) = reply.body else { return writer.error("ERR \(reply.outcome.name)") }
    let stats = replies.stats[Int(index)]
    let facts = host.facts
    var text = ""
    func section(_ which: InfoSections, _ name: String, _ rows: [(String, String)]) {
      guard sections.contains(which) else { return }
      if !text.isEmpty { text += "\r\n" }
      text += "# \(name)\r\n"
      for (key, value) in rows { text += "\(key):\(value)\r\n" }
    }
    section(
      .server, "Server",
      [
        ("redis_version", CommandCatalogue.redisVersion), ("stockd_version", facts.version),
        ("redis_mode", "standalone"), ("os", "Linux"), ("arch_bits", "64"), ("process_id", "\(facts.processID)"),
        ("tcp_port", "\(facts.port)"), ("uptime_in_seconds", "\(facts.uptimeSeconds)"),
        ("uptime_in_days", "\(facts.uptimeSeconds / 86_400)"),
      ])
    section(
      .clients, "Clients",
      [("connected_clients", "\(facts.connections)"), ("maxclients", "\(facts.connectionsMax)")])
    section(
      .memory, "Memory",
      [("used_memory", "\(facts.memoryBytes)"), ("used_memory_human", Self.human(facts.memoryBytes))])
    section(
      .persistence, "Persistence",
      [
        ("loading", "0"), ("loading_eta_seconds", "0"), ("aof_enabled", "1"),
        ("durable_lsn", "\(stats.durableLSN.rawValue)"), ("snapshot_lsn", "\(stats.snapshotLSN.rawValue)"),
      ])
    section(
      .stats, "Stats",
      [
        ("total_connections_received", "\(facts.connectionsReceived)"),
        ("total_commands_processed", "\(facts.commandsProcessed)"),
      ])
    section(.replication, "Replication", [("role", "master"), ("connected_slaves", "0")])
    section(.keyspace, "Keyspace", [("db0", "keys=\(stats.items),expires=0,avg_ttl=0")])
    section(.stock, "Stock", StatsRows.of(stats).map { ("\($0.name)", "\($0.value)") })
    writer.verbatim(text)
  }

  private static func human(_ bytes: UInt64) -> String {
    let tenths = (bytes * 10) >> 20
    return "\(tenths / 10).\(tenths % 10)M"
  }
}
