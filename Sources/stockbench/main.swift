import StockEngine

struct XorShift {
  var state: UInt64 = 88_172_645_463_325_252
  mutating func next(_ bound: UInt64) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % bound)
  }
}
var random = XorShift()

let skus = 1_000_000
let orders = 4_000_000
var bench = MachineBenchmark(warmBytes: 1 << 30)
var batch = CommandBatch()
var replies = ReplyBatch()

func digits(_ n: Int, width: Int) -> [UInt8] {
  var out = [UInt8](repeating: 48, count: width)
  var rest = n
  var i = width - 1
  while rest > 0 && i >= 0 { out[i] = 48 + UInt8(rest % 10); rest /= 10; i -= 1 }
  return out
}
var made = 0
while made < skus {
  batch.removeAll()
  replies.removeAll()
  let op = batch.store(Array("preheat-".utf8) + digits(made, width: 8))
  let start = batch.lineCount
  for k in 0..<1000 {
    let name = batch.store(Array("SKU-".utf8) + digits(made + k, width: 7))
    batch.appendLine(item: name, quantity: 1_000_000)
  }
  batch.append(.preheat(Preheat(operation: op, lines: IndexRange(start: UInt32(start), count: 1000), replace: false)))
  _ = bench.execute(&batch, into: &replies)
  precondition(replies.replies[0].outcome == .done)
  made += 1000
}
let base = bench.memoryBytes
print("preheated \(skus), memory \(base >> 20) MiB")

// Batches of 100 made beforehand would not fit; make 20,000 commands at a time, then time their decision.
let clock = ContinuousClock()
var spent = Duration.zero
var done = 0
var recordBytes = 0
while done < orders {
  batch.removeAll()
  replies.removeAll()
  for k in 0..<1_000 {
    let id = batch.store(Array("order-".utf8) + digits(random.next(100_000_000_000_000), width: 14))
    let name = batch.store(Array("SKU-".utf8) + digits(random.next(UInt64(skus)), width: 7))
    let start = batch.lineCount
    batch.appendLine(item: name, quantity: 1)
    let buyer = batch.store(Array("u".utf8) + digits(done + k, width: 7))
    batch.append(.reserve(Reserve(order: id, buyer: buyer, payload: .empty, lines: IndexRange(start: UInt32(start), count: 1), holdMilliseconds: 0, issuedAt: .zero)))
  }
  let t = clock.now
  recordBytes += bench.execute(&batch, into: &replies)
  spent += clock.now - t
  for r in replies.replies { precondition(r.outcome == .reserved) }
  done += 1_000
}
let s = Double(spent.components.seconds) + Double(spent.components.attoseconds) * 1e-18
print("reserve: \(s / Double(orders) * 1e9) ns, \(Double(orders) / s / 1e6) M/s, raw bytes/order \(Double(recordBytes) / Double(orders)), memory/order \(Double(bench.memoryBytes - base) / Double(orders))")
