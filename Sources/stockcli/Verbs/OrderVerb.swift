import ArgumentParser
import StockClient
import StockEngine
import StockWire

struct OrderVerb: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "order", abstract: "Shows one order, whole.")

  @Argument(help: "The order's id.") var order: String
  @OptionGroup var global: GlobalOptions

  func run() async throws {
    try await global.withClient { client in
      let reading = try global.value(try await client.order(order))
      show(reading.value, lsn: reading.lsn)
    }
  }

  private func show(_ order: WireOrder, lsn: LSN) {
    var record = Record(
      order.state.name,
      [
        "order": .bytes(order.orderBytes), "buyer": order.buyerBytes.isEmpty ? .null : .bytes(order.buyerBytes),
        "sale": order.sale.isEmpty ? .null : .string(order.sale),
        "subjects": order.subjects.isEmpty
          ? .null : .string(order.subjects.map { "\($0.dimension)=\($0.value)" }.joined(separator: " ")),
        "created": UTC.json(order.createdAt), "changed": UTC.json(order.changedAt),
        "deadline": order.state.isOpen ? UTC.json(order.deadline) : .null,
        "payload": order.payload.isEmpty ? .null : .bytes(order.payload),
        "refundRequired": order.isRefundRequired ? .bool(true) : .null,
        "late": order.isLate ? .bool(true) : .null, "retired": order.isRetired ? .bool(true) : .null,
        "lsn": .integer(lsn.rawValue),
      ])
    let lines = Table(
      [
        .text("item"), .number("quantity"), .number("confirmed", rank: 1), .number("cancelled", rank: 2),
        .number("returned"),
      ],
      rows: order.lines.map {
        [
          .string($0.item), .integer($0.quantity), .integer($0.confirmed), .integer($0.cancelled),
          .integer($0.returned),
        ]
      })
    switch global.output.format {
    case .table:
      global.output.show(record)
      if !order.lines.isEmpty { global.output.show(lines) }
    case .json, .ndjson, .csv:
      record.fields.append(
        Record.Field(
          name: "lines",
          value: .array(
            order.lines.map {
              .object([
                "item": .string($0.item), "quantity": .integer($0.quantity), "confirmed": .integer($0.confirmed),
                "cancelled": .integer($0.cancelled), "returned": .integer($0.returned),
              ])
            })))
      global.output.show(record)
    }
  }
}
