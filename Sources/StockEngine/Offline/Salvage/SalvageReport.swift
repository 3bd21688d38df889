/// What can be had of a store's directory, and what was made of it.
public struct SalvageReport: Sendable, Equatable {
  /// The store; a repair and a return leave it the same.
  public var storeID: StoreID
  /// The last record that is taken.
  public var lsn: LSN
  /// Its time.
  public var time: Timestamp
  /// The snapshot that the state was folded from; 0 for LSN 1.
  public var snapshotLSN: LSN
  /// Histories of the new store begin here.
  public var firstLSN: LSN
  /// Segments and archive files that are taken over whole.
  public var wholeFiles: Int
  /// Orders that are open at that moment.
  public var openOrders = 0
  /// The bytes of a group that was never acknowledged, which are left out.
  public var tornBytes: Int
  /// META is made anew, from the segments' headers.
  public var isMetaRebuilt: Bool
  /// Everything that is damaged or not there.
  public var faults: [EngineFault]
  /// What is left behind.
  public var lost = LostRecords()
  /// What begins behind the last record that is taken; none if nothing was made.
  public var epoch = Epoch.none
  /// The new directory; nil if nothing was made.
  public var madePath: String?

  init(_ survey: StoreSurvey, _ path: SalvagePath, _ end: (lsn: LSN, time: Timestamp)) {
    storeID = survey.store
    lsn = end.lsn
    time = end.time
    snapshotLSN = path.base?.header.lsn ?? .zero
    firstLSN = path.firstLSN
    wholeFiles = path.whole.count
    tornBytes = path.last?.tornBytes ?? 0
    isMetaRebuilt = survey.faults.contains { $0.file == survey.directory.meta }
    faults = survey.faults
  }
}
