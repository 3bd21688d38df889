public import StockEngine
public import StockWire

extension StockClient {
  /// Opens a sale of any size: with up to 512 lines in one step; with more it is opened paused, filled by additions of 512 lines, and
  /// let open when all of it is there. Nobody can buy of a half-filled sale.
  ///
  /// Run again with the same arguments, it goes on where it was interrupted and does nothing twice. A refusal leaves a large sale
  /// paused, with what was added so far: bring what is missing and call again, or close it.
  /// - Parameters:
  ///   - operation: up to 48 bytes; the operation ids of the steps begin with it.
  ///   - isPaused: it stays paused when it is filled.
  ///   - lines: in all up to 100,000 items. Other lines under the same `operation` are refused (`idConflict`).
  ///   - progress: told how many lines are in the sale, after each round trip.
  /// - Returns: the last step's LSN; `isRepeat` if every step had been done before.
  public func openWholeSale(
    operation: String, sale: String, terms: WireSaleTerms, isPaused: Bool = false, source: SaleStock.Source = .supply,
    lines: [WireLine], progress: (Int) -> Void = { _ in }
  ) async throws(StockClientError) -> Answer<OperationReceipt> {
    let parts = SaleParts(operation: operation, sale: sale, source: source, lines: lines)
    let opening = try await patiently {
      $0.openSale(
        operation: operation, sale: sale, terms: terms, isPaused: isPaused || parts.count > 1, source: source,
        lines: parts.lines(0))
    }
    guard case .done(var receipt) = opening else { return opening }
    progress(parts.lines(0).count)
    if parts.count <= 1 { return opening }

    var next = 1
    while next < parts.count {
      let end = min(next + SaleParts.perRoundTrip, parts.count)
      for answer in try await add(parts, next..<end) {
        guard case .done(let addition) = answer else { return answer }
        receipt = receipt.followed(by: addition)
      }
      next = end
      progress(min(next * SaleParts.linesMax, lines.count))
    }
    if isPaused { return .done(receipt) }
    let resumed = try await patiently { $0.resumeSale(operation: operation + "-resume", sale: sale) }
    guard case .done(let last) = resumed else { return resumed }
    return .done(receipt.followed(by: last))
  }

  /// Some additions in one round trip; those that the server was too busy for once more, one by one.
  private func add(
    _ parts: SaleParts, _ range: Range<Int>
  ) async throws(StockClientError) -> [Answer<OperationReceipt>] {
    var batch = StockBatch()
    let tickets = range.map { parts.add($0, to: &batch) }
    let replies = try await send(batch)
    var answers: [Answer<OperationReceipt>] = []
    for (part, ticket) in zip(range, tickets) {
      var answer = try replies[ticket]
      if answer.refusal?.outcome == .overloaded { answer = try await patiently { parts.add(part, to: &$0) } }
      answers.append(answer)
    }
    return answers
  }

  /// One command; a server that is too busy is asked again for about a second, or until the task is cancelled.
  private func patiently(
    _ build: (inout StockBatch) -> Ticket<OperationReceipt>
  ) async throws(StockClientError) -> Answer<OperationReceipt> {
    var answer = try await one(build)
    for _ in 0..<50 where answer.refusal?.outcome == .overloaded {
      do { try await Task.sleep(for: .milliseconds(20)) } catch { break }
      answer = try await one(build)
    }
    return answer
  }
}

/// The lines of a sale in pieces that one command takes.
private struct SaleParts {
  static let linesMax = Bounds.linesPerSaleOperationMax
  /// With the longest names these are about half of a frame.
  static let perRoundTrip = 8

  let operation: String
  let sale: String
  let source: SaleStock.Source
  let lines: [WireLine]

  var count: Int { (lines.count + Self.linesMax - 1) / Self.linesMax }

  func lines(_ part: Int) -> [WireLine] { Array(lines.dropFirst(part * Self.linesMax).prefix(Self.linesMax)) }

  func add(_ part: Int, to batch: inout StockBatch) -> Ticket<OperationReceipt> {
    batch.addToSale(operation: "\(operation)-add-\(part)", sale: sale, source: source, lines: lines(part))
  }
}

extension OperationReceipt {
  fileprivate func followed(by next: OperationReceipt) -> OperationReceipt {
    OperationReceipt(isRepeat: isRepeat && next.isRepeat, lsn: max(lsn, next.lsn))
  }
}
