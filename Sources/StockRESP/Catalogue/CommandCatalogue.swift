/// `COMMAND` and what belongs to it: redis-cli shows hints and `help @stock` out of it.
enum CommandCatalogue {
  /// The version of Redis whose handshake and house commands this server speaks; some clients will not talk to an old one.
  static let redisVersion = "7.2.0"

  static let specs: [CommandSpec] = (stock + house).sorted { $0.name < $1.name }

  static func spec(_ name: String) -> CommandSpec? {
    let name = name.lowercased()
    return specs.first { $0.name == name }
  }

  static func answer(
    _ arguments: inout Arguments, _ verbs: borrowing VerbTable, _ writer: inout RESPWriter
  ) throws(CommandFault) {
    if arguments.isEmpty {
      writer.array(specs.count)
      for spec in specs { writeInfo(spec, &writer) }
      return
    }
    let subcommand = try arguments.string().uppercased()
    switch subcommand {
    case "COUNT":
      try arguments.finish()
      writer.integer(Int64(specs.count))
    case "LIST":
      writer.array(specs.count)
      for spec in specs { writer.bulk(spec.name) }
    case "INFO":
      let asked = try names(&arguments)
      writer.array(asked.count)
      for name in asked {
        if let spec = spec(name) { writeInfo(spec, &writer) } else { writer.null() }
      }
    case "DOCS":
      let known = try names(&arguments).compactMap(spec)
      writer.map(known.count)
      for spec in known { writeDocs(spec, &writer) }
    case "GETKEYS":
      let keys = try keys(&arguments)
      writer.array(keys.count)
      for key in keys { writer.bulk(key) }
    case "HELP":
      writer.array(1)
      writer.bulk("COMMAND | COMMAND COUNT | LIST | INFO [name ...] | DOCS [name ...] | GETKEYS name argument ...")
    default: throw CommandFault("unknown subcommand '\(subcommand.prefix(64))'. Try COMMAND HELP.")
    }
  }

  /// Those that are asked for; all, if none is.
  private static func names(_ arguments: inout Arguments) throws(CommandFault) -> [String] {
    if arguments.isEmpty { return specs.map(\.name) }
    var names: [String] = []
    while !arguments.isEmpty { names.append(try arguments.string()) }
    return names
  }

  /// `name argument ...`
  private static func keys(_ arguments: inout Arguments) throws(CommandFault) -> [UnsafeRawBufferPointer] {
    guard !arguments.isEmpty, let spec = spec(try arguments.string()) else {
      throw CommandFault("Invalid command specified")
    }
    // The name at 0 is not looked at again.
    var words = [UnsafeRawBufferPointer(start: nil, count: 0)]
    while !arguments.isEmpty { words.append(try arguments.slice()) }
    guard spec.arity > 0 ? words.count == spec.arity : words.count >= -spec.arity else {
      throw CommandFault("Invalid number of arguments specified for command")
    }
    var keys: ArraySlice<UnsafeRawBufferPointer> = []
    if let places = spec.keys {
      let last = places.last < 0 ? words.count - 1 : min(places.last, words.count - 1)
      if places.first <= last, !isList(spec, words) { keys = words[places.first...last] }
    } else if scripts.contains(spec.name) {
      let count = try Arguments.integer(words[2])
      guard count >= 0, count <= Int64(words.count - 3) else {
        throw CommandFault("Invalid arguments specified for command")
      }
      keys = words[3..<3 + Int(count)]
    }
    if keys.isEmpty { throw CommandFault("The command has no key arguments") }
    return Array(keys)
  }

  private static let scripts: Set<String> = ["eval", "evalsha", "eval_ro", "evalsha_ro"]

  /// Of the commands of sales `LIST` alone names none.
  private static func isList(_ spec: CommandSpec, _ words: [UnsafeRawBufferPointer]) -> Bool {
    spec.name == "stock.sale" && Keyword(words[1]) == Keyword("LIST")
  }

  /// `[name, arity, flags, first key, last key, step, categories, tips, key specifications, subcommands]`
  private static func writeInfo(_ spec: CommandSpec, _ writer: inout RESPWriter) {
    writer.array(10)
    writer.bulk(spec.name)
    writer.integer(Int64(spec.arity))
    writer.set(spec.flags.names.count)
    for flag in spec.flags.names { writer.simple(flag) }
    writer.integer(Int64(spec.keys?.first ?? 0))
    writer.integer(Int64(spec.keys?.last ?? 0))
    writer.integer(spec.keys == nil ? 0 : 1)
    writer.set(1)
    writer.bulk("@" + "\(spec.group)")
    for _ in 0..<3 { writer.array(0) }
  }

  private static func writeDocs(_ spec: CommandSpec, _ writer: inout RESPWriter) {
    let nodes = spec.syntax.nodes
    writer.bulk(spec.name)
    writer.map(nodes.isEmpty ? 4 : 5)
    writer.bulk("summary")
    writer.bulk(spec.summary)
    writer.bulk("since")
    writer.bulk("0.1.0")
    writer.bulk("group")
    writer.bulk(spec.group)
    writer.bulk("complexity")
    writer.bulk("O(N) with N the items that it names")
    if nodes.isEmpty { return }
    writer.bulk("arguments")
    writeArguments(nodes, &writer)
  }

  /// A word in capitals and the value behind it are one argument with a token.
  private static func writeArguments(_ nodes: [Syntax.Node], _ writer: inout RESPWriter) {
    var arguments: [Argument] = []
    var rest = nodes[...]
    while let node = rest.popFirst() {
      if case .token(let token) = node, let next = rest.first, case .value(let name) = Argument.base(next) {
        rest.removeFirst()
        arguments.append(.of(next, name: name, token: token))
      } else {
        arguments.append(.of(node))
      }
    }
    writer.array(arguments.count)
    for argument in arguments { write(argument, &writer) }
  }

  /// One argument as `DOCS` tells it.
  private struct Argument {
    var name: String
    var type: StaticString
    var token: String?
    var isOptional = false
    var isMultiple = false
    var parts: [Syntax.Node] = []

    static func of(_ node: Syntax.Node, name: String, token: String) -> Argument {
      var argument = of(node)
      argument.name = name
      argument.token = token
      return argument
    }

    static func of(_ node: Syntax.Node) -> Argument {
      switch node {
      case .value(let name): return Argument(name: name, type: integers.contains(name) ? "integer" : "string")
      case .token(let text): return Argument(name: text.lowercased(), type: "pure-token", token: text)
      case .sequence(let nodes):
        if case .token(let text)? = nodes.first, nodes.count == 2, case .value(let value) = base(nodes[1]) {
          return of(nodes[1], name: value, token: text)
        }
        return Argument(name: name(nodes), type: "block", parts: nodes)
      case .choice(let nodes): return Argument(name: "choice", type: "oneof", parts: nodes)
      case .optional(let node):
        var argument = of(node)
        argument.isOptional = true
        return argument
      case .several(let node):
        var argument = of(node)
        argument.isMultiple = true
        return argument
      }
    }

    private static let integers: Set<String> = [
      "qty", "seconds", "milliseconds", "delta", "n", "cursor", "count", "version", "start-ms", "end-ms", "db",
      "protocol",
      "numkeys",
    ]

    private static func name(_ nodes: [Syntax.Node]) -> String {
      for node in nodes {
        if case .value(let name) = base(node) { return name }
        if case .token(let text) = base(node) { return text.lowercased() }
      }
      return "group"
    }

    /// What a token may stand before: a value, or several. One that may be left out is an argument of its own.
    static func base(_ node: Syntax.Node) -> Syntax.Node {
      switch node {
      case .several(let node): base(node)
      case .value, .token, .sequence, .choice, .optional: node
      }
    }
  }

  private static func write(_ argument: Argument, _ writer: inout RESPWriter) {
    var flags: [StaticString] = []
    if argument.isOptional { flags.append("optional") }
    if argument.isMultiple { flags.append("multiple") }
    let pairs =
      2 + (argument.token == nil ? 0 : 1) + (flags.isEmpty ? 0 : 1) + (argument.parts.isEmpty ? 0 : 1)
    writer.map(pairs)
    writer.bulk("name")
    writer.bulk(argument.name)
    writer.bulk("type")
    writer.bulk(argument.type)
    if let token = argument.token {
      writer.bulk("token")
      writer.bulk(token)
    }
    if !flags.isEmpty {
      writer.bulk("flags")
      writer.set(flags.count)
      for flag in flags { writer.simple(flag) }
    }
    if !argument.parts.isEmpty {
      writer.bulk("arguments")
      if argument.type == "oneof" {
        writer.array(argument.parts.count)
        for part in argument.parts { write(.of(part), &writer) }
      } else {
        writeArguments(argument.parts, &writer)
      }
    }
  }
}

extension StaticString {
  fileprivate static func == (left: StaticString, right: StaticString) -> Bool {
    left.utf8CodeUnitCount == right.utf8CodeUnitCount
      && left.withUTF8Buffer { a in right.withUTF8Buffer { a.elementsEqual($0) } }
  }
}
