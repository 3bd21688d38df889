// One fuzz target under libFuzzer: `stockfuzz TARGET [libFuzzer's arguments]`. Built by scripts/fuzz.sh only, with coverage and the
// address sanitizer.
import CFuzzer
import Glibc
import StockTestSupport

guard CommandLine.arguments.count >= 2, let target = FuzzTarget(rawValue: CommandLine.arguments[1]) else {
  print("usage: stockfuzz \(FuzzTarget.allCases.map(\.rawValue).joined(separator: "|")) [libFuzzer's arguments]")
  exit(64)
}
nonisolated(unsafe) var chosen = target

// The name of the program and what is left for libFuzzer.
let arguments = [CommandLine.arguments[0]] + CommandLine.arguments.dropFirst(2)
var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
exit(
  stock_fuzz(Int32(arguments.count), &pointers) { bytes, count in
    chosen.run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
  })
