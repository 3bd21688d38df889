import StockEngine

/// What a sold-out sale costs that records the attempts that it refuses, against one that does not: the machine alone, and with a
/// directory the log too. Orders of one line, ids of 20 bytes, a buyer of 8 and a phone number.
struct AttemptFigure {
  let directory: String?

  /// As many as a sale records in one burst.
  private static let attempts = Bounds.attemptsPerBurstMax / 1000 * 1000
  private static let skus = 100

  func measure() {
    let quiet = machine([])
    let recording = machine(.recordsAttempts)
    print(
      "refused attempts   \(rate(quiet.nanoseconds)) M/s, recorded \(rate(recording.nanoseconds)) M/s; \(rounded(recording.bytes - quiet.bytes, 1)) bytes each before compression"
    )
    guard let directory else { return }
    do {
      let quiet = try log([], "\(directory)-quiet")
      let recording = try log(.recordsAttempts, "\(directory)-recorded")
      print(
        "  with the log     \(rate(quiet.nanoseconds)) M/s, recorded \(rate(recording.nanoseconds)) M/s; \(rounded(recording.bytes - quiet.bytes, 1)) bytes each on disk"
      )
    } catch {
      fatalError("\(error)")
    }
  }

  private typealias Cost = (nanoseconds: Double, bytes: Double)

  private func rate(_ nanoseconds: Double) -> String { String(rounded(1000 / nanoseconds)) }

  /// Calls `execute` with batches of attempts, after the sale has sold out, and times it.
  private func refuse(
    _ options: SaleTerms.Options, prepare: (inout CommandBatch) -> Void, execute: (inout CommandBatch) -> Void
  ) -> Double {
    var load = Load(skus: Self.skus)
    load.preheat(prepare)
    load.openSale(terms: SaleTerms(start: .zero, end: .distantFuture, options: options), units: 1, prepare)
    var batch = CommandBatch()
    load.fill(&batch, count: 16 * Self.skus, inSale: true)
    prepare(&batch)
    let clock = ContinuousClock()
    var spent = Duration.zero
    for _ in 0..<Self.attempts / 1000 - 2 {
      load.fill(&batch, count: 1000, inSale: true)
      let start = clock.now
      execute(&batch)
      spent += clock.now - start
    }
    return spent.seconds / Double(Self.attempts - 2000) * 1e9
  }

  private func machine(_ options: SaleTerms.Options) -> Cost {
    var bench = MachineBenchmark()
    var replies = ReplyBatch()
    var bytes = 0
    let nanoseconds = refuse(options) { batch in
      _ = bench.execute(&batch, into: &replies)
    } execute: { batch in
      replies.removeAll()
      bytes += bench.execute(&batch, into: &replies)
    }
    return (nanoseconds, Double(bytes) / Double(Self.attempts))
  }

  /// Every batch is decided, and the last is waited for until it is on disk.
  private func log(_ options: SaleTerms.Options, _ directory: String) throws(EngineFault) -> Cost {
    var configuration = EngineConfiguration()
    configuration.snapshotBytes = .max / 2
    configuration.lagBytesMax = .max
    let store = try Inventory(path: directory, configuration: configuration)
    let executor = store.makeExecutor()
    var replies = ReplyBatch()
    var fault: EngineFault?
    func flush() {
      do throws(EngineFault) { try store.flush() } catch { fault = error }
    }
    var batches = 0
    let nanoseconds = refuse(options) { batch in
      executor.execute(&batch, into: &replies)
    } execute: { batch in
      replies.removeAll()
      executor.execute(&batch, into: &replies)
      batches += 1
      // The log's thread must not fall behind, or commands would be refused; the last batch ends on disk.
      if store.lastLSN.rawValue - store.durableLSN.rawValue > 200_000 || batches == Self.attempts / 1000 - 2 { flush() }
    }
    if let fault { throw fault }
    var batch = CommandBatch()
    batch.append(.stats)
    replies.removeAll()
    executor.execute(&batch, into: &replies)
    let bytes = replies.stats.first?.logBytes ?? 0
    store.abandon()
    return (nanoseconds, Double(bytes) / Double(Self.attempts))
  }
}
