public import StockEngine

/// What an errand came to.
public enum ErrandResult: Sendable {
  /// The replies have it.
  case reply
  case checked(CheckReport)
  /// The snapshot is being made.
  case ordered
  case failed(EngineFault)
}

extension RESPSession {
  /// Writes the answer of an errand.
  public static func write(
    _ result: ErrandResult, _ replies: borrowing ReplyBatch, for slot: ErrandSlot, to writer: inout RESPWriter
  ) {
    writer.version = slot.version
    switch result {
    case .reply:
      ReplyWriter(shape: .changes, codeOnly: false).write(replies.replies[0], replies, texts: [], to: &writer)
    case .checked(let report) where report.faults > 0:
      writer.error(
        "ERR \(report.faults) of \(report.items) items do not add up; stop selling these and keep the data directory as it is. First: \(report.samples.joined(separator: "; "))"
      )
    case .checked where slot.codeOnly, .ordered where slot.codeOnly: writer.integer(1)
    case .checked(let report):
      writer.array(3)
      writer.integer(1)
      writer.bulk("OK")
      writer.integer(Int64(clamping: report.items))
    case .ordered: writer.simple("OK")
    case .failed(let fault): writer.error("ERR \(fault.message). \(fault.advice)")
    }
  }
}
