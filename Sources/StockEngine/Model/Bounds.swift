/// Every maximum of the model, by name. Each is checked before an LSN is given: what is written can always be read back.
public enum Bounds {
  /// A SKU key, in UTF-8 bytes.
  public static let skuBytesMax = 64
  /// A pool's name, in UTF-8 bytes.
  public static let poolBytesMax = 64
  /// `sku@pool`, in UTF-8 bytes.
  public static let itemNameBytesMax = skuBytesMax + 1 + poolBytesMax
  /// An order or operation id, in bytes.
  public static let idBytesMax = 64
  /// A buyer, in bytes.
  public static let buyerBytesMax = 64
  /// A reason or a reference of an adjustment or a cancel, in bytes.
  public static let noteBytesMax = 128
  /// The opaque payload of an order.
  public static let payloadBytesMax = 1024
  /// A dimension's name, in bytes.
  public static let dimensionBytesMax = 16
  /// A subject's value, in bytes.
  public static let subjectBytesMax = 64
  /// Subjects of one order, the buyer not counted.
  public static let subjectsPerOrderMax = 8
  /// Limits of one sale or one SKU.
  public static let limitsMax = 8
  /// Values of dimensions that a sale is open to.
  public static let eligibleValuesMax = 512
  /// A sale's id, in UTF-8 bytes: with `~` before it, it names a pool.
  public static let saleBytesMax = poolBytesMax - 1
  /// Items of one opening of a sale, or one addition to it.
  public static let linesPerSaleOperationMax = 512
  /// Items of one sale.
  public static let itemsPerSaleMax = 100_000
  /// Refused attempts of one sale that are recorded in one burst: those of its first moments, all of them if need be.
  public static let attemptsPerBurstMax = 1 << 20
  /// Refused attempts of one sale that are recorded each second from then on: a storm of retries adds no more than these.
  public static let attemptsPerSecondMax = 10_000
  /// Lines of one order, before and after summing.
  public static let linesPerOrderMax = 256
  /// Pools that one order may rank.
  public static let poolsPerReserveMax = 8
  /// Lines times pools over the ranked orders of one frame, or of one batch that is filled at once: every command of it may rank all the pools it can.
  public static let rankedLinesPerBatchMax = commandsPerBatchMax * poolsPerReserveMax
  /// Items of one preheat or supply.
  public static let linesPerOperationMax = 1024
  /// Items of one read.
  public static let itemsPerReadMax = 256
  /// Pools of one SKU that a read of its pools answers; a SKU with more is left to a list.
  public static let poolsPerReadMax = 1000
  /// Rows of one page of a list or a history.
  public static let rowsPerPageMax = 1000
  /// Texts of one page of sales, in bytes: ids, limits and whom they are open to, 42 KiB of one sale at most. A page ends before
  /// the sale that would take it further, so the fullest is a small part of a reply frame; by rows alone it could have 40 MiB.
  public static let salePageTextBytesMax = 1 << 20
  /// Ids that one command hands out: as many as one millisecond's counter has.
  public static let idsPerCommandMax = 4096
  /// Units of one line.
  public static let quantityMax: Int64 = 1 << 31 - 1
  /// Units of one item, so that no sum of items of one store can overflow.
  public static let balanceMax: Int64 = 1 << 53
  /// Bytes of one record: the largest preheat with the longest keys, and room to grow.
  public static let recordBytesMax = 256 * 1024
  /// Unpaid orders that one order may replace, and their lines: their ends share its record. Beyond, the first one stands in the way.
  public static let replacedOrdersMax = 256
  /// Lines of these, all together: at most 9 bytes each in the record.
  public static let replacedLinesMax = 16_384
  /// Commands of one batch.
  public static let commandsPerBatchMax = 16 * 1024
}
