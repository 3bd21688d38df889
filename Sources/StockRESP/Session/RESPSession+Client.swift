// `CLIENT`: what a connection is called, and who else is there.

extension Keyword {
  static let clientList = Keyword("LIST")
  static let clientKill = Keyword("KILL")
  fileprivate static let id = Keyword("ID")
  fileprivate static let address = Keyword("ADDR")
  fileprivate static let localAddress = Keyword("LADDR")
  fileprivate static let type = Keyword("TYPE")
  fileprivate static let user = Keyword("USER")
  fileprivate static let skipMe = Keyword("SKIPME")
  fileprivate static let yes = Keyword("YES")
  fileprivate static let no = Keyword("NO")
}

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
    case "INFO": writer.verbatim(line(of: currentFacts, "client|info") + "\n")
    case "LIST": return try list(&arguments, &writer)
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
        "CLIENT ID | GETNAME | SETNAME name | SETINFO LIB-NAME|LIB-VER value | LIST [TYPE type | ID id ...] | INFO | KILL address | KILL [ID id] [ADDR address] [LADDR address] [TYPE type] [USER user] [SKIPME yes|no] | NO-EVICT mode | NO-TOUCH mode | TRACKING OFF"
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

  /// `[TYPE type | ID id ...]`
  private func list(_ arguments: inout Arguments, _ writer: inout RESPWriter) throws(CommandFault) {
    var found: [ClientFacts] = []
    if arguments.isEmpty {
      found = host.clients()
    } else {
      let filter = try arguments.keyword()
      if filter == .type, arguments.left == 1 {
        if try Self.isTypeOfAll(&arguments) { found = host.clients() }
      } else if filter == .id, !arguments.isEmpty {
        while !arguments.isEmpty {
          guard let id = try? arguments.integer() else { throw CommandFault("Invalid client ID") }
          if let facts = host.client(id) { found.append(facts) }
        }
      } else {
        throw CommandFault.syntax
      }
    }
    let lines = found.map { facts in
      facts.id == client.id ? line(of: currentFacts, "client|list") : line(of: facts, "NULL")
    }
    writer.verbatim(lines.map { $0 + "\n" }.joined())
  }

  /// Every connection here is a normal one: none is a replica's, and none subscribes.
  private static func isTypeOfAll(_ arguments: inout Arguments) throws(CommandFault) -> Bool {
    let type = try arguments.string()
    switch type.lowercased() {
    case "normal": return true
    case "master", "replica", "slave", "pubsub": return false
    default: throw CommandFault("Unknown client type '\(type.prefix(64))'")
    }
  }

  /// `host:port`, or filters that all must hold.
  private func kill(_ arguments: inout Arguments, _ writer: inout RESPWriter) throws(CommandFault) {
    if arguments.isEmpty { throw CommandFault.arity("CLIENT|KILL") }
    if arguments.left == 1 {
      let address = try arguments.string()
      let found = host.clients().filter { $0.address == address }
      if found.isEmpty { throw CommandFault("No such client") }
      writer.simple("OK")
      return host.kill(found.map(\.id))
    }
    let filter = try KillFilter(&arguments)
    var found: [ClientFacts]
    if let id = filter.id {
      found = host.client(id).map { [$0] } ?? []
    } else {
      found = filter.isOfNobody ? [] : host.clients()
    }
    found = found.filter { filter.takes($0) && !(filter.sparesCaller && $0.id == client.id) }
    writer.integer(Int64(found.count))
    host.kill(found.map(\.id))
  }

  /// What `CLIENT KILL` looks for. As in Redis the caller is left alone unless `SKIPME no` is said.
  private struct KillFilter {
    private(set) var id: Int64?
    private(set) var isOfNobody = false
    private(set) var sparesCaller = true
    private var address: String?
    private var localAddress: String?

    init(_ arguments: inout Arguments) throws(CommandFault) {
      while !arguments.isEmpty {
        let name = try arguments.keyword()
        if arguments.isEmpty { throw CommandFault.syntax }
        if name == .id {
          guard let id = try? arguments.integer(), id > 0 else {
            throw CommandFault("client-id should be greater than 0")
          }
          self.id = id
        } else if name == .address {
          address = try arguments.string()
        } else if name == .localAddress {
          localAddress = try arguments.string()
        } else if name == .type {
          if try !RESPSession.isTypeOfAll(&arguments) { isOfNobody = true }
        } else if name == .user {
          let user = try arguments.string()
          if user != "default" { throw CommandFault("No such user '\(user.prefix(64))'") }
        } else if name == .skipMe {
          let answer = try arguments.keyword()
          guard answer == .yes || answer == .no else { throw CommandFault.syntax }
          sparesCaller = answer == .yes
        } else {
          throw CommandFault.syntax
        }
      }
    }

    func takes(_ client: ClientFacts) -> Bool {
      !isOfNobody && (address == nil || address == client.address)
        && (localAddress == nil || localAddress == client.localAddress)
    }
  }

  private var currentFacts: ClientFacts {
    var facts = client
    facts.version = version
    return facts
  }

  /// Every field that Redis 7.2 tells, in its order: some clients read them by their place. What stockd does not count is told as of a
  /// client that does nothing.
  private func line(of client: ClientFacts, _ command: String) -> String {
    "id=\(client.id) addr=\(client.address) laddr=\(client.localAddress) fd=0 name=\(client.name) "
      + "age=\(max(0, host.now - client.connectedAt) / 1000) idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=0 "
      + "qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=\(command) "
      + "user=default redir=-1 resp=\(client.version.rawValue) lib-name=\(client.libraryName) "
      + "lib-ver=\(client.libraryVersion)"
  }
}
