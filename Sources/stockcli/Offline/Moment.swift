import ArgumentParser
import Glibc
import StockEngine

/// A moment as people write it: `2026-11-21T10:00:00Z` or `2026-11-21T18:00:00+08:00`, with up to three decimals, or milliseconds
/// since 1970.
struct Moment: ExpressibleByArgument, Equatable {
  var timestamp: Timestamp

  init(timestamp: Timestamp) { self.timestamp = timestamp }

  init?(argument: String) {
    if let milliseconds = Int64(argument) {
      timestamp = Timestamp(milliseconds: milliseconds)
      return
    }
    guard let (local, zoneSeconds) = Self.zone(argument) else { return nil }
    let parts = local.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard var fields = Self.fields(parts[0]) else { return nil }
    var milliseconds: Int64 = 0
    if parts.count == 2 {
      guard (1...3).contains(parts[1].count), let fraction = Int64(parts[1]), fraction >= 0 else { return nil }
      milliseconds = [100, 10, 1][parts[1].count - 1] * fraction
    }
    timestamp = Timestamp(milliseconds: (Int64(timegm(&fields)) - zoneSeconds) * 1000 + milliseconds)
  }

  /// What stands before `Z`, `+08:00` or `-05:30`, and how many seconds the zone is ahead of UTC.
  private static func zone(_ text: String) -> (local: Substring, aheadSeconds: Int64)? {
    if text.hasSuffix("Z") { return (text.dropLast(), 0) }
    let zone = text.suffix(6)
    guard let sign = zone.first, sign == "+" || sign == "-" else { return nil }
    let parts = zone.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy(\.isNumber) }),
      let hours = Int64(parts[0]), let minutes = Int64(parts[1]), hours <= 23, minutes <= 59
    else { return nil }
    return (text.dropLast(6), (hours * 3600 + minutes * 60) * (sign == "+" ? 1 : -1))
  }

  /// `2026-11-21T10:00:00`, nothing looser.
  private static func fields(_ text: Substring) -> tm? {
    let halves = text.split(separator: "T", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    guard let date = numbers(halves[0], "-", digits: [4, 2, 2]),
      let clock = numbers(halves[1], ":", digits: [2, 2, 2]),
      (1...12).contains(date[1]), (1...31).contains(date[2]),
      (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    var fields = tm()
    (fields.tm_year, fields.tm_mon, fields.tm_mday) = (date[0] - 1900, date[1] - 1, date[2])
    // A 31st of February becomes another day.
    _ = timegm(&fields)
    guard fields.tm_mday == date[2] else { return nil }
    (fields.tm_hour, fields.tm_min, fields.tm_sec) = (clock[0], clock[1], clock[2])
    return fields
  }

  /// Numbers of exactly so many ASCII digits, with `separator` between them.
  private static func numbers(_ text: Substring, _ separator: Character, digits: [Int]) -> [Int32]? {
    let parts = text.split(separator: separator, omittingEmptySubsequences: false)
    guard parts.count == digits.count else { return nil }
    var numbers: [Int32] = []
    for (part, count) in zip(parts, digits) {
      guard part.utf8.count == count, part.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int32(part) else {
        return nil
      }
      numbers.append(number)
    }
    return numbers
  }

  var text: String {
    let milliseconds = timestamp.milliseconds
    let seconds = milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0)
    var time = time_t(seconds)
    var fields = tm()
    gmtime_r(&time, &fields)
    func padded(_ value: some BinaryInteger, _ width: Int) -> String {
      let digits = String(value)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    let date = "\(padded(fields.tm_year + 1900, 4))-\(padded(fields.tm_mon + 1, 2))-\(padded(fields.tm_mday, 2))"
    let clock = "\(padded(fields.tm_hour, 2)):\(padded(fields.tm_min, 2)):\(padded(fields.tm_sec, 2))"
    return "\(date)T\(clock).\(padded(milliseconds - seconds * 1000, 3))Z"
  }
}

extension Timestamp {
  var text: String { self == .zero ? "-" : Moment(timestamp: self).text }
}

/// What every offline verb shares: a directory and the way a fault becomes a message and an exit code.
enum Offline {
  static func run(_ body: () throws(EngineFault) -> Void) throws {
    do {
      try body()
    } catch {
      Messages.say("\(error)")
      throw exitCode(error)
    }
  }

  /// A store that does not have what it is asked for gives an answer, as a server does.
  static func noSuchItem(_ item: String) -> ExitCode {
    Messages.say("no such item: \(item)")
    return .refused
  }

  static func exitCode(_ fault: EngineFault) -> ExitCode {
    switch fault.code {
    case .corrupt, .missing, .otherStore: .corruption
    case .notAStore, .configuration: ExitCode(64)
    case .locked, .newerFormat, .logFailed, .noSpace, .io: .serverError
    }
  }
}
