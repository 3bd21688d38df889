import Glibc

/// One part of the store: an actor whose executor is a lock. Whoever holds the lock is inside the actor, on its own thread, so
/// any event loop decides in place; tasks get in by `await` as ever.
///
/// A thin shell: everything it does is done by the machine that it lends.
actor Shard {
  private let executor: LockExecutor
  /// Stored, since computing it costs as much as entering (measured: 0.1 us).
  nonisolated let unownedExecutor: UnownedSerialExecutor
  private var machine: Machine

  init(machine: consuming Machine) {
    let executor = LockExecutor()
    self.executor = executor
    unownedExecutor = executor.asUnownedSerialExecutor()
    self.machine = machine
  }

  /// Enters the actor on this thread.
  nonisolated func enter<Result: Sendable>(_ body: (isolated Shard) -> Result) -> Result {
    executor.lock()
    defer { executor.unlock() }
    return assumeIsolated(body)
  }

  /// Lends the machine for the time of `body`.
  func withMachine<Result>(_ body: (UnsafeMutablePointer<Machine>) -> Result) -> Result {
    withUnsafeMutablePointer(to: &machine, body)
  }

  /// For tasks: the shard's part of the state hash and its number of open orders.
  func summary() -> (stateHash: UInt64, openOrders: Int) { (machine.stateHash, machine.openOrders) }
}

/// "Isolated" means "this thread holds the lock".
///
/// `@unchecked Sendable`: `owner` is written under the lock, and read under it or compared with the reader's own id.
final class LockExecutor: SerialExecutor, @unchecked Sendable {
  private let mutex = Lock()
  private var owner: pthread_t = 0

  /// Jobs of tasks that await the actor. They block for the lock, so they keep off the cooperative pool.
  private static let jobs = JobThread()

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    Self.jobs.run { [self] in
      lock()
      job.runSynchronously(on: asUnownedSerialExecutor())
      unlock()
    }
  }

  // Out of line: the compiler takes `pthread_self` for a constant and would carry it across a suspension.

  @inline(never)
  func lock() {
    mutex.lock()
    owner = pthread_self()
  }

  @inline(never)
  func unlock() {
    owner = 0
    mutex.unlock()
  }

  @inline(never)
  func checkIsolated() {
    precondition(owner == pthread_self(), "a shard was touched without its lock")
  }

  @inline(never)
  func isIsolatingCurrentContext() -> Bool? { owner == pthread_self() }
}

/// A thread that runs jobs one after the other.
///
/// `@unchecked Sendable`: the queue is read and written under the lock.
private final class JobThread: @unchecked Sendable {
  private let lock = Lock(isShared: true)
  private let work = Condition()
  private var queue: [@Sendable () -> Void] = []
  private var isStarted = false

  func run(_ job: @escaping @Sendable () -> Void) {
    lock.lock()
    queue.append(job)
    let starts = !isStarted
    isStarted = true
    lock.unlock()
    if starts { _ = Thread(name: "stockd-jobs", isShared: true) { [self] in serve() } }
    work.signal()
  }

  private func serve() {
    while true {
      lock.lock()
      while queue.isEmpty { work.wait(lock) }
      let job = queue.removeFirst()
      lock.unlock()
      job()
    }
  }
}
