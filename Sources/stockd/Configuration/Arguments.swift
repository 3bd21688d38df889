/// What is wrong with how the daemon was called, and how it exits for it.
struct UsageFault: Error, Equatable, CustomStringConvertible {
  /// 64: the command line. 78: the configuration.
  var exitStatus: Int32
  var message: String
  var advice: String

  static func usage(_ message: String, _ advice: String) -> UsageFault {
    UsageFault(exitStatus: 64, message: message, advice: advice)
  }

  static func configuration(_ message: String, _ advice: String) -> UsageFault {
    UsageFault(exitStatus: 78, message: message, advice: advice)
  }

  var description: String { "\(message)\n  \(advice)" }
}

/// Refuses what would otherwise be ignored: flags, words and environment variables that mean nothing here.
enum Arguments {
  /// - Parameter arguments: without the program's name.
  static func check(_ arguments: [String]) throws(UsageFault) {
    var seen: Set<String> = []
    var index = 0
    while index < arguments.count {
      let argument = arguments[index]
      index += 1
      guard argument.hasPrefix("--") else {
        throw .usage("'\(argument)' is not a flag", "Flags are --name VALUE or --name=VALUE; see --help.")
      }
      let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let name = String(parts[0])
      let isQuestion = Setting.questions.contains { $0.name == name }
      let setting = Setting.all.first { $0.name == name }
      guard isQuestion || setting != nil else {
        throw .usage(
          "there is no flag --\(name)",
          hint(name, Setting.all.map(\.name) + Setting.questions.map(\.name), prefix: "--"))
      }
      guard seen.insert(name).inserted else { throw .usage("--\(name) is given twice", "Give it once.") }
      let takesValue = setting.map { $0.kind != .flag } ?? false
      if !takesValue {
        if parts.count == 2 { throw .usage("--\(name) takes no value", "Write --\(name) alone, or leave it out.") }
        continue
      }
      var value = parts.count == 2 ? String(parts[1]) : nil
      if value == nil, index < arguments.count, !arguments[index].hasPrefix("--") {
        value = arguments[index]
        index += 1
      }
      guard let value, !value.isEmpty else { throw .usage("--\(name) needs a value", setting?.help ?? "See --help.") }
      // The library reads a comma as the start of another value.
      if value.contains(",") { throw .usage("the value of --\(name) has a comma", "Choose one without.") }
    }
  }

  /// Kubernetes puts these into every container of a namespace with a service named `stockd`.
  private static func isServiceLink(_ name: String) -> Bool {
    name.hasPrefix("STOCKD_SERVICE_") || name == "STOCKD_PORT" || name.hasPrefix("STOCKD_PORT_")
  }

  static func check(environment: [String: String]) throws(UsageFault) {
    for name in environment.keys.sorted() where name.hasPrefix("STOCKD_") && !isServiceLink(name) {
      if !Setting.all.contains(where: { $0.environmentName == name }) {
        throw .configuration(
          "the environment sets \(name), which is not a setting",
          hint(name, Setting.all.map(\.environmentName), prefix: ""))
      }
    }
  }

  private static func hint(_ word: String, _ known: [String], prefix: String) -> String {
    let nearest = known.map { ($0, distance(word, $0)) }.min { $0.1 < $1.1 }
    guard let (name, distance) = nearest, distance <= max(2, word.count / 3) else {
      return "See --help for all settings."
    }
    return "Did you mean \(prefix)\(name)?"
  }

  /// Edits between two words.
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (i, character) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in right.indices {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (right[j] == character ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
