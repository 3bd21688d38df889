import Foundation
import StockTestSupport
import Testing

@testable import StockEngine

/// The rules of the model, told as stories in Stories/*.txt. Each is played with one shard and with four.
@Suite struct StoryTests {
  static let files: [String] = {
    let folder = Bundle.module.url(forResource: "Stories", withExtension: nil)
    let names = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) } ?? []
    return names.filter { $0.hasSuffix(".txt") }.sorted()
  }()

  @Test(arguments: files, [1, 4])
  func story(_ file: String, shards: Int) throws {
    let folder = try #require(Bundle.module.url(forResource: "Stories", withExtension: nil))
    let text = try String(contentsOf: folder.appendingPathComponent(file), encoding: .utf8)
    do {
      try Self.runner(shards).play(Story(text))
    } catch let difference as Story.Difference {
      Issue.record("Stories/\(file):\(difference.line), with \(shards) shards: \(difference.message)")
    }
  }

  private static func runner(_ shards: Int) -> StoryRunner {
    StoryRunner(shards: shards) { store, lsn in
      try store.events(after: lsn).filter { ![.heartbeat, .sealed, .epochBegan].contains($0.kind) }.map {
        ($0.lsn, $0.text)
      }
    }
  }

  /// The folder's first page leads to every story, and to no other.
  @Test func firstPageNamesThemAll() throws {
    let folder = try #require(Bundle.module.url(forResource: "Stories", withExtension: nil))
    let page = try String(contentsOf: folder.appendingPathComponent("README.md"), encoding: .utf8)
    let named = page.matches(of: /\(([a-z0-9-]+\.txt)\)/).map { String($0.1) }
    #expect(named.sorted() == Self.files)
    #expect(Self.files.count >= 32)
  }

  /// A story that says something wrong is caught, at its line.
  @Test(arguments: [
    ("preheat op-1 A=1\n-> done available=2", 2), ("# a remark\n\npreheat op-1 A=1\n-> done again", 4),
    ("preheat op-1 A=1\n-> done !available=1", 2), ("preheat op-1 A=1", 1), ("sing", 1), ("tick\n-> done", 2),
    ("preheat op-1 A=1\n-> done\nlog\n-> nothing", 3), ("preheat op-1 A=1\n-> itemExists", 2),
  ])
  func wrongStories(_ text: String, line: Int) {
    let difference = #expect(throws: Story.Difference.self) { try Self.runner(1).play(Story(text)) }
    #expect(difference?.line == line)
  }
}
