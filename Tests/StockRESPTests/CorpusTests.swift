import Glibc
import StockTestSupport
import Testing

/// Inputs that a fuzzer found worth keeping, run again: see `make fuzz`. A finding's input joins them.
@Suite struct CorpusTests {
  @Test(arguments: FuzzTarget.allCases)
  func everyInputIsSurvived(target: FuzzTarget) throws {
    let folder = Self.corpus + "/" + target.rawValue
    let names = try Self.names(in: folder)
    #expect(names.count >= 20)
    for name in names {
      let input = try Self.read(folder + "/" + name)
      input.withUnsafeBytes { target.run($0) }
      // Cut anywhere, it is an input too.
      for end in [input.count / 3, input.count / 2, max(0, input.count - 1)] {
        input[..<end].withUnsafeBytes { target.run($0) }
      }
    }
  }

  private static let corpus = #filePath.split(separator: "/").dropLast(2).reduce("") { $0 + "/" + $1 } + "/Corpus"

  private struct CannotRead: Error {
    var path: String
  }

  private static func names(in folder: String) throws -> [String] {
    guard let directory = opendir(folder) else { throw CannotRead(path: folder) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private static func read(_ path: String) throws -> [UInt8] {
    guard let file = fopen(path, "rb") else { throw CannotRead(path: path) }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }
}
