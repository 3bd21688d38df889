import StockEngine
import StockTestSupport

/// One life of the daemon: a store with all its threads, and event loops that serve connections.
final class SimulatedDaemon {
  let inventory: Inventory
  private let loops: [SimulatedLoop]

  init(
    _ inventory: Inventory, disk: FaultyDisk, loops count: Int, base: Int64, onDelivery: @escaping @Sendable () -> Void
  ) {
    self.inventory = inventory
    loops = (0..<count).map { _ in SimulatedLoop(inventory, disk: disk, base: base, onDelivery: onDelivery) }
    for loop in loops { loop.start() }
  }

  func send(_ attempts: [Attempt], on connection: SimulatedConnection) {
    loops[connection.client % loops.count].send(attempts, on: connection)
  }

  /// Ends the threads. Nothing that they still try reaches a disk that was stopped.
  func abandon() {
    for loop in loops { loop.stop() }
    inventory.abandon()
  }

  /// Stops as a daemon that was told to.
  func shutDown() throws(EngineFault) {
    for loop in loops { loop.stop() }
    try inventory.shutdown()
  }
}
