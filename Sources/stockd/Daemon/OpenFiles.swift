import Glibc

/// The process's limit of open files. A daemon that runs out of descriptors cannot begin its next log segment, so connections
/// never get them all.
enum OpenFiles {
  /// For the log, snapshots, listeners, event loops, and whoever looks at the process.
  static let reserved = 256

  /// Raises the soft limit to the hard one.
  /// - Parameter refusedMax: connections that are refused at the same time: they take descriptors, too.
  /// - Returns: how many connections fit below it.
  static func raiseLimit(refusedMax: Int) -> Int {
    let reserved = reserved + refusedMax
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return 1024 - reserved }
    if limit.rlim_cur < limit.rlim_max {
      limit.rlim_cur = limit.rlim_max
      _ = setrlimit(resource, &limit)
      _ = getrlimit(resource, &limit)
    }
    return max(1, Int(clamping: limit.rlim_cur) - reserved)
  }
}
