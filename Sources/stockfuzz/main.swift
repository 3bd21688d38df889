// One fuzz target under libFuzzer: `STOCK_FUZZ_TARGET=resp stockfuzz [libFuzzer's arguments]`. The target comes by the environment,
// since libFuzzer starts its own program again with arguments of its making. Built by scripts/fuzz.sh only, with coverage and the
// address sanitizer.
import CFuzzer
import Glibc
import StockTestSupport

guard let name = getenv("STOCK_FUZZ_TARGET"), let target = FuzzTarget(rawValue: String(cString: name)) else {
  print("STOCK_FUZZ_TARGET must be one of \(FuzzTarget.allCases.map(\.rawValue).joined(separator: ", "))")
  exit(64)
}
let chosen = target

var pointers: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) } + [nil]
exit(
  stock_fuzz(Int32(CommandLine.arguments.count), &pointers) { bytes, count in
    chosen.run(UnsafeRawBufferPointer(start: bytes, count: count))
    return 0
  })
