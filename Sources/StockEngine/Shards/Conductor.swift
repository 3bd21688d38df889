import CLinux

/// Decides which of a test's threads runs, one at a time, and how time passes: a run can then be repeated. Locks, conditions and
/// threads ask it wherever a thread could be put off for another.
package protocol Conductor: AnyObject, Sendable {
  /// Another thread may go first.
  func pause()
  /// The caller goes on once it is woken, or when so much time has passed. It must look again at what it waits for.
  /// - Returns: false if the time passed.
  func wait(on place: ObjectIdentifier, milliseconds: Int?) -> Bool
  /// Lets one thread go on that waits there, or all.
  func wake(_ place: ObjectIdentifier, all: Bool)
  /// Begins a thread that runs when it is its turn.
  func start(_ name: String, _ body: @escaping @Sendable () -> Void)
}

/// What conducts the present thread.
package enum Conducted {
  /// Whether locks and threads ask at all: release builds have no trace of it.
  package static var isBuiltIn: Bool {
    #if STOCK_TESTING
      true
    #else
      false
    #endif
  }

  package static var current: (any Conductor)? {
    guard let place = stock_conductor() else { return nil }
    return Unmanaged<Baton>.fromOpaque(place).takeUnretainedValue().conductor
  }

  /// Conducts the calling thread while `body` runs.
  package static func run<Result>(by conductor: any Conductor, _ body: () throws -> Result) rethrows -> Result {
    let baton = Baton(conductor)
    let before = stock_conductor()
    stock_set_conductor(Unmanaged.passUnretained(baton).toOpaque())
    defer { stock_set_conductor(before) }
    return try withExtendedLifetime(baton, body)
  }

  private final class Baton {
    let conductor: any Conductor
    init(_ conductor: any Conductor) { self.conductor = conductor }
  }
}
