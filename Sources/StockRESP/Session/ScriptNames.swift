import CSHA1
import Synchronization

/// Which scripts are known: the names of stockd's commands, by text and by SHA-1.
enum ScriptNames {
  static let noLua = CommandFault(
    "Lua scripts are not supported; a script is the name of a command, as in EVAL \"STOCK.RESERVE\" 2 order item quantity: one STOCK command checks and takes stock, limits and the order in one step"
  )

  /// The command that a script's text names; blanks around it do not matter.
  static func verb(of script: UnsafeRawBufferPointer, _ verbs: borrowing VerbTable) -> VerbReference? {
    var text = script[...]
    while let last = text.last, isBlank(last) { text.removeLast() }
    while let first = text.first, isBlank(first) { text.removeFirst() }
    guard case .stock(let verb, let codeOnly)? = verbs.verb(UnsafeRawBufferPointer(rebasing: text)) else { return nil }
    if text.count != script.count || !text.elementsEqual(VerbReference.stock(verb, codeOnly: codeOnly).name.utf8) {
      loaded.remember(digest(script), .stock(verb, codeOnly: codeOnly))
    }
    return .stock(verb, codeOnly: codeOnly)
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
  /// A client that spells on and on is not remembered; it gets NOSCRIPT and sends the text.
  private static let countMax = 1_024

  func remember(_ digest: String, _ verb: VerbReference) {
    verbs.withLock { if $0.count < Self.countMax { $0[digest] = verb } }
  }

  func verb(_ digest: String) -> VerbReference? { verbs.withLock { $0[digest] } }
}
