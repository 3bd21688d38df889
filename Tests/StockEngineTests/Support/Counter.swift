import Synchronization

/// Counts from several threads.
final class Counter: Sendable {
  private let value = Atomic(0)

  var count: Int { value.load(ordering: .relaxed) }

  /// - Returns: the number before.
  @discardableResult
  func next() -> Int { value.add(1, ordering: .relaxed).oldValue }
}
