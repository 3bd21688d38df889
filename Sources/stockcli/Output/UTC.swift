import Glibc
import StockEngine

/// Moments as people and programs read them: ISO 8601 in UTC, with milliseconds.
enum UTC {
  /// This machine's time.
  static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
  }

  static func text(_ time: Timestamp) -> String {
    let milliseconds = time.milliseconds
    let seconds = milliseconds.dividedFloor(by: 1000)
    let days = seconds.dividedFloor(by: 86_400)
    let (year, month, day) = civil(days)
    let ofDay = seconds - days * 86_400
    return "\(year)-\(two(month))-\(two(day))T\(two(ofDay / 3600)):\(two(ofDay / 60 % 60)):\(two(ofDay % 60))."
      + three(milliseconds - seconds * 1000) + "Z"
  }

  static func json(_ time: Timestamp?) -> JSONValue {
    guard let time, time != .zero else { return .null }
    return .string(text(time))
  }

  /// Days since 1970-01-01 to a date of the Gregorian calendar, by eras of 400 years that begin in March.
  private static func civil(_ days: Int64) -> (Int64, Int64, Int64) {
    let shifted = days + 719_468
    let era = shifted.dividedFloor(by: 146_097)
    let ofEra = shifted - era * 146_097
    let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
    let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * ofYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, ofYear - (153 * marchMonth + 2) / 5 + 1)
  }

  private static func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
  private static func three(_ value: Int64) -> String {
    value < 10 ? "00\(value)" : value < 100 ? "0\(value)" : "\(value)"
  }
}

extension Int64 {
  fileprivate func dividedFloor(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
