/// Lends a state of its own to fold into: one shard that holds everything, empty at first, gone afterwards.
func withFoldingMachine<Result>(
  _ store: StoreID, _ body: (MachineSet) throws(EngineFault) -> Result
) throws(EngineFault) -> Result {
  let places = UnsafeMutablePointer<UnsafeMutablePointer<Machine>?>.allocate(capacity: 1)
  let machine = UnsafeMutablePointer<Machine>.allocate(capacity: 1)
  machine.initialize(to: Machine(store: store, tracksDeadlines: false))
  defer {
    machine.deinitialize(count: 1)
    machine.deallocate()
    places.deallocate()
  }
  var machines = MachineSet(places: places, shards: 1, store: store)
  machines.hold(machine, shard: 0)
  return try body(machines)
}

/// Lends room for the raw bytes of any group or block.
func withGroupScratch<Result>(
  _ body: (UnsafeMutableRawBufferPointer) throws(EngineFault) -> Result
) throws(EngineFault) -> Result {
  let raw = UnsafeMutableRawBufferPointer.allocate(
    byteCount: LogFormat.groupRawBytesMax + CommandBatch.slackBytes, alignment: 64)
  defer { raw.deallocate() }
  return try body(raw)
}
