/// The commands, as the log's and the protocol's numbers. Raw values are append only; a gap is kept for a command that is
/// planned.
public enum Operation: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  case preheat = 1
  case supply = 2
  case restock = 3
  case adjust = 4
  case configureItem = 5
  case move = 6
  case limitSKU = 7

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

  case openSale = 32
  case addToSale = 33
  case pauseSale = 34
  case resumeSale = 35
  case closeSale = 36
  case flagBuyer = 40
  case clearBuyer = 41

  case get = 64
  case list = 65
  case order = 66
  case history = 67
  case stats = 68
  case sale = 70
  case sales = 71
  case buyer = 73
  case nextIDs = 72
  case pools = 69
  case demand = 74

  /// Changes nothing by itself; it may log the expiry of an overdue order that it touches.
  public var isRead: Bool {
    switch self {
    case .get, .list, .order, .history, .stats, .sale, .sales, .buyer, .pools, .demand: true
    case .preheat, .supply, .restock, .adjust, .limitSKU, .reserve, .confirm, .cancel, .deduct, .extend, .resolve,
      .returnLines, .openSale, .addToSale, .pauseSale, .resumeSale, .closeSale, .flagBuyer, .clearBuyer, .ship,
      .deliver, .confirmLines, .cancelLines, .nextIDs, .configureItem, .move:
      false
    }
  }

  /// Is answered from the log's files, which takes as long as they take: it travels alone, and is read off the event loops.
  public var readsTheLog: Bool { self == .history || self == .demand }

  /// As it is written in `docs/protocol.md`.
  public var name: String {
    switch self {
    case .preheat: "preheat"
    case .supply: "supply"
    case .restock: "restock"
    case .adjust: "adjust"
    case .limitSKU: "limitSKU"
    case .configureItem: "configure"
    case .move: "move"
    case .reserve: "reserve"
    case .confirm: "confirm"
    case .cancel: "cancel"
    case .deduct: "deduct"
    case .extend: "extend"
    case .resolve: "resolve"
    case .ship: "ship"
    case .deliver: "deliver"
    case .returnLines: "return"
    case .openSale: "openSale"
    case .addToSale: "addToSale"
    case .pauseSale: "pauseSale"
    case .resumeSale: "resumeSale"
    case .closeSale: "closeSale"
    case .flagBuyer: "flagBuyer"
    case .clearBuyer: "clearBuyer"
    case .confirmLines: "confirmLines"
    case .cancelLines: "cancelLines"
    case .get: "get"
    case .list: "list"
    case .order: "order"
    case .history: "history"
    case .stats: "stats"
    case .sale: "sale"
    case .sales: "sales"
    case .buyer: "buyer"
    case .nextIDs: "nextIDs"
    case .pools: "pools"
    case .demand: "demand"
    }
  }
}
