import Glibc
import Logging
import StockEngine
import StockServer
import UnixSignals

/// One run: recover, serve, and stop when told to or when the log fails.
struct Daemon {
  let configuration: DaemonConfiguration
  let logger: Logger

  private enum Event: Sendable {
    case signal(UnixSignal)
    case logFailed(EngineFault)
  }

  private struct LogWatch: DurabilityListener {
    let events: AsyncStream<Event>.Continuation

    func logBecameDurable(upTo lsn: LSN) {}
    func logFailed(_ fault: EngineFault) { events.yield(.logFailed(fault)) }
  }

  func run() async throws(EngineFault) {
    let (events, sink) = AsyncStream.makeStream(of: Event.self)
    // Trapped before anything is opened: a signal during recovery stops the daemon right after it.
    let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
    let watch = Task {
      var stops = 0
      for await signal in signals {
        stops += 1
        // Whoever asks twice does not want to wait.
        if stops > 1 { _exit(128 + signal.rawValue) }
        sink.yield(.signal(signal))
      }
    }
    defer { watch.cancel() }

    let temporary = configuration.dataDirectory == nil ? try TemporaryDirectory() : nil
    let path = configuration.dataDirectory ?? temporary?.path ?? ""
    do throws(EngineFault) {
      try await serve(path, events, sink)
    } catch {
      if let temporary, error.code != .logFailed { temporary.remove() }
      throw error
    }
    temporary?.remove()
  }

  private func serve(
    _ path: String, _ events: AsyncStream<Event>, _ sink: AsyncStream<Event>.Continuation
  ) async throws(EngineFault) {
    let logger = logger
    let inventory = try Inventory(path: path, configuration: configuration.engine) { Self.log($0, logger) }
    log(inventory.recovery, path)
    inventory.addDurabilityListener(LogWatch(events: sink))
    var limits = configuration.limits
    let room = OpenFiles.raiseLimit(refusedMax: limits.refusedConnectionsMax)
    if room < limits.connectionsMax {
      logger.warning(
        "fewer connections than configured: the limit of open files is low (ulimit -n)",
        metadata: ["connectionsMax": "\(room)", "configured": "\(limits.connectionsMax)"])
      limits.connectionsMax = room
    }
    let server = StockServer(
      engine: inventory, listeners: configuration.listeners, respListeners: configuration.respListeners,
      respPassword: configuration.respPassword, version: Stockd.version, loops: configuration.loops, limits: limits,
      logger: logger)
    do throws(EngineFault) {
      if configuration.dataDirectory == nil { try preheat(inventory, path) }
      try await server.start()
    } catch {
      try? inventory.shutdown()
      throw error
    }
    printReady(server, inventory, path)
    for await event in events {
      switch event {
      case .signal(let signal):
        logger.notice("stopping", metadata: ["signal": "\(signal)", "connections": "\(server.connectionCount)"])
        await server.stop()
        try inventory.shutdown()
        logger.notice("stopped", metadata: ["lsn": "\(inventory.durableLSN)"])
        return
      case .logFailed(let fault):
        // The server has told its clients; nothing that was not durable has left.
        await server.stop()
        throw fault
      }
    }
  }

  private func preheat(_ inventory: Inventory, _ path: String) throws(EngineFault) {
    logger.notice("a temporary store, removed at the end", metadata: ["data": "\(path)"])
    let file = configuration.catalogue
    guard let csv = Files.read(file) else {
      if configuration.cataloguePathIsGiven {
        throw EngineFault(.configuration, "the catalogue cannot be read", file: file, advice: "Check the path.")
      }
      logger.notice("no catalogue to preheat: the store is empty", metadata: ["catalogue": "\(file)"])
      return
    }
    let catalogue: Catalogue
    do throws(UsageFault) {
      catalogue = try Catalogue(csv: csv)
    } catch {
      throw EngineFault(.configuration, error.message, file: file, advice: error.advice)
    }
    let count = try inventory.preheat(catalogue)
    logger.notice("preheated", metadata: ["items": "\(count)", "catalogue": "\(file)"])
  }

  /// The one line on stdout: scripts wait for it.
  private func printReady(_ server: StockServer, _ inventory: Inventory, _ path: String) {
    let (binary, socket) = Self.places(server.boundAddresses)
    let (resp, respSocket) = Self.places(server.boundRESPAddresses)
    print(
      "stockd ready pid=\(getpid()) binary=\(binary) socket=\(socket) resp=\(resp) resp_socket=\(respSocket) data=\(path) "
        + "lsn=\(inventory.durableLSN) recovered_ms=\(inventory.recovery.milliseconds)")
    fflush(nil)
  }

  private static func places(_ addresses: [StockServer.Listener]) -> (tcp: String, unix: String) {
    var places = (tcp: "none", unix: "none")
    for address in addresses {
      switch address {
      case .tcp: places.tcp = "\(address)"
      case .unix: places.unix = "\(address)"
      }
    }
    return places
  }

  // MARK: What the log says

  private func log(_ recovery: RecoveryReport, _ path: String) {
    logger.info(
      "recovered",
      metadata: [
        "data": "\(path)", "lsn": "\(recovery.lastLSN)", "snapshotLSN": "\(recovery.snapshotLSN)",
        "events": "\(recovery.events)", "segments": "\(recovery.segments)", "milliseconds": "\(recovery.milliseconds)",
      ])
    if recovery.epoch.number == 1 {
      logger.notice("made a new store", metadata: ["data": "\(path)"])
    }
    if let file = recovery.tornFile {
      logger.warning(
        "a crash left a group that was never acknowledged; its bytes were saved beside the log and cut",
        metadata: ["file": "\(file)", "bytes": "\(recovery.tornBytes)"])
    }
    if recovery.archivedSegments > 0 {
      logger.warning(
        "no snapshot was left that covers the archive, so it was folded; a new snapshot is being made",
        metadata: ["archivedSegments": "\(recovery.archivedSegments)"])
    }
    for snapshot in recovery.brokenSnapshots {
      logger.error(
        "a snapshot did not verify and was put aside; an older one was taken", metadata: ["file": "\(snapshot)"])
    }
  }

  private static func log(_ event: EngineEvent, _ logger: Logger) {
    switch event {
    case .madeSnapshot(let snapshot):
      logger.info(
        "made a snapshot",
        metadata: [
          "lsn": "\(snapshot.lsn)", "bytes": "\(snapshot.bytes)", "archivedSegments": "\(snapshot.archivedSegments)",
        ])
    case .backgroundFault(let fault): logger.error("background work failed", metadata: ["fault": "\(fault)"])
    case .clockStep(let ahead):
      logger.warning(
        "log time and the wall clock differ: the wall clock was set. Log time is slewed towards it",
        metadata: ["millisecondsAhead": "\(ahead)"])
    case .spaceLow: logger.error("the disk is nearly full: new holds will be refused soon")
    case .spaceRecovered: logger.notice("the disk has space again")
    }
  }
}
