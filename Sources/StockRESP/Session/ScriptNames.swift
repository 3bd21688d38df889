import CSHA1
import Synchronization

/// Which scripts are known: the names of stockd's commands, by text and by SHA-1.
enum ScriptNames {
  static let noLua = CommandFault(
    "Lua scripts are not supported; a script is the name of a command, as in EVAL \"STOCK.RESERVE\" 2 order item quantity: one STOCK command checks and takes stock, limits and the order in one step"
  )

  static let writes = CommandFault(
    "Write commands are not allowed from read-only scripts: EVAL and EVALSHA take every STOCK command")
  static let tooMany = CommandFault(
    "no more spellings of commands can be loaded: load the name as it is documented, in capitals and without blanks")

  /// The command that a script's text names; blanks around it do not matter.
  static func verb(of script: UnsafeRawBufferPointer, _ verbs: borrowing VerbTable) -> VerbReference? {
    var text = script[...]
    while let last = text.last, isBlank(last) { text.removeLast() }
    while let first = text.first, isBlank(first) { text.removeFirst() }
    guard case .stock(let verb, let codeOnly)? = verbs.verb(UnsafeRawBufferPointer(rebasing: text)) else { return nil }
    return .stock(verb, codeOnly: codeOnly)
  }

  /// Makes a script known by its digest; one that is spelled as documented is.
  /// - Returns: whether there was room for another spelling.
  static func remember(_ script: UnsafeRawBufferPointer, _ verb: VerbReference) -> Bool {
    script.elementsEqual(verb.name.utf8) || loaded.remember(digest(script), verb)
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// The command whose script has this digest: known from the start, or loaded in another spelling.
  static func verb(ofDigest digest: UnsafeRawBufferPointer) -> VerbReference? {
    guard digest.count == 2 * digestBytes else { return nil }
    let text = String(decoding: digest, as: UTF8.self).lowercased()
    return known[text] ?? loaded.verb(text)
  }

  /// SHA-1 of a script, as 40 hexadecimal digits.
  static func digest(_ script: UnsafeRawBufferPointer) -> String {
    var context = SHA1_CTX()
    SHA1Init(&context)
    SHA1Update(&context, script.baseAddress?.assumingMemoryBound(to: UInt8.self), script.count)
    let digest = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: digestBytes) { bytes in
      SHA1Final(bytes.baseAddress, &context)
      return Array(bytes)
    }
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static let digestBytes = 20

  /// Every name as it is written here: the first EVALSHA finds it, without a LOAD.
  private static let known: [String: VerbReference] = {
    var known: [String: VerbReference] = [:]
    for verb in StockVerb.allCases {
      for codeOnly in verb.hasCode ? [false, true] : [false] {
        let reference = VerbReference.stock(verb, codeOnly: codeOnly)
        known[Array(reference.name.utf8).withUnsafeBytes { digest($0) }] = reference
      }
    }
    return known
  }()

  private static let loaded = LoadedScripts()
}

/// Scripts that name a command in another spelling: lower case, with blanks.
private final class LoadedScripts: Sendable {
  private let verbs = Mutex<[String: VerbReference]>([:])
  /// A client that spells on and on is not remembered: by `EVALSHA` it gets NOSCRIPT and sends the text, `SCRIPT LOAD` is refused.
  private static let countMax = 1_024

  /// - Returns: whether it is known now.
  func remember(_ digest: String, _ verb: VerbReference) -> Bool {
    verbs.withLock { verbs in
      if verbs[digest] == nil, verbs.count >= Self.countMax { return false }
      verbs[digest] = verb
      return true
    }
  }

  func verb(_ digest: String) -> VerbReference? { verbs.withLock { $0[digest] } }
}
