import ArgumentParser
import Glibc
import StockClient
import StockEngine
import StockWire

/// `host:port` or `unix:/path`.
struct ServerOption: ExpressibleByArgument {
  var address: ServerAddress

  init?(argument: String) {
    guard let address = ServerAddress(argument) else { return nil }
    self.address = address
  }
}

/// A time with a unit: `500ms`, `2s`, `15m`, `1h`, `2d`. A bare number counts seconds.
struct TimeOption: ExpressibleByArgument, Equatable {
  var duration: Duration

  init(duration: Duration) { self.duration = duration }

  init?(argument: String) {
    let units: KeyValuePairs<String, Double> = ["ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "": 1]
    for (unit, seconds) in units where argument.hasSuffix(unit) {
      guard let number = Double(argument.dropLast(unit.count)), number > 0, number.isFinite else { continue }
      guard number * seconds < 1e9 else { return nil }
      duration = .milliseconds(Int64((number * seconds * 1000).rounded(.up)))
      return
    }
    return nil
  }

  var defaultValueDescription: String { String(describing: duration) }
  var nanoseconds: UInt64 {
    let (seconds, attoseconds) = duration.components
    return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}

/// `east,west,main`.
struct PoolsOption: ExpressibleByArgument, Equatable {
  var names: [String]

  init?(argument: String) {
    names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard names.count <= Bounds.poolsPerReserveMax, names.allSatisfy({ !$0.isEmpty }) else { return nil }
  }
}

/// `phone=13800138000`.
struct SubjectOption: ExpressibleByArgument, Equatable {
  var subject: WireSubject

  init?(argument: String) {
    guard let equals = argument.firstIndex(of: "="), equals > argument.startIndex else { return nil }
    let value = argument[argument.index(after: equals)...]
    guard !value.isEmpty else { return nil }
    subject = WireSubject(String(argument[..<equals]), String(value))
  }
}

/// How much a limit allows; `none` lifts it.
enum LimitOption: ExpressibleByArgument, Equatable {
  case at(UInt32)
  case lifted

  init?(argument: String) {
    if argument == "none" {
      self = .lifted
    } else if let max = UInt32(argument) {
      self = .at(max)
    } else {
      return nil
    }
  }
}

enum Environment {
  static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
