/// The commands, as the log's and the protocol's numbers. Raw values are append only; a gap is kept for a command that is
/// planned.
public enum Operation: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case preheat = 1
  case supply = 2
  case restock = 3
  case adjust = 4
  // 5 configure item, 6 move

  case reserve = 16
  case confirm = 17
  case cancel = 18
  case deduct = 19
  case extend = 20
  case resolve = 21
  case ship = 22
  case deliver = 23
  case returnLines = 24
  case confirmLines = 25
  case cancelLines = 26

  // 32 ... 39 sales, 40 flag buyer, 41 clear buyer

  case get = 64
  case list = 65
  case order = 66
  case history = 67
  case stats = 68
  case nextIDs = 72

  /// Changes nothing by itself; it may log the expiry of an overdue order that it touches.
  public var isRead: Bool {
    switch self {
    case .get, .list, .order, .history, .stats: true
    case .preheat, .supply, .restock, .adjust, .reserve, .confirm, .cancel, .deduct, .extend, .resolve, .returnLines,
      .ship, .deliver, .confirmLines, .cancelLines, .nextIDs:
      false
    }
  }

  /// As it is written in `docs/protocol.md`.
  public var name: String {
    switch self {
    case .preheat: "preheat"
    case .supply: "supply"
    case .restock: "restock"
    case .adjust: "adjust"
    case .reserve: "reserve"
    case .confirm: "confirm"
    case .cancel: "cancel"
    case .deduct: "deduct"
    case .extend: "extend"
    case .resolve: "resolve"
    case .ship: "ship"
    case .deliver: "deliver"
    case .returnLines: "return"
    case .confirmLines: "confirmLines"
    case .cancelLines: "cancelLines"
    case .get: "get"
    case .list: "list"
    case .order: "order"
    case .history: "history"
    case .stats: "stats"
    case .nextIDs: "nextIDs"
    }
  }
}
