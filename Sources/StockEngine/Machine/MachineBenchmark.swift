/// What the benchmark tool measures of the machine alone. Not for use: nothing it decides is kept.
public struct MachineBenchmark: ~Copyable {
  private var machine: Machine
  private let places: UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>
  private var decider: Decider
  private var now = Timestamp(milliseconds: 1_750_000_000_000)

  /// - Parameter warmBytes: memory to make ready beforehand, so that the system's clearing of pages is not measured.
  public init(store: StoreID = StoreID(low: 1, high: 2), rules: Rules = Rules(), warmBytes: Int = 0) {
    LargePages.prepare(bytes: warmBytes)
    machine = Machine(store: store)
    places = .allocate(capacity: 1)
    decider = Decider(rules: rules, store: store, machines: MachineSet(places: places, shards: 1, store: store))
  }

  deinit { places.deallocate() }

  /// Decides, folds and encodes a batch, as a shard would.
  /// - Returns: the bytes of its records.
  public mutating func execute(_ batch: inout CommandBatch, into replies: inout ReplyBatch) -> Int {
    batch.seal()
    now = now.adding(milliseconds: 1)
    var bytes = 0
    withUnsafeMutablePointer(to: &machine) { machine in
      decider.machines.hold(machine, shard: 0)
      batch.commands.withUnsafeBufferPointer { commands in
        batch.lines.withUnsafeBufferPointer { lines in
          batch.bytes.withUnsafeBufferPointer { text in
            decider.bytes = text.baseAddress!
            if let lines = lines.baseAddress { decider.commandLines = lines }
            decider.now = now
            var start = 0
            while start < commands.count {
              _ = decider.openWindow(of: commands, from: start)
              decider.beginSection()
              decider.beginTouching(commands)
              for index in decider.window {
                decider.touchAhead(of: index, commands)
                replies.replies.append(decider.decide(commands[index], at: index, into: &replies))
              }
              bytes += decider.section.count
              start = decider.window.upperBound
            }
          }
        }
      }
      decider.machines.releaseAll()
    }
    return bytes
  }

  /// Bytes for each subject that a limit counts; 0 if there is none.
  public var useBytes: Double {
    if machine.uses.count == 0 { return 0 }
    let indexes = machine.partitions.reduce(0) { $0 + machine.partition($1).pointee.uses.memoryBytes }
    return Double(machine.uses.memoryBytes + indexes) / Double(machine.uses.count)
  }

  /// Bytes of everything that the machine has allocated.
  public var memoryBytes: Int { machine.memoryBytes }
}

extension Machine {
  /// Bytes of the slabs, the arena, the indexes and the deadlines.
  public var memoryBytes: Int {
    var bytes = items.memoryBytes + totals.memoryBytes + orders.memoryBytes + fingerprints.memoryBytes
    bytes += uses.memoryBytes + unpaid.memoryBytes + buyers.memoryBytes
    for scope in scopes { bytes += scope.pointee.unpaid.memoryBytes }
    bytes +=
      operations.memoryBytes + chunks.memoryBytes + poolLinks.memoryBytes + arena.memoryBytes + deadlines.memoryBytes
    for number in partitions {
      bytes += partition(number).pointee.memoryBytes
    }
    return bytes
  }
}
