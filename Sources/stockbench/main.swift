// The figures that need no server: the machine alone, memory, log bytes, recovery. `make bench` runs this first.
import StockEngine

let arguments = CommandLine.arguments.dropFirst()
if arguments.first == "walks" {
  var figure = WalkFigure()
  figure.measure()
} else {
  try measureAll()
}

func measureAll() throws {
  let orders = arguments.first.flatMap { Int($0) } ?? 4_000_000
  guard orders >= 100_000 else {
    fatalError("usage: stockbench [ORDERS [DIRECTORY]] or stockbench walks; at least 100000 orders")
  }

  MachineFigure(orders: orders).measure()
  MemoryFigure(count: min(orders, 2_000_000)).measure()
  AttemptFigure(directory: arguments.dropFirst().first.map { "\($0)-attempts" }).measure()
  if let directory = arguments.dropFirst().first {
    try ExpiryFigure(holds: 1_000_000, directory: "\(directory)-expiry").measure()
    try RecoveryFigure(orders: orders, directory: directory).measure()
    for groupCommands in [100, 1000] {
      try ArchiveFigure(
        orders: orders, directory: "\(directory)-archive-\(groupCommands)", groupCommands: groupCommands
      )
      .measure()
    }
  }
}
