import ArgumentParser
import Glibc
import StockClient

/// The options of every verb that speaks to a server.
struct GlobalOptions: ParsableArguments {
  @Option(name: [.short, .long], help: "host:port or unix:/path. Default: $STOCKCLI_SERVER, else 127.0.0.1:6480.")
  var server: ServerOption?

  @Option(help: ArgumentHelp("How long to wait for an answer: 500ms, 2s, 1m.", valueName: "time"))
  var timeout: TimeOption = TimeOption(duration: .seconds(5))

  @OptionGroup var output: OutputOptions

  var address: ServerAddress {
    get throws {
      if let server { return server.address }
      guard let text = Environment.value("STOCKCLI_SERVER"), !text.isEmpty else { return .local }
      guard let address = ServerAddress(text) else {
        Messages.say("STOCKCLI_SERVER is '\(text)'; it must be host:port or unix:/path")
        throw ExitCode.validationFailure
      }
      return address
    }
  }

  var clientConfiguration: ClientConfiguration {
    var configuration = ClientConfiguration()
    configuration.requestTimeout = timeout.duration
    configuration.attemptTimeout = timeout.duration
    configuration.connectTimeout = min(timeout.duration, .seconds(2))
    // Nobody waits at a terminal for a server that isn't there; a restarting one gets a second.
    configuration.retry.connectsMax = 6
    return configuration
  }

  /// Connects, runs `body`, closes; errors become messages and exit codes.
  func withClient(_ body: (StockClient) async throws -> Void) async throws {
    let address = try address
    do {
      let client = try await StockClient.connect(to: address, configuration: clientConfiguration)
      do {
        try await body(client)
      } catch {
        await client.close()
        throw error
      }
      await client.close()
    } catch let error as StockClientError {
      Messages.say(Self.text(error, address))
      throw Self.exitCode(error)
    }
  }

  static func exitCode(_ error: StockClientError) -> ExitCode {
    switch error.code {
    case .unreachable, .fateUnknown, .closed: .noAnswer
    case .dataRegression, .otherStore, .serverRefused, .protocolViolation, .tooManyWaiting: .serverError
    case .frameRejected, .badBatch: .refused
    }
  }

  /// Never says "failed" where the fate is unknown.
  static func text(_ error: StockClientError, _ address: ServerAddress) -> String {
    if error.mayHaveHappened {
      return
        "unknown: \(error.detail). It may have taken effect: run the same command with the same id again, or resolve the order."
    }
    switch error.code {
    case .unreachable: return "\(address) was not reached: \(error.detail)"
    case .fateUnknown, .dataRegression, .otherStore, .serverRefused, .frameRejected, .tooManyWaiting, .badBatch,
      .closed,
      .protocolViolation:
      return "\(address): \(error.detail). A retry \(error.mayRetryDiffer ? "may" : "will not") help."
    }
  }
}
