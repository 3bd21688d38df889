import ArgumentParser
import StockEngine

struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect", abstract: "Shows what a data directory holds, without a daemon. Changes nothing.",
    subcommands: [InspectLogCommand.self, InspectSnapshotCommand.self])
}

struct InspectLogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "Segments, groups or events of the log.",
    discussion: """
      Without options: a row a segment. With --groups: a row a group, or a block of the archive. With --events, or with a \
      filter: a row an event. The archive is asked by its indexes, the log is read. What is damaged is named, and the events \
      behind it are shown all the same; then the exit status is 4.
      """)

  @Argument(help: "The data directory.") var directory: String
  @Flag(help: "A row a group.") var groups = false
  @Flag(help: "A row an event.") var events = false
  @Option(help: "Only events of this item: sku or sku@pool.") var sku: String?
  @Option(help: "Only events of this order.") var order: String?
  @Option(help: "Only the command with this operation id.") var operation: String?
  @Option(help: "Only from this LSN on.") var fromLsn: UInt64?
  @Option(help: "Only up to this LSN.") var untilLsn: UInt64?
  @Option(help: "At most so many rows.") var limit: Int = 10_000
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit is at least 1") }
  }

  func run() throws {
    var isKnown = true
    var damage: EngineFault?
    try Offline.run { () throws(EngineFault) in
      let inspector = try StoreInspector(path: directory)
      if events || sku != nil || order != nil || operation != nil {
        isKnown = try showEvents(inspector, &damage)
      } else if groups {
        try showGroups(inspector)
      } else {
        try showSegments(inspector)
      }
    }
    if let sku, !isKnown { throw Offline.noSuchItem(sku) }
    if let damage { throw Offline.exitCode(damage) }
  }

  private func isWanted(_ first: LSN, _ last: LSN) -> Bool {
    last.rawValue >= fromLsn ?? 0 && first.rawValue <= untilLsn ?? .max
  }

  private func showSegments(_ inspector: StoreInspector) throws(EngineFault) {
    var table = Table([
      .number("segment"), .text("place"), .number("first_lsn", rank: 2), .number("last_lsn"), .text("from", rank: 3),
      .text("until", rank: 1), .number("groups", rank: 4), .number("records"), .number("raw_bytes", rank: 6),
      .number("stored_bytes", rank: 5), .number("ratio", rank: 4), .text("tail"),
    ])
    let files = try inspector.segments()
    for (index, file) in files.enumerated() {
      let segment = try inspector.read(file, isLast: index == files.count - 1) { (_, _) throws(EngineFault) in }
      if !isWanted(segment.firstLSN, segment.lastLSN) { continue }
      let isEmpty = segment.records == 0
      let ratio = segment.storedBytes == 0 ? 0 : Double(segment.rawBytes) / Double(segment.storedBytes)
      table.append([
        .integer(segment.file.sequence), .string(Self.place(segment.file)),
        .integer(segment.firstLSN.rawValue), isEmpty ? .null : .integer(segment.lastLSN.rawValue),
        isEmpty ? .null : .string(segment.firstTime.text), isEmpty ? .null : .string(segment.lastTime.text),
        .integer(segment.groups), .integer(segment.records), .integer(segment.rawBytes),
        .integer(segment.storedBytes), .string(Figures.decimal(ratio, places: 2)),
        .string(Self.tail(segment)),
      ])
    }
    output.show(table)
  }

  private static func place(_ file: StoreInspector.SegmentFile) -> String {
    file.isRewritten ? "archive" : file.isArchived ? "archive, as it was" : "log"
  }

  private static func tail(_ segment: StoreInspector.Segment) -> String {
    switch segment.tail {
    case .clean: segment.isSealed ? "sealed" : "open"
    case .torn(let bytes): "torn (\(bytes) bytes)"
    case .corrupt(let reason): "CORRUPT at \(segment.end): \(reason)"
    }
  }

  private func showGroups(_ inspector: StoreInspector) throws(EngineFault) {
    var table = Table([
      .number("segment"), .number("group"), .number("offset"), .number("first_lsn", rank: 1), .number("last_lsn"),
      .text("time"), .number("records"), .number("raw_bytes", rank: 3), .number("stored_bytes", rank: 4),
      .number("on_disk", rank: 2), .text("codec", rank: 5), .text("seals", rank: 6),
    ])
    let files = try inspector.segments()
    for (index, file) in files.enumerated() {
      _ = try inspector.read(file, isLast: index == files.count - 1) { (group, _) throws(EngineFault) in
        guard isWanted(group.firstLSN, group.lastLSN), table.rows.count < limit else { return }
        table.append([
          .integer(file.sequence), group.sequence.map { .integer($0) } ?? .null, .integer(group.offset),
          .integer(group.firstLSN.rawValue),
          .integer(group.lastLSN.rawValue), .string(group.time.text), .integer(group.records), .integer(group.rawBytes),
          .integer(group.storedBytes), .integer(group.paddedBytes), .string(group.isCompressed ? "lz4" : "stored"),
          .bool(group.seals),
        ])
      }
    }
    show(table)
  }

  /// - Returns: whether there is such an item.
  private func showEvents(_ inspector: StoreInspector, _ damage: inout EngineFault?) throws(EngineFault) -> Bool {
    var table = Table([
      .number("lsn"), .text("time"), .text("event"), .text("order"), .text("buyer"), .text("lines"), .text("details"),
    ])
    let found = inspector.itemNames()
    let names = ItemNames(found.names)
    var filter = StoreInspector.EventFilter()
    filter.firstLSN = LSN(fromLsn ?? 0)
    filter.lastLSN = LSN(untilLsn ?? .max)
    filter.order = order
    filter.operation = operation
    if let sku {
      guard let number = names.number(of: sku) else {
        guard let fault = found.fault else { return false }
        Messages.say("\(fault)")
        Messages.say("\(sku) is not among the items whose creation can be read")
        damage = fault
        return true
      }
      filter.item = number
    }
    var faults: [EngineFault] = []
    try inspector.events(filter, damage: { (fault) throws(EngineFault) in faults.append(fault) }) { event in
      table.append(Self.row(event, names))
      return table.rows.count < limit
    }
    show(table)
    if faults.isEmpty, let fault = found.fault { faults.append(fault) }
    for fault in faults { Messages.say("\(fault)") }
    damage = faults.first
    return true
  }

  private func show(_ table: Table) {
    output.show(table)
    if table.rows.count >= limit { output.note("only \(Figures.grouped(limit)) rows are shown; --limit shows more") }
  }

  private static func row(_ event: LoggedEvent, _ names: ItemNames) -> [JSONValue] {
    let lines = event.lines.map { "\(names[$0.item])=\($0.quantity)" }.joined(separator: " ")
    var details = event.details.map { "\($0.name)=\($0.value)" }
    if let operation = event.operation { details.insert("operation=\(operation)", at: 0) }
    return [
      .integer(event.lsn.rawValue), .string(event.time.text), .string(event.kind.name),
      event.order.map { .string($0) } ?? .null, event.buyer.map { .string($0) } ?? .null, .string(lines),
      .string(details.joined(separator: " ")),
    ]
  }
}

/// Item names by number.
struct ItemNames {
  private let names: [ItemNumber: String]

  init(_ names: [ItemNumber: String]) { self.names = names }

  func number(of name: String) -> ItemNumber? {
    let name = ExactText(name)
    return names.first { ExactText($0.value) == name }?.key
  }

  subscript(number: ItemNumber) -> String { names[number] ?? "#\(number.rawValue)" }
}

struct InspectSnapshotCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "snapshot", abstract: "The snapshots of a data directory, every page checked.")

  @Argument(help: "The data directory.") var directory: String
  @OptionGroup var output: OutputOptions

  func run() throws {
    try Offline.run { () throws(EngineFault) in
      let inspector = try StoreInspector(path: directory)
      var table = Table([
        .text("file", rank: 9), .number("lsn"), .text("time"), .number("bytes"), .number("items"), .number("orders"),
        .number("fingerprints", rank: 7), .number("operations", rank: 6), .number("supplied", rank: 4),
        .number("available", rank: 3), .number("reserved", rank: 2), .number("sold", rank: 1),
        .number("scrapped", rank: 5), .text("state_hash", rank: 8),
      ])
      for path in try inspector.snapshotPaths() {
        let snapshot = try inspector.verifySnapshot(path)
        table.append([
          .string(String(path.split(separator: "/").last ?? "")), .integer(snapshot.lsn.rawValue),
          .string(snapshot.time.text), .integer(snapshot.bytes), .integer(snapshot.items), .integer(snapshot.orders),
          .integer(snapshot.fingerprints), .integer(snapshot.operations), .integer(snapshot.supplied),
          .integer(snapshot.available), .integer(snapshot.reserved), .integer(snapshot.sold),
          .integer(snapshot.scrapped), .string(String(snapshot.stateHash, radix: 16)),
        ])
      }
      output.show(table)
    }
  }
}
