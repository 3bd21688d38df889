/// The commands, as the log's and the protocol's numbers. Raw values are append only; a gap is kept for a command that is
/// planned.
public enum Operation: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case preheat = 1
  case supply = 2
  case restock = 3
  case adjust = 4
  case configureItem = 5
  case move = 6

  case reserve = 16
  case confirm = 17
  case cancel = 18
  case deduct = 19
  case extend = 20
  case resolve = 21
  // 22 ship, 23 deliver
  case returnLines = 24

  // 32 ... 39 sales, 40 flag buyer, 41 clear buyer

  case get = 64
  case list = 65
  case order = 66
  case history = 67
  case stats = 68
  case pools = 69

  /// Changes nothing by itself; it may log the expiry of an overdue order that it touches.
  public var isRead: Bool {
    switch self {
    case .get, .list, .order, .history, .stats, .pools: true
    case .preheat, .supply, .restock, .adjust, .configureItem, .move, .reserve, .confirm, .cancel, .deduct, .extend,
      .resolve, .returnLines:
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
    case .configureItem: "configure"
    case .move: "move"
    case .reserve: "reserve"
    case .confirm: "confirm"
    case .cancel: "cancel"
    case .deduct: "deduct"
    case .extend: "extend"
    case .resolve: "resolve"
    case .returnLines: "return"
    case .get: "get"
    case .list: "list"
    case .order: "order"
    case .history: "history"
    case .stats: "stats"
    case .pools: "pools"
    }
  }
}
