import StockEngine

/// The last words of a daemon that cannot go on: what happened, to what, what is safe, what to do.
enum Obituary {
  static func text(_ fault: EngineFault) -> String {
    var lines = ["stockd cannot go on: \(fault.message)"]
    var place: [String] = []
    if let file = fault.file { place.append("file \(file)") }
    if let offset = fault.offset { place.append("offset \(offset)") }
    if let lsn = fault.lsn { place.append("LSN \(lsn)") }
    if !place.isEmpty { lines.append("  where: \(place.joined(separator: ", "))") }
    lines.append("  safe:  \(safety(fault.code))")
    lines.append("  next:  \(fault.advice)")
    lines.append("  (\(fault.code.rawValue), exit status \(fault.exitStatus))")
    return lines.joined(separator: "\n")
  }

  private static func safety(_ code: EngineFault.Code) -> String {
    switch code {
    case .logFailed:
      "everything that was acknowledged is on disk. What was not acknowledged has an unknown fate: clients retry it under the same ids."
    case .corrupt: "nothing was changed or cut. Do not delete or repair files before they are copied."
    case .missing: "nothing was changed. What is there is as it was."
    case .otherStore, .newerFormat, .notAStore: "nothing was read into this store and nothing was changed."
    case .locked: "the process that holds it goes on undisturbed."
    case .noSpace, .io: "everything that was acknowledged before is on disk."
    case .configuration: "nothing was served."
    }
  }
}
