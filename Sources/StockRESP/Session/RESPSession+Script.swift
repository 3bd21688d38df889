import StockEngine

// Scripts are names of commands: for clients that can call a script and read what it returns, and nothing else.

extension RESPSession {
  /// `EVAL script numkeys key ... arg ...`: the script's text is a command's name, keys and arguments are its arguments.
  mutating func takeScript(
    _ verb: HouseVerb, _ bytes: UnsafeRawBufferPointer, _ ranges: UnsafeBufferPointer<ArgumentRange>,
    _ verbs: borrowing VerbTable, _ rows: inout Int, _ bounds: Bounds, _ batch: inout CommandBatch,
    _ slots: inout [Slot]
  ) -> Ending {
    do throws(CommandFault) {
      guard ranges.count >= 3 else { throw CommandFault.arity(verb.name) }
      let keys = try Arguments.integer(slice(bytes, ranges[2]))
      if keys < 0 { throw CommandFault("Number of keys can't be negative") }
      if keys > ranges.count - 3 { throw CommandFault("Number of keys can't be greater than number of args") }
      let script = slice(bytes, ranges[1])
      let hasText = verb == .eval || verb == .eval_ro
      guard let reference = hasText ? ScriptNames.verb(of: script, verbs) : ScriptNames.verb(ofDigest: script) else {
        if hasText { throw ScriptNames.noLua }
        answer(&slots) { _, writer in writer.error("NOSCRIPT No matching script. Please use EVAL.") }
        return .goOn
      }
      // Its digest is what comes next; if there is no room for it the text will come again.
      if hasText { _ = ScriptNames.remember(script, reference) }
      let readsOnly = verb == .eval_ro || verb == .evalsha_ro
      return take(reference, bytes, ranges, first: 3, readsOnly: readsOnly, &rows, bounds, &batch, &slots)
    } catch {
      answer(&slots) { _, writer in writer.error(error.message) }
      return .goOn
    }
  }

  /// `LOAD script`, `EXISTS sha1 ...`, `FLUSH`
  func script(
    _ arguments: inout Arguments, _ verbs: borrowing VerbTable, _ writer: inout RESPWriter
  ) throws(CommandFault) {
    switch try arguments.string().uppercased() {
    case "LOAD":
      let script = try arguments.slice()
      try arguments.finish()
      guard let verb = ScriptNames.verb(of: script, verbs) else { throw ScriptNames.noLua }
      guard ScriptNames.remember(script, verb) else { throw ScriptNames.tooMany }
      writer.bulk(ScriptNames.digest(script))
    case "EXISTS":
      if arguments.isEmpty { throw CommandFault.arity("SCRIPT|EXISTS") }
      writer.array(arguments.left)
      while !arguments.isEmpty {
        writer.integer(ScriptNames.verb(ofDigest: try arguments.slice()) == nil ? 0 : 1)
      }
    case "FLUSH":
      // What is known is known by its name: there is nothing to forget.
      writer.simple("OK")
    default: throw CommandFault("unknown subcommand of SCRIPT: LOAD, EXISTS and FLUSH are known")
    }
  }
}
