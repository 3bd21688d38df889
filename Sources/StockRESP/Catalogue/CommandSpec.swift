/// What `COMMAND` tells of one command.
struct CommandSpec: Sendable {
  /// As Redis flags commands.
  struct Flags: OptionSet, Sendable {
    var rawValue: UInt8
    static let write = Flags(rawValue: 1)
    static let readonly = Flags(rawValue: 2)
    static let fast = Flags(rawValue: 4)
    static let admin = Flags(rawValue: 8)
    static let noAuth = Flags(rawValue: 16)

    var names: [StaticString] {
      var names: [StaticString] = []
      if contains(.write) { names.append("write") }
      if contains(.readonly) { names.append("readonly") }
      if contains(.fast) { names.append("fast") }
      if contains(.admin) { names.append("admin") }
      if contains(.noAuth) { names.append("no_auth") }
      return names
    }
  }

  /// The arguments that are keys: those that a client in front of several servers would choose one by.
  struct Keys: Sendable, Equatable {
    var first: Int
    /// -1: the last argument there is.
    var last: Int

    static func one(_ place: Int) -> Keys { Keys(first: place, last: place) }
  }

  /// In lower case.
  let name: String
  let group: StaticString
  let flags: Flags
  let summary: String
  let syntax: Syntax
  /// Nil: none, or their number is an argument too.
  let keys: Keys?

  init(
    _ name: String, group: StaticString, _ flags: Flags, _ summary: String, _ syntax: String, keys: Keys? = nil
  ) {
    self.keys = keys
    self.name = name.lowercased()
    self.group = group
    self.flags = flags
    self.summary = summary
    self.syntax = Syntax(syntax)
  }

  /// With the name; negative: at least so many.
  var arity: Int {
    let (least, isExact) = syntax.words
    return isExact ? least + 1 : -(least + 1)
  }
}

/// The arguments of a command: `order item qty [USER user] [EX seconds | PX milliseconds] ITEMS item qty ...`. Words in capitals are
/// sent as they are; the others stand for values.
struct Syntax: Sendable, Equatable {
  indirect enum Node: Sendable, Equatable {
    case value(String)
    case token(String)
    case sequence([Node])
    case choice([Node])
    case optional(Node)
    case several(Node)
  }

  let nodes: [Node]

  init(_ text: String) {
    var reader = Reader(words: text.split(separator: " ").map(String.init))
    nodes = reader.sequence()
    precondition(reader.words.isEmpty, "the syntax of a command ends too early: \(text)")
  }

  /// The fewest words, and whether there can be no more.
  var words: (least: Int, isExact: Bool) { Self.words(.sequence(nodes)) }

  private static func words(_ node: Node) -> (least: Int, isExact: Bool) {
    switch node {
    case .value, .token: return (1, true)
    case .sequence(let nodes):
      let parts = nodes.map(words)
      return (parts.reduce(0) { $0 + $1.least }, parts.allSatisfy(\.isExact))
    case .choice(let nodes):
      let parts = nodes.map(words)
      let least = parts.map(\.least).min() ?? 0
      return (least, parts.allSatisfy { $0.isExact && $0.least == least })
    case .optional: return (0, false)
    case .several(let node): return (words(node).least, false)
    }
  }

  /// Reads `[ ... ]`, `a | b`, `{ ... }` and `...` behind what may come several times.
  private struct Reader {
    var words: [String]

    mutating func sequence() -> [Node] {
      var choices: [[Node]] = [[]]
      while let word = words.first, word != "]", word != "}" {
        words.removeFirst()
        switch word {
        case "|": choices.append([])
        case "...":
          let last = choices[choices.count - 1].removeLast()
          choices[choices.count - 1].append(.several(last))
        case "[":
          choices[choices.count - 1].append(.optional(Self.one(sequence())))
          words.removeFirst()
        case "{":
          choices[choices.count - 1].append(Self.one(sequence()))
          words.removeFirst()
        default:
          let isToken = word.utf8.allSatisfy { $0 < UInt8(ascii: "a") }
          choices[choices.count - 1].append(isToken ? .token(word) : .value(word))
        }
      }
      return choices.count == 1 ? choices[0] : [.choice(choices.map(Self.one))]
    }

    private static func one(_ nodes: [Node]) -> Node { nodes.count == 1 ? nodes[0] : .sequence(nodes) }
  }
}
