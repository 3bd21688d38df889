import StockModel
import StockTestSupport

/// Everything that a client can read.
struct Observation: Equatable, CustomStringConvertible {
  static let items = ["A", "B@north", "A@~S"]
  static let orders = (1...9).map { "o-\($0)" }
  static var commands: [ShopCommand] { [.get(items), .sale("S")] + orders.map { .order($0) } }

  var answers: [Answer]

  init(_ store: TestStore) throws {
    // How often a sale refused is written once a second: what of it a crash took is nobody's to know.
    answers = try store.perform(Self.commands).map { $0.without("refused") }
  }

  init(_ model: ReferenceModel, at now: Int64) {
    var model = model
    answers = Self.commands.map { model.perform($0, at: now).without("refused") }
  }

  var description: String { answers.map(\.description).joined(separator: "\n") }
}
