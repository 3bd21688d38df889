import CLinux
import Glibc
import Synchronization

/// A pthread mutex. (`Synchronization.Mutex` gave false race reports under the thread sanitizer.)
///
/// `@unchecked Sendable`: the mutex is made for several threads, and its memory lives as long as this object.
package final class Lock: @unchecked Sendable {
  let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// Threads of several stores take it: a test that conducts one of them leaves it alone.
  private let isShared: Bool

  package init(isShared: Bool = false) {
    self.isShared = isShared
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    let status = pthread_mutex_init(mutex, nil)
    precondition(status == 0, "pthread_mutex_init failed with \(status)")
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  package func lock() {
    #if STOCK_TESTING
      if !isShared, let conductor = Conducted.current { return lock(conductor) }
    #endif
    pthread_mutex_lock(mutex)
  }

  package func unlock() {
    pthread_mutex_unlock(mutex)
    #if STOCK_TESTING
      if !isShared { Conducted.current?.wake(ObjectIdentifier(self), all: false) }
    #endif
  }

  #if STOCK_TESTING
    private func lock(_ conductor: any Conductor) {
      conductor.pause()
      while pthread_mutex_trylock(mutex) != 0 { _ = conductor.wait(on: ObjectIdentifier(self), milliseconds: nil) }
    }
  #endif

  package func withLock<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    lock()
    defer { unlock() }
    return try body()
  }
}

/// A condition variable that belongs to a lock.
///
/// `@unchecked Sendable`: as for `Lock`.
package final class Condition: @unchecked Sendable {
  private let condition: UnsafeMutablePointer<pthread_cond_t>

  package init() {
    condition = .allocate(capacity: 1)
    condition.initialize(to: pthread_cond_t())
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    let status = pthread_cond_init(condition, &attributes)
    precondition(status == 0, "pthread_cond_init failed with \(status)")
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    condition.deallocate()
  }

  package func wait(_ lock: Lock) {
    #if STOCK_TESTING
      if let conductor = Conducted.current {
        _ = wait(lock, conductor, milliseconds: nil)
        return
      }
    #endif
    pthread_cond_wait(condition, lock.mutex)
  }

  /// - Returns: false if the time passed.
  package func wait(_ lock: Lock, milliseconds: Int) -> Bool {
    #if STOCK_TESTING
      if let conductor = Conducted.current { return wait(lock, conductor, milliseconds: milliseconds) }
    #endif
    var deadline = timespec()
    clock_gettime(CLOCK_MONOTONIC, &deadline)
    deadline.tv_sec += milliseconds / 1000
    deadline.tv_nsec += milliseconds % 1000 * 1_000_000
    if deadline.tv_nsec >= 1_000_000_000 {
      deadline.tv_sec += 1
      deadline.tv_nsec -= 1_000_000_000
    }
    return pthread_cond_timedwait(condition, lock.mutex, &deadline) == 0
  }

  package func signal() {
    #if STOCK_TESTING
      Conducted.current?.wake(ObjectIdentifier(self), all: false)
    #endif
    pthread_cond_signal(condition)
  }

  package func broadcast() {
    #if STOCK_TESTING
      Conducted.current?.wake(ObjectIdentifier(self), all: true)
    #endif
    pthread_cond_broadcast(condition)
  }

  #if STOCK_TESTING
    private func wait(_ lock: Lock, _ conductor: any Conductor, milliseconds: Int?) -> Bool {
      lock.unlock()
      let isWoken = conductor.wait(on: ObjectIdentifier(self), milliseconds: milliseconds)
      lock.lock()
      return isWoken
    }
  #endif
}

/// Can be set once.
final class OnceFlag: Sendable {
  private let flag = Atomic(false)
  /// - Returns: true the first time.
  func set() -> Bool { !flag.exchange(true, ordering: .acquiringAndReleasing) }
  var isSet: Bool { flag.load(ordering: .acquiring) }
}

/// A thread of our own, for calls that block.
package final class Thread: Sendable {
  private let done = Gate()

  package enum Urgency: Sendable {
    /// Lets everything else go first.
    case background
    case usual
    /// Somebody waits for it: it runs soon after it wakes.
    case prompt
  }

  /// - Parameter isShared: it serves several stores, so a test that conducts one of them leaves it alone.
  package init(
    name: String, _ urgency: Urgency = .usual, isShared: Bool = false, _ body: @escaping @Sendable () -> Void
  ) {
    #if STOCK_TESTING
      if !isShared, let conductor = Conducted.current {
        conductor.start(name) { [done] in
          body()
          done.open()
        }
        return
      }
    #endif
    let start = Start(name: name, urgency: urgency, body: body, done: done)
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        let done = Thread.run(Unmanaged<Start>.fromOpaque(argument!))
        done.open()
        return nil
      }, Unmanaged.passRetained(start).toOpaque())
    precondition(status == 0, "pthread_create failed with \(status)")
    pthread_detach(thread)
  }

  static var isCurrentBackground: Bool { stock_is_background() != 0 }

  /// Returns when the body has ended and everything that it held on to is let go of.
  package func join() { done.wait() }

  package static func sleep(milliseconds: Int) {
    #if STOCK_TESTING
      if let conductor = Conducted.current {
        _ = conductor.wait(on: ObjectIdentifier(Thread.self), milliseconds: milliseconds)
        return
      }
    #endif
    usleep(UInt32(milliseconds) * 1000)
  }

  private static func run(_ argument: Unmanaged<Start>) -> Gate {
    let start = argument.takeRetainedValue()
    stock_name_thread(start.name)
    switch start.urgency {
    case .usual: break
    case .prompt: stock_ask_for_short_slices()
    case .background:
      stock_mark_background()
      // On Linux a nice value belongs to the thread.
      _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 15)
    }
    start.body()
    return start.done
  }

  private final class Start: Sendable {
    let name: String
    let urgency: Urgency
    let body: @Sendable () -> Void
    let done: Gate

    init(name: String, urgency: Urgency, body: @escaping @Sendable () -> Void, done: Gate) {
      self.name = name
      self.urgency = urgency
      self.body = body
      self.done = done
    }
  }
}

/// Opens once; everybody who waits then passes.
///
/// `@unchecked Sendable`: `isOpen` is read and written under the lock.
final class Gate: @unchecked Sendable {
  private let lock = Lock()
  private let condition = Condition()
  private var isOpen = false

  func open() {
    lock.withLock { isOpen = true }
    condition.broadcast()
  }

  func wait() {
    lock.lock()
    while !isOpen { condition.wait(lock) }
    lock.unlock()
  }
}
