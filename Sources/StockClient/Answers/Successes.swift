public import StockEngine
public import StockWire

/// A reserve or an extend that took effect.
public struct Hold: Equatable, Sendable {
  /// `reserved`, or `deferred`: accepted without units, which the confirm takes. A repeat may find the order confirmed in the meantime.
  public var state: OrderState
  /// What can still be bought of the first line's item, if the server said so.
  public var available: Int64?
  /// Until when the units are held; nil once they are sold.
  public var deadline: Timestamp?
  /// An earlier attempt had taken effect; this is the order's present state.
  public var isRepeat: Bool
  /// The last record that the answer rests on. It is durable.
  public var lsn: LSN
  /// What was taken of each item, if pools were ranked or something is not in stock yet. A repeat does not tell.
  public var lines: [WirePlacedLine] = []
}

/// A confirm or a deduct that took effect.
public struct Sale: Equatable, Sendable {
  /// Confirmed after the deadline: the units could be taken again.
  public var isLate: Bool
  /// What can still be bought of the first line's item, if the server said so.
  public var available: Int64?
  /// An earlier attempt had taken effect; this is the present state.
  public var isRepeat: Bool
  /// The last record that the answer rests on. It is durable.
  public var lsn: LSN
  /// What a deduct took of each item, if it ranked pools or something is not in stock yet. A repeat does not tell.
  public var lines: [WirePlacedLine] = []
}

/// A cancel that took effect.
public struct Cancellation: Equatable, Sendable {
  /// The order was never seen: a tombstone stands for it, and it can never happen.
  public var isFenced: Bool
  /// An earlier attempt had taken effect; this is the present state.
  public var isRepeat: Bool
  /// The last record that the answer rests on. It is durable.
  public var lsn: LSN
}

/// What a resolve found.
public struct Resolution: Equatable, Sendable {
  /// The order's state; `fenced` if it never was: now it can never happen.
  public var state: OrderState
  /// The last record that the answer rests on. It is durable.
  public var lsn: LSN
}

/// A return that took effect.
public struct ReturnReceipt: Equatable, Sendable {
  /// The order's state afterwards, if the server said so.
  public var state: OrderState?
  /// An earlier attempt had taken effect; this is the present state.
  public var isRepeat: Bool
  /// The last record that the answer rests on. It is durable.
  public var lsn: LSN
}

/// A confirm or cancel by line, a ship or a deliver that took effect.
public struct OrderChange: Equatable, Sendable {
  /// The order's state afterwards; at a repeat, its present one. Nil: the order is no longer known. `reserved`: part of it is
  /// still held.
  public var state: OrderState?
  /// The operation id was done before.
  public var isRepeat: Bool
  /// The last record that the answer rests on. It is durable.
  public var lsn: LSN
}

/// Numbers that no other call of this store got or will get.
public struct IssuedIDs: Equatable, Sendable {
  /// One after the other, all greater than every one that was issued before.
  public var ids: ClosedRange<UInt64>
  /// The record that says they are given away. It is durable.
  public var lsn: LSN
}

/// A preheat, supply, restock or adjust that took effect.
public struct StockChange: Equatable, Sendable {
  /// What can be bought of the first line's item.
  public var available: Int64
  /// The operation id was done before.
  public var isRepeat: Bool
  /// The last record that the answer rests on. It is durable.
  public var lsn: LSN
}

/// A command about a sale, a limit or a buyer that took effect.
public struct OperationReceipt: Equatable, Sendable {
  /// The operation id was done before.
  public var isRepeat: Bool
  /// The last record that the answer rests on. It is durable.
  public var lsn: LSN
}

/// What a read saw, and up to which record.
public struct Reading<Value: Equatable & Sendable>: Equatable, Sendable {
  /// What was read.
  public var value: Value
  /// The last record that the read could see. It is durable.
  public var lsn: LSN
}

/// A page of a list.
public struct ItemPage: Equatable, Sendable {
  /// Up to as many as were asked for.
  public var items: [WireBalance]
  /// The cursor of the next page; nil: this is the last.
  public var next: UInt64?
}

/// A page of sales.
public struct SalePage: Equatable, Sendable {
  /// Up to as many as were asked for.
  public var sales: [WireSale]
  /// The cursor of the next page; nil: this is the last.
  public var next: UInt64?
}

/// A page of an item's history, newest first.
public struct HistoryPage: Equatable, Sendable {
  /// Up to as many as were asked for.
  public var changes: [WireChange]
  /// The log that can be read begins here: what is older is not shown.
  public var completeSince: LSN
}
