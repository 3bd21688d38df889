extension StoreInspector {
  /// What the log says of refused attempts to buy an item, or a SKU in all of its pools.
  public struct Demand: Sendable, Equatable {
    /// Ascending by time, then by the item's number, then by reason.
    public var rows: [Row] = []
    /// From here on the rows are all there are: the log reaches back no further. Otherwise as far back as was asked.
    public var since = Timestamp.zero
    /// The last record of the log. What was refused in the second before a crash was never logged.
    public var lsn = LSN.zero

    /// Refused attempts to buy one item for one reason, within one bucket.
    public struct Row: Sendable, Equatable {
      /// When the bucket begins, in log time.
      public var time: Timestamp
      /// The item, with its pool.
      public var item: String
      /// The number of the outcome that they ended with.
      public var reason: UInt8
      /// How many.
      public var attempts: UInt64
      /// Units that they asked for.
      public var units: Int64
    }
  }

  /// Reads the demand of an item: all rows that the query's times allow. The archive is asked by its index; of the log the segments
  /// that reach into these times are read.
  /// - Parameter item: `sku` for all of its pools, those of sales too; `sku@pool` for one (`sku@main` for the SKU's own).
  /// - Returns: nil if there is no such item.
  public func demand(of item: String, _ query: DemandQuery) throws(EngineFault) -> Demand? {
    let replay = try replay(ReplayLimit())
    let name = item.utf8
    let main = "@main".utf8
    let own = name.suffix(main.count).elementsEqual(main) ? name.dropLast(main.count) : name[...]
    let pools = name.contains(UInt8(ascii: "@")) ? nil : Array(name) + [UInt8(ascii: "@")]
    let balances = replay.balances.filter { balance in
      balance.item.utf8.elementsEqual(own) || pools.map { balance.item.utf8.starts(with: $0) } == true
    }
    if balances.isEmpty { return nil }
    let names = Dictionary(uniqueKeysWithValues: balances.map { ($0.number, $0.item) })
    var reader = DemandReader(
      directory: directory, store: storeID, items: names.keys, until: replay.lsn, query: query, rowsMax: .max,
      bytesMax: .max)
    let curve = try reader.run()
    return Demand(
      rows: curve.rows.map {
        Demand.Row(
          time: $0.time, item: names[$0.item] ?? "", reason: $0.reason, attempts: $0.attempts, units: $0.units)
      }, since: curve.since, lsn: replay.lsn)
  }
}
