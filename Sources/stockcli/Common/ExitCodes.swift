import ArgumentParser
import Glibc

/// What the tool exits with. Usage errors are ArgumentParser's own, 64.
extension ExitCode {
  /// Something was refused; the state is as it was.
  static let refused = ExitCode(1)
  /// No connection, or no answer in time.
  static let noAnswer = ExitCode(2)
  /// The server could not do its part.
  static let serverError = ExitCode(3)
  /// Damage was found.
  static let corruption = ExitCode(4)
  /// Nobody reads standard output any more: what a shell tells of a program that SIGPIPE ended.
  static let noReader = ExitCode(128 + SIGPIPE)
}

extension InputFault {
  /// Says what is wrong with a file that a verb was given.
  /// - Returns: what the verb ends with: the same for all that read files.
  func told(of path: String, by verb: String) -> ExitCode {
    Messages.say("\(verb): \(path): \(self)")
    return isOfPath ? .validationFailure : .refused
  }
}
