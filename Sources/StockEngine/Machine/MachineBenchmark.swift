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

  /// Lets time pass, and files away and forgets what has been kept long enough.
  public mutating func retire(afterMilliseconds milliseconds: Int64) {
    now = now.adding(milliseconds: milliseconds)
    withUnsafeMutablePointer(to: &machine) { machine in
      decider.machines.hold(machine, shard: 0)
      decider.now = now
      decider.beginSection()
      decider.retireSales(salesMax: .max)
      for partition in machine.pointee.partitions {
        repeat { decider.beginSection() } while decider.retire(partition, ordersMax: 4096)
      }
      decider.machines.releaseAll()
    }
  }

  /// Full records of orders.
  public var ordersKept: Int { machine.orders.count }

  /// Bytes for each subject that a limit counts; 0 if there is none.
  public var useBytes: Double {
    each(machine.uses.count, machine.uses.memoryBytes + indexBytes { $0.pointee.uses.memoryBytes })
  }

  /// Bytes for each id that is left of an order, once no full record is kept; 0 if there is none.
  public var fingerprintBytes: Double {
    let ids = machine.fingerprints.count
    // Thirty-one ids a chunk of their queue.
    let queueBytes = MemoryLayout<SlotChunk>.stride * ids / Int(SlotChunk.slotsMax)
    return each(ids, machine.fingerprints.memoryBytes + queueBytes + indexBytes { $0.pointee.orders.memoryBytes })
  }

  /// Bytes for each buyer's unpaid order of a SKU, in sales that ask for it; 0 if there is none.
  public var unpaidBytes: Double {
    each(machine.unpaid.count, machine.unpaid.memoryBytes + indexBytes { $0.pointee.unpaid.memoryBytes })
  }

  /// Bytes of the largest index of unpaid orders: as much is moved at once when it grows.
  public var unpaidIndexBytesMax: Int {
    machine.partitions.reduce(0) { max($0, machine.partition($1).pointee.unpaid.memoryBytes) }
  }

  /// Bytes for each buyer that is flagged or let an order expire; 0 if there is none.
  public var buyerBytes: Double {
    each(machine.buyers.count, machine.buyers.memoryBytes + indexBytes { $0.pointee.buyers.memoryBytes })
  }

  private func each(_ count: Int, _ bytes: Int) -> Double { count == 0 ? 0 : Double(bytes) / Double(count) }

  private func indexBytes(_ index: (UnsafeMutablePointer<PartitionState>) -> Int) -> Int {
    machine.partitions.reduce(0) { $0 + index(machine.partition($1)) }
  }

  /// Bytes of everything that the machine has allocated.
  public var memoryBytes: Int { machine.memoryBytes }
}

extension Machine {
  /// Bytes of the slabs, the arena, the indexes and the deadlines.
  public var memoryBytes: Int {
    var bytes = items.memoryBytes + totals.memoryBytes + orders.memoryBytes + fingerprints.memoryBytes
    bytes += uses.memoryBytes + unpaid.memoryBytes + buyers.memoryBytes
    bytes +=
      operations.memoryBytes + chunks.memoryBytes + poolLinks.memoryBytes + arena.memoryBytes + deadlines.memoryBytes
    for number in partitions {
      bytes += partition(number).pointee.memoryBytes
    }
    return bytes
  }
}
