/// The commands of stockd, as RESP names them: `STOCK.` and this.
public enum StockVerb: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case preheat, supply, configure, restock, adjust, move
  case get, mget, info, pools
  case reserve, mreserve, deduct, mdeduct
  case confirm, cancel, extend, resolve, ship, deliver, `return`
  case sale, flag, clear
  case order, user, history, scan, stats, check, snapshot, nextid

  /// `STOCK.RESERVE`
  public var name: String { "STOCK." + "\(self)".uppercased() }

  /// Whether `:CODE` behind the name makes sense: the answer begins with a code.
  var hasCode: Bool {
    switch self {
    case .preheat, .supply, .configure, .restock, .adjust, .move, .reserve, .mreserve, .deduct, .mdeduct, .confirm,
      .cancel, .extend, .resolve, .ship, .deliver, .return, .sale, .flag, .clear, .check, .snapshot:
      true
    case .get, .mget, .info, .pools, .order, .user, .history, .scan, .stats, .nextid: false
    }
  }
}

extension StockVerb {
  /// Which arguments are keys, counted from the name at 0; nil: none. That of a sale stands behind what is done to it.
  var keys: CommandSpec.Keys? {
    switch self {
    case .stats, .check, .snapshot, .nextid, .scan: nil
    case .sale: .one(2)
    case .mget: CommandSpec.Keys(first: 1, last: -1)
    case .preheat, .supply, .configure, .restock, .adjust, .move, .get, .info, .pools, .reserve, .mreserve, .deduct,
      .mdeduct, .confirm, .cancel, .extend, .resolve, .ship, .deliver, .return, .flag, .clear, .order, .user, .history:
      .one(1)
    }
  }
}

/// The commands that every Redis client expects of a server.
enum HouseVerb: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case hello, auth, ping, echo, quit, reset, select, client, command, config, info, eval, evalsha, eval_ro, evalsha_ro,
    script

  var name: String { "\(self)".uppercased() }
}

/// What a client asked for by name.
enum VerbReference: Equatable, Sendable, BitwiseCopyable {
  case stock(StockVerb, codeOnly: Bool)
  case house(HouseVerb)

  var name: String {
    switch self {
    case .stock(let verb, let codeOnly): codeOnly ? verb.name + ":CODE" : verb.name
    case .house(let verb): verb.name
    }
  }
}

/// Finds verbs by name, in any case, without making a string.
struct VerbTable: Sendable {
  /// Upper-case letters in three words; no name is longer.
  private struct Name: Hashable {
    var words: (UInt64, UInt64, UInt64)
    /// Without it a name with zeros behind it would be the name.
    let count: Int

    static let bytesMax = 24

    init?(_ text: UnsafeRawBufferPointer) {
      guard text.count <= Self.bytesMax, !text.isEmpty else { return nil }
      words = (0, 0, 0)
      count = text.count
      withUnsafeMutableBytes(of: &words) { words in
        for (index, byte) in text.enumerated() {
          let isLower = byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")
          words[index] = isLower ? byte &- 0x20 : byte
        }
      }
    }

    @inline(__always)
    var hash: Int {
      let mixed = (words.0 &* 0x9E37_79B9_7F4A_7C15) ^ (words.1 &* 0xC2B2_AE3D_27D4_EB4F) ^ words.2
      return Int(truncatingIfNeeded: (mixed &* 0xFF51_AFD7_ED55_8CCD) >> 55)
    }

    static func == (left: Name, right: Name) -> Bool { left.words == right.words && left.count == right.count }
    func hash(into hasher: inout Hasher) {
      hasher.combine(words.0)
      hasher.combine(words.1)
      hasher.combine(words.2)
    }
  }

  private var entries: [(name: Name, verb: VerbReference)?]

  private static let capacity = 512

  static let shared = VerbTable()

  private init() {
    entries = Array(repeating: nil, count: Self.capacity)
    for verb in StockVerb.allCases {
      insert(verb.name, .stock(verb, codeOnly: false))
      if verb.hasCode { insert(verb.name + ":CODE", .stock(verb, codeOnly: true)) }
    }
    for verb in HouseVerb.allCases { insert(verb.name, .house(verb)) }
  }

  private mutating func insert(_ text: String, _ verb: VerbReference) {
    guard let name = Array(text.utf8).withUnsafeBytes({ Name($0) }) else {
      preconditionFailure("\(text) is longer than a command's name may be")
    }
    var place = name.hash
    while entries[place] != nil { place = (place + 1) % Self.capacity }
    entries[place] = (name, verb)
  }

  func verb(_ text: UnsafeRawBufferPointer) -> VerbReference? {
    guard let name = Name(text) else { return nil }
    var place = name.hash
    while let entry = entries[place] {
      if entry.name == name { return entry.verb }
      place = (place + 1) % Self.capacity
    }
    return nil
  }
}
