import StockEngine

/// The store's files: the first byte says whether their checks are made right before they are read, so that what lies behind them is
/// reached. Whatever the bytes, reading gives a result or a fault.
enum FileFuzz {
  private static let reader = HostileFile(store: TestStore.id)
  private static let repair = CheckRepair(store: TestStore.id)
  private static let folder = "/store"

  /// - Parameter mode: 0 a segment as it is, 1 one whose checks are made right, else the raw bytes of one group.
  static func readSegment(_ input: UnsafeRawBufferPointer, mode: UInt8) {
    attempt { () throws(EngineFault) in
      if mode > 1 { return try reader.readGroup(input) }
      let file = copy(of: input)
      defer { file.deallocate() }
      if mode == 1 { repair.repairSegment(file) }
      try reader.readSegment(file)
    }
  }

  /// - Parameter mode: 0 as it is, else its checks are made right.
  static func readSnapshot(_ input: UnsafeRawBufferPointer, mode: UInt8) {
    let file = copy(of: input)
    defer { file.deallocate() }
    if mode != 0 { repair.repairSnapshot(file) }
    let path = "\(folder)/snap/\(padded(number(file))).snap"
    attempt { () throws(EngineFault) in try reader.readSnapshot(storage(with: file, path), path: folder) }
  }

  /// - Parameter mode: 0 as it is, else its checks are made right.
  static func readArchive(_ input: UnsafeRawBufferPointer, mode: UInt8) {
    let file = copy(of: input)
    defer { file.deallocate() }
    if mode != 0 { repair.repairArchive(file) }
    let path = "\(folder)/archive/\(padded(number(file))).arc"
    attempt { () throws(EngineFault) in try reader.readArchive(storage(with: file, path), path: path) }
  }

  private static func attempt(_ read: () throws(EngineFault) -> Void) {
    do throws(EngineFault) {
      try read()
    } catch {
      precondition(!error.message.isEmpty && !error.advice.isEmpty, "a fault says what happened, and what to do")
      precondition(error.exitStatus == 65, "bytes are damaged, foreign or newer: \(error)")
    }
  }

  /// What the file must be named by: the LSN of a snapshot, the sequence of an archive file.
  private static func number(_ file: UnsafeMutableRawBufferPointer) -> UInt64 {
    file.count < 40 ? 1 : UInt64(littleEndian: file.loadUnaligned(fromByteOffset: 32, as: UInt64.self))
  }

  private static func padded(_ number: UInt64) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 20 - digits.count) + digits
  }

  private static func copy(of input: UnsafeRawBufferPointer) -> UnsafeMutableRawBufferPointer {
    let file = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count, alignment: 64)
    file.copyMemory(from: input)
    return file
  }

  private static func storage(with file: UnsafeMutableRawBufferPointer, _ path: String) -> SimulatedStorage {
    let storage = SimulatedStorage()
    do {
      for name in ["snap", "archive"] { try storage.createDirectory("\(folder)/\(name)") }
      let written = try storage.open(path, .create)
      try written.write(UnsafeRawBufferPointer(file), at: 0)
      written.close()
    } catch {
      preconditionFailure("a simulated disk without faults refuses: \(error)")
    }
    return storage
  }
}
