// `CLIENT`: what a connection is called, and who else is there.

extension RESPSession {
  mutating func client(_ arguments: inout Arguments, _ writer: inout RESPWriter) throws(CommandFault) {
    let subcommand = try arguments.string().uppercased()
    switch subcommand {
    case "ID": writer.integer(client.id)
    case "SETNAME":
      client.name = try Self.clientName(&arguments)
      publish()
      writer.simple("OK")
    case "GETNAME":
      if client.name.isEmpty { writer.null() } else { writer.bulk(client.name) }
    case "SETINFO": try setInfo(&arguments, &writer)
    case "INFO": writer.verbatim(Self.line(of: self, host.now) + "\n")
    case "LIST":
      let lines = host.clients().map { Self.line($0, host.now) }
      writer.verbatim(lines.joined(separator: "\n") + "\n")
      return
    case "KILL": return try kill(&arguments, &writer)
    case "NO-EVICT", "NO-TOUCH":
      // Nothing is ever evicted or touched here.
      _ = try arguments.slice()
      writer.simple("OK")
    case "TRACKING":
      let mode = try arguments.string().uppercased()
      guard mode == "OFF" else {
        throw CommandFault("stockd does not track what clients cache: ask STOCK.GET, it is a memory read")
      }
      writer.simple("OK")
    case "HELP":
      writer.array(1)
      writer.bulk(
        "CLIENT ID | GETNAME | SETNAME name | SETINFO LIB-NAME|LIB-VER value | LIST | INFO | KILL address | KILL ID id | KILL ADDR address | NO-EVICT mode | NO-TOUCH mode | TRACKING OFF"
      )
    default: throw CommandFault("unknown subcommand '\(subcommand.prefix(64))'. Try CLIENT HELP.")
    }
    try arguments.finish()
  }

  /// `LIB-NAME name` or `LIB-VER version`
  private mutating func setInfo(_ arguments: inout Arguments, _ writer: inout RESPWriter) throws(CommandFault) {
    let attribute = try arguments.string().uppercased()
    let text = try arguments.slice()
    guard text.count <= Self.clientTextBytesMax, text.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw CommandFault("\(attribute.lowercased()) cannot contain spaces, newlines or special characters.")
    }
    switch attribute {
    case "LIB-NAME": client.libraryName = String(decoding: text, as: UTF8.self)
    case "LIB-VER": client.libraryVersion = String(decoding: text, as: UTF8.self)
    default: throw CommandFault("Unrecognized option '\(attribute.prefix(64))'")
    }
    publish()
    writer.simple("OK")
  }

  /// `host:port`, or `ID id` and `ADDR host:port`.
  private func kill(_ arguments: inout Arguments, _ writer: inout RESPWriter) throws(CommandFault) {
    if arguments.isEmpty { throw CommandFault.arity("CLIENT|KILL") }
    var found = host.clients()
    let isOldForm = arguments.left == 1
    if isOldForm {
      let address = try arguments.string()
      found = found.filter { $0.address == address }
    }
    while !arguments.isEmpty {
      switch try arguments.string().uppercased() {
      case "ID":
        let id = try arguments.integer()
        found = found.filter { $0.id == id }
      case "ADDR":
        let address = try arguments.string()
        found = found.filter { $0.address == address }
      default: throw CommandFault.syntax
      }
    }
    if isOldForm {
      if found.isEmpty { throw CommandFault("No such client") }
      writer.simple("OK")
    } else {
      // As Redis does: with a filter the caller is left alone.
      found = found.filter { $0.id != client.id }
      writer.integer(Int64(found.count))
    }
    host.kill(found.map(\.id))
  }

  private static func line(of session: RESPSession, _ now: Int64) -> String {
    var facts = session.client
    facts.version = session.version
    return line(facts, now)
  }

  private static func line(_ client: ClientFacts, _ now: Int64) -> String {
    "id=\(client.id) addr=\(client.address) laddr=\(client.localAddress) name=\(client.name) "
      + "age=\(max(0, now - client.connectedAt) / 1000) db=0 resp=\(client.version.rawValue) "
      + "lib-name=\(client.libraryName) lib-ver=\(client.libraryVersion)"
  }
}
