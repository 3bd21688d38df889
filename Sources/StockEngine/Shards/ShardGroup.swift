/// All shards of a store, and the one order in which their locks are taken: by number.
final class ShardGroup: Sendable {
  let shards: [Shard]
  let store: StoreID

  init(store: StoreID, shards count: Int) {
    self.store = store
    shards = (0..<count).map { index in
      Shard(machine: Machine(store: store, shard: index, of: count, tracksDeadlines: false))
    }
  }

  var count: Int { shards.count }
  var all: ShardSet { .all(shards.count) }

  /// Takes the locks of a set of shards in order and lends their machines to the decider for the time of `work`.
  @discardableResult
  func hold<Work: ShardWork>(_ set: ShardSet, _ decider: inout Decider, _ work: Work) -> Work.Outcome {
    hold(set.makeIterator(), &decider, work)
  }

  private func hold<Work: ShardWork>(
    _ rest: ShardSet.Iterator, _ decider: inout Decider, _ work: Work
  ) -> Work.Outcome {
    var rest = rest
    guard let index = rest.next() else {
      defer { decider.machines.releaseAll() }
      return work.run(&decider)
    }
    return shards[index].enter { shard in
      shard.withMachine { machine in
        decider.machines.hold(machine, shard: index)
        return hold(rest, &decider, work)
      }
    }
  }
}

/// What is done while shards are held. A value, not a closure: it crosses into the isolation of several actors.
protocol ShardWork: Sendable {
  associatedtype Outcome: Sendable
  func run(_ decider: inout Decider) -> Outcome
}
