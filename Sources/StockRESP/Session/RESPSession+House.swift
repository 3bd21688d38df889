import StockEngine

// What every Redis client asks of a server before, between and behind the commands that it is there for.

extension Keyword {
  static let auth = Keyword("AUTH")
  static let setName = Keyword("SETNAME")
}

extension RESPSession {
  /// Takes a command that is not stockd's own.
  mutating func take(
    _ verb: HouseVerb, _ bytes: UnsafeRawBufferPointer, _ ranges: UnsafeBufferPointer<ArgumentRange>,
    _ verbs: borrowing VerbTable, _ rows: inout Int, _ bounds: Bounds, _ batch: inout CommandBatch,
    _ slots: inout [Slot]
  ) -> Ending {
    var arguments = Arguments(of: .house(verb), bytes, ranges, first: 1, adopted: 0)
    if !isAuthenticated, !verb.needsNoPassword {
      answer(&slots) { _, writer in writer.error("NOAUTH Authentication required.") }
      return .goOn
    }
    switch verb {
    case .quit:
      answer(&slots) { _, writer in writer.simple("OK") }
      return .quit
    case .eval, .evalsha, .eval_ro, .evalsha_ro:
      return takeScript(verb, bytes, ranges, verbs, &rows, bounds, &batch, &slots)
    case .info:
      if rows > 0, rows + Self.rowsOfInfo > bounds.rowsMax { return .postpone }
      rows += Self.rowsOfInfo
      let place = batch.count
      batch.append(.stats)
      let sections = InfoSections(&arguments)
      slots.append(Slot(answer: .reply(place, .serverInfo(sections), codeOnly: false), version: version))
      return .goOn
    case .client where ranges.count > 1 && Self.walksClients(Keyword(slice(bytes, ranges[1]))):
      if rows > 0, rows + Self.rowsOfClients > bounds.rowsMax { return .postpone }
      rows += Self.rowsOfClients
    case .hello, .auth, .ping, .echo, .reset, .select, .client, .command, .config, .script: break
    }
    // HELLO answers in the dialect that it sets.
    var writer = RESPWriter(capacity: 1024)
    writer.version = version
    do throws(CommandFault) {
      try house(verb, &arguments, verbs, &writer)
    } catch {
      writer.removeAll()
      writer.error(error.message)
    }
    answer(&slots) { _, output in output.raw(writer.bytes) }
    return .goOn
  }

  private mutating func house(
    _ verb: HouseVerb, _ arguments: inout Arguments, _ verbs: borrowing VerbTable, _ writer: inout RESPWriter
  ) throws(CommandFault) {
    switch verb {
    case .hello: try hello(&arguments, &writer)
    case .auth: try authenticate(&arguments, &writer)
    case .ping:
      if arguments.left > 1 { throw CommandFault.arity(verb.name) }
      if arguments.isEmpty { writer.simple("PONG") } else { writer.bulk(try arguments.slice()) }
    case .echo:
      if arguments.left != 1 { throw CommandFault.arity(verb.name) }
      writer.bulk(try arguments.slice())
    case .reset:
      version = .two
      client.name = ""
      isAuthenticated = !host.asksForPassword
      publish()
      writer.simple("RESET")
    case .select:
      let database = try arguments.integer()
      try arguments.finish()
      if database != 0 { throw CommandFault("DB index is out of range") }
      writer.simple("OK")
    case .client: try self.client(&arguments, &writer)
    case .command: try CommandCatalogue.answer(&arguments, verbs, &writer)
    case .config: try config(&arguments, &writer)
    case .script: try script(&arguments, verbs, &writer)
    case .quit, .eval, .evalsha, .eval_ro, .evalsha_ro, .info: preconditionFailure("taken before")
    }
  }

  /// What an `INFO` counts as, against the rows that a batch may ask for.
  private static let rowsOfInfo = 64
  /// The same of a command that looks at every connection.
  private static let rowsOfClients = 4_096

  private static func walksClients(_ subcommand: Keyword) -> Bool {
    subcommand == .clientList || subcommand == .clientKill
  }

  /// Tells the host what changed of this connection.
  func publish() {
    var facts = client
    facts.version = version
    host.update(facts)
  }

  // MARK: Greeting

  /// `[2|3 [AUTH user password] [SETNAME name]]`
  private mutating func hello(_ arguments: inout Arguments, _ writer: inout RESPWriter) throws(CommandFault) {
    var wanted = version
    if !arguments.isEmpty {
      let text = try arguments.string()
      guard let number = Int(text) else {
        throw CommandFault("Protocol version is not an integer or out of range")
      }
      guard let known = RESPVersion(rawValue: number) else {
        writer.error("NOPROTO unsupported protocol version")
        return
      }
      wanted = known
    }
    var name = client.name
    var login: (user: String, password: UnsafeRawBufferPointer)?
    while !arguments.isEmpty {
      let option = try arguments.keyword()
      if option == .auth {
        login = (try arguments.string(), try arguments.slice())
      } else if option == .setName {
        name = try Self.clientName(&arguments)
      } else {
        throw CommandFault("Syntax error in HELLO option")
      }
    }
    // Only once everything could be read: who is refused is not let in.
    if let login, !check(user: login.user, login.password) { return Self.writeWrongPassword(&writer) }
    if !isAuthenticated {
      writer.error(
        "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time"
      )
      return
    }
    version = wanted
    client.name = name
    publish()
    writer.version = version
    writer.map(7)
    writer.bulk("server")
    writer.bulk("stockd")
    writer.bulk("version")
    writer.bulk(CommandCatalogue.redisVersion)
    writer.pair("proto", Int64(version.rawValue))
    writer.pair("id", client.id)
    writer.bulk("mode")
    writer.bulk("standalone")
    writer.bulk("role")
    writer.bulk("master")
    writer.bulk("modules")
    writer.array(0)
  }

  /// `password` or `user password`
  private mutating func authenticate(_ arguments: inout Arguments, _ writer: inout RESPWriter) throws(CommandFault) {
    guard arguments.left == 1 || arguments.left == 2 else { throw CommandFault.arity("AUTH") }
    let hasUser = arguments.left == 2
    if !host.asksForPassword && !hasUser {
      throw CommandFault(
        "AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?"
      )
    }
    let user = hasUser ? try arguments.string() : "default"
    guard check(user: user, try arguments.slice()) else { return Self.writeWrongPassword(&writer) }
    writer.simple("OK")
  }

  /// There is one user. Without a password it is let in with any.
  private mutating func check(user: String, _ password: UnsafeRawBufferPointer) -> Bool {
    guard user == "default", !host.asksForPassword || host.isPassword(password) else { return false }
    isAuthenticated = true
    return true
  }

  private static func writeWrongPassword(_ writer: inout RESPWriter) {
    writer.error("WRONGPASS invalid username-password pair or user is disabled.")
  }

  static func clientName(_ arguments: inout Arguments) throws(CommandFault) -> String {
    let name = try arguments.slice()
    guard name.count <= clientTextBytesMax, name.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw CommandFault("Client names cannot contain spaces, newlines or special characters.")
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// Of a name that is shown in lists.
  static let clientTextBytesMax = 256

  // MARK: Settings

  /// `GET pattern ...`
  private func config(_ arguments: inout Arguments, _ writer: inout RESPWriter) throws(CommandFault) {
    let subcommand = try arguments.string().uppercased()
    guard subcommand == "GET" else {
      throw CommandFault(
        "unknown subcommand '\(subcommand.prefix(64))'. stockd is configured by its flags and its environment; only CONFIG GET is known"
      )
    }
    if arguments.isEmpty { throw CommandFault.arity("CONFIG|GET") }
    let settings: [(name: String, value: String)] = [
      ("save", ""), ("appendonly", "yes"), ("appendfsync", "always"), ("databases", "1"),
      ("maxclients", String(host.facts.connectionsMax)),
    ]
    var wanted: [(name: String, value: String)] = []
    while !arguments.isEmpty {
      let pattern = Array(try arguments.string().lowercased().utf8)
      for setting in settings where !wanted.contains(where: { $0.name == setting.name }) {
        if Array(setting.name.utf8).withUnsafeBytes({ Glob.matches($0, pattern) }) { wanted.append(setting) }
      }
    }
    writer.map(wanted.count)
    for setting in wanted {
      writer.bulk(setting.name)
      writer.bulk(setting.value)
    }
  }

  // MARK: What is not there

  /// A command that this server has not got: what to use instead, if that can be said.
  func writeUnknown(
    _ bytes: UnsafeRawBufferPointer, _ ranges: UnsafeBufferPointer<ArgumentRange>, to writer: inout RESPWriter
  ) {
    if !isAuthenticated { return writer.error("NOAUTH Authentication required.") }
    let name = String(decoding: slice(bytes, ranges[0]).prefix(128), as: UTF8.self)
    if let replacement = RedisCommands.replacement(of: name.uppercased()) {
      return writer.error("ERR stockd has no \(name.uppercased()): \(replacement)")
    }
    var shown = ""
    for range in ranges.dropFirst() where shown.utf8.count < 128 {
      shown += "'" + String(decoding: slice(bytes, range).prefix(128), as: UTF8.self) + "' "
    }
    writer.error("ERR unknown command '\(name)', with args beginning with: \(shown)")
  }
}

extension HouseVerb {
  /// Is answered before the password was given.
  var needsNoPassword: Bool {
    switch self {
    case .hello, .auth, .quit, .reset: true
    case .ping, .echo, .select, .client, .command, .config, .info, .eval, .evalsha, .eval_ro, .evalsha_ro, .script:
      false
    }
  }
}
