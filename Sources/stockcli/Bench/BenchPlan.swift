import ArgumentParser
import StockClient
import StockHistory

/// What a load consists of: a cycle of commands that every connection repeats. Settling commands name the order that the last
/// placing one made; commands of a connection take effect in order, so it is always there.
enum BenchMix: String, CaseIterable, Sendable, ExpressibleByArgument {
  case reserve
  /// Every order is reserved, then confirmed.
  case confirm
  /// Every order is reserved, then cancelled: the stock lasts for ever.
  case cancel
  case deduct
  /// Reads of one item.
  case get

  enum Step: Sendable { case reserve, confirm, cancel, deduct, get }

  var cycle: [Step] {
    switch self {
    case .reserve: [.reserve]
    case .confirm: [.reserve, .confirm]
    case .cancel: [.reserve, .cancel]
    case .deduct: [.deduct]
    case .get: [.get]
    }
  }
}

/// Which SKUs are in demand.
enum BenchSkew: Equatable, Sendable, ExpressibleByArgument {
  case uniform
  /// All of the demand on one SKU.
  case hot
  /// The n-th SKU is wanted in proportion to 1 / n^exponent.
  case zipf(Double)

  init?(argument: String) {
    switch argument {
    case "uniform": self = .uniform
    case "hot": self = .hot
    case "zipf": self = .zipf(0.99)
    default:
      guard argument.hasPrefix("zipf:"), let exponent = Double(argument.dropFirst(5)), exponent > 0, exponent < 10
      else { return nil }
      self = .zipf(exponent)
    }
  }

  var name: String {
    switch self {
    case .uniform: "uniform"
    case .hot: "hot"
    case .zipf(let exponent): "zipf:\(exponent)"
    }
  }

  /// A long series of SKU indices, to be walked in a circle.
  func series(skus: Int, count: Int, seed: UInt64) -> [UInt32] {
    var random = SplitMix(state: seed)
    switch self {
    case .hot: return Array(repeating: 0, count: count)
    case .uniform: return (0..<count).map { _ in UInt32(random.next() % UInt64(skus)) }
    case .zipf(let exponent):
      var sums: [Double] = []
      sums.reserveCapacity(skus)
      var sum = 0.0
      for rank in 1...skus {
        sum += 1 / power(Double(rank), exponent)
        sums.append(sum)
      }
      return (0..<count).map { _ in
        let wanted = Double(random.next() >> 11) / Double(1 << 53) * sum
        return UInt32(min(sums.firstIndexSorted { $0 >= wanted }, skus - 1))
      }
    }
  }
}

extension [Double] {
  /// The first index whose element satisfies a condition that holds from there on.
  fileprivate func firstIndexSorted(_ holds: (Double) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// Everything that the threads of one run must know.
struct BenchPlan: Sendable {
  var address: ServerAddress
  var connections: Int
  var threads: Int
  /// Frames in flight, a connection.
  var depth: Int
  /// Commands a frame.
  var batch: Int
  var skus: Int
  var skew: BenchSkew
  var mix: BenchMix
  /// Distinct buyers; 0: orders without one.
  var buyers: Int
  var warmUpNanoseconds: UInt64
  var durationNanoseconds: UInt64
  /// Orders (or reads) to send in all; nil: until the time is over.
  var ordersMax: Int?
  var holdMilliseconds: Int64
  var seed: UInt64
  /// Begins every order id of this run: 8 bytes.
  var run: String

  /// Who keeps every command and its answer, if the load is checked.
  var recorder: HistoryRecorder?

  /// The report tells every second too.
  var showsSeconds = false

  static let drainNanoseconds: UInt64 = 10_000_000_000

  static func itemName(_ index: Int) -> String {
    let digits = String(index)
    return "bench-" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
  }
}
