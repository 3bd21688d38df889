import StockModel
import StockTestSupport
import Testing

@testable import StockEngine

/// The log's last segment cut at every place: only what is provably torn goes, and nothing that was durable.
@Suite struct TailRuleTests {
  /// What must come of a last segment that ends, or turns to zeros, at a place.
  private func expected(_ log: SmallLog, cutAt place: Int) -> Verdict? {
    if place < LogFormat.segmentHeaderBytes { return nil }
    return Verdict(groups: log.groups(before: place), tail: log.boundaries.contains(place) ? .clean : .torn)
  }

  @Test func cutAtEveryByte() throws {
    let log = try SmallLog()
    let scanner = Scanner()
    var bytes = log.bytes
    let end = log.boundaries.last!
    bytes.withUnsafeMutableBytes { buffer in
      for place in 0...end {
        let cut = UnsafeMutableRawBufferPointer(rebasing: buffer[..<place])
        let verdict = scanner.scan(cut, name: log.name, isLast: true)
        #expect(verdict == expected(log, cutAt: place), "cut at \(place)")
      }
    }
  }

  @Test func zeroFromEverySector() throws {
    let log = try SmallLog()
    let scanner = Scanner()
    var place = log.boundaries.last!
    var bytes = log.bytes
    #expect(bytes[place...].allSatisfy { $0 == 0 }, "what is behind the last group was never written")
    while place > LogFormat.segmentHeaderBytes {
      place -= 512
      for index in place..<place + 512 { bytes[index] = 0 }
      let verdict = bytes.withUnsafeMutableBytes { scanner.scan($0, name: log.name, isLast: true) }
      #expect(verdict == expected(log, cutAt: place), "zero from \(place)")
    }
  }

  /// Any subset of the last group's sectors may be missing; it is torn then, and the groups before it stay.
  @Test func sectorsOfTheLastGroupMissing() throws {
    let log = try SmallLog()
    let scanner = Scanner()
    for group in 1..<log.boundaries.count {
      let (start, end) = (log.boundaries[group - 1], log.boundaries[group])
      let sectors = (end - start) / 512
      var whole = log.bytes
      for index in end..<log.boundaries.last! { whole[index] = 0 }
      var random = SplitMix64(seed: UInt64(group))
      for trial in 0..<(sectors <= 8 ? 255 : 400) {
        let kept = sectors <= 8 ? UInt64(trial) : random.next() & (1 << UInt64(sectors) - 1)
        var bytes = whole
        for sector in 0..<sectors where kept >> UInt64(sector) & 1 == 0 {
          for index in start + sector * 512..<start + sector * 512 + 512 { bytes[index] = 0 }
        }
        if bytes == whole { continue }
        let verdict = bytes.withUnsafeMutableBytes { scanner.scan($0, name: log.name, isLast: true) }
        #expect(
          verdict == Verdict(groups: group - 1, tail: kept == 0 ? .clean : .torn),
          "group \(group) with the sectors of \(String(kept, radix: 2))")
      }
    }
  }

  /// A later group proves that the damaged one was durable.
  @Test func aSectorMissingBeforeALaterGroup() throws {
    let log = try SmallLog()
    let scanner = Scanner()
    let lastGroup = log.boundaries[log.boundaries.count - 2]
    for sector in LogFormat.segmentHeaderBytes / 512..<lastGroup / 512 {
      var bytes = log.bytes
      for index in sector * 512..<sector * 512 + 512 { bytes[index] = 0 }
      let verdict = bytes.withUnsafeMutableBytes { scanner.scan($0, name: log.name, isLast: true) }
      #expect(verdict == Verdict(groups: log.groups(before: sector * 512), tail: .corrupt), "sector \(sector)")
    }
  }

  // MARK: The whole store

  /// The store itself, at the places where something changes: the state is that of the groups before the cut.
  @Test func theStoreOfEveryCut() throws {
    let log = try SmallLog()
    let places = log.boundaries.flatMap { [$0 - 1, $0, $0 + 1, $0 + 79, $0 + 80, $0 + 512] }
    for place in Set(places).sorted() where place <= log.boundaries.last! && place >= LogFormat.segmentHeaderBytes {
      for hasZeros in [false, true] {
        if hasZeros && place % 512 != 0 { continue }
        let rest = hasZeros ? [UInt8](repeating: 0, count: log.bytes.count - place) : []
        let store = try log.open(log.path, Array(log.bytes[..<place]) + rest)
        #expect(try Observation(store) == log.states[log.groups(before: place)], "cut at \(place)")
        let isTorn = !log.boundaries.contains(place)
        #expect((store.inventory.recovery.tornBytes > 0) == isTorn)
        try checkTornFile(store, log, place, isTorn)
        // And it goes on from there.
        #expect(try store.perform("cancel after-the-cut").outcome == .fenced)
        try store.kill()
        #expect(try store.perform("cancel after-the-cut").description == "fenced again")
      }
    }
  }

  private func checkTornFile(_ store: TestStore, _ log: SmallLog, _ place: Int, _ isTorn: Bool) throws {
    guard isTorn else { return }
    let file = try #require(store.inventory.recovery.tornFile)
    let saved = try #require(store.storage.bytes(file), "what was cut is saved")
    let start = log.boundaries.last { $0 <= place }!
    #expect(saved.starts(with: log.bytes[start..<place]))
  }

  @Test func aSealedSegmentCutShort() throws {
    let log = try SmallLog(earlierSegments: 2)
    let path = "\(TestStore.path)/log/\(LogFormat.segmentName(2))"
    let bytes = try #require(log.disk.bytes(path))
    for place in [0, 100, 4095, 4096, 4097, 5000, bytes.count - 4096, bytes.count - 1] {
      let fault = #expect(throws: EngineFault.self) { _ = try log.open(path, Array(bytes[..<place])) }
      #expect(fault?.code == .corrupt)
      #expect(fault?.file?.hasSuffix(LogFormat.segmentName(2)) == true)
      #expect(fault?.offset != nil)
    }
  }

  /// Bytes behind the group that seals a segment.
  @Test func bytesBehindTheSeal() throws {
    let log = try SmallLog(earlierSegments: 2)
    let path = "\(TestStore.path)/log/\(LogFormat.segmentName(2))"
    let bytes = try #require(log.disk.bytes(path))
    let fault = #expect(throws: EngineFault.self) { _ = try log.open(path, bytes + [1]) }
    #expect(fault?.code == .corrupt)
    // Zeros are what was preallocated and whose cut was not durable.
    let store = try log.open(path, bytes + [UInt8](repeating: 0, count: 4096))
    #expect(try Observation(store) == log.states.last)
  }
}
