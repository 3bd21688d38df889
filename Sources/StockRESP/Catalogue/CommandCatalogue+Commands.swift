// Every command with its arguments, as `docs/resp.md` lists them too.

extension CommandCatalogue {
  static let stock: [CommandSpec] = StockVerb.allCases.map { verb in
    let (flags, summary, syntax) = describe(verb)
    return CommandSpec(verb.name, group: "stock", flags, summary, syntax, keys: verb.keys)
  }

  private static let orderOptions =
    "[ USER user ] [ { SUBJECT dimension value } ... ] [ SALE sale ] [ EX seconds | PX milliseconds ] [ PAYLOAD payload ] [ REPLACE ] [ POOLS pools ]"

  private static func describe(_ verb: StockVerb) -> (CommandSpec.Flags, String, String) {
    switch verb {
    case .preheat: (.write, "Creates items with their first stock", "op [ REPLACE ] ITEMS { item qty } ...")
    case .supply: (.write, "Adds units to items, all or none", "op ITEMS { item qty } ...")
    case .configure:
      (
        [.write, .fast], "Sets an item's floor, or a limit of its SKU",
        "op item { FLOOR n | { LIMIT dimension { n | NONE } } }"
      )
    case .restock: ([.write, .fast], "Adds units to one item", "op item qty [ REFERENCE reference ]")
    case .adjust:
      (
        [.write, .fast], "Corrects an item's stock; with VERSION sets it",
        "op item delta [ REASON reason ] [ REFERENCE reference ] [ VERSION version ] [ FORCE ]"
      )
    case .move: ([.write, .fast], "Moves units between two pools of a SKU", "op sku from to qty")
    case .get: ([.readonly, .fast], "What can be bought of an item", "item")
    case .mget: ([.readonly, .fast], "What can be bought of several items, at one moment", "item ...")
    case .info: ([.readonly, .fast], "An item's balance", "item")
    case .pools: (.readonly, "A SKU's balance in each of its pools", "sku")
    case .reserve:
      ([.write, .fast], "Holds units of an item for an order until a deadline", "order item qty \(orderOptions)")
    case .mreserve:
      (.write, "Holds a cart for an order, all lines or none", "order \(orderOptions) ITEMS { item qty } ...")
    case .deduct: ([.write, .fast], "Reserves and confirms in one step", "order item qty \(orderOptions)")
    case .mdeduct:
      (.write, "Reserves and confirms a cart in one step", "order \(orderOptions) ITEMS { item qty } ...")
    case .confirm:
      (
        [.write, .fast], "The order is paid, whole or by line",
        "order [ OP op [ REMAINDER { KEEP | RELEASE } ] ITEMS { item qty } ... ]"
      )
    case .cancel:
      (
        [.write, .fast], "The order is given back, whole or by line; one that never was is fenced",
        "order [ REASON reason ] [ OP op ITEMS { item qty } ... ]"
      )
    case .extend:
      ([.write, .fast], "A later deadline for an open order", "order op { EX seconds | PX milliseconds }")
    case .resolve: ([.write, .fast], "The order's state; one that never was is fenced", "order")
    case .ship: ([.write, .fast], "A sold order is on its way", "order op")
    case .deliver: ([.write, .fast], "A shipped order has arrived", "order op")
    case .return:
      (.write, "Sold units come back, to be sold again or scrapped", "op order [ SCRAP ] [ ITEMS { item qty } ... ]")
    case .sale:
      (
        .write, "Opens, fills, pauses, resumes, closes and shows sales",
        "{ OPEN sale op START start-ms END end-ms [ PAY seconds ] [ LIMIT { dimension n } ... ] [ OPENORDERS { dimension n } ... ] [ GIVEBACK ] [ { ELIGIBLE dimension values } ... ] [ FROM pool ] [ UNPAID { ALLOW | REFUSE | REPLACE } ] [ FLAGGED { ALLOW | REFUSE | DEFERRED } ] [ STRICT ] [ RECORD ] [ PAUSED ] [ ITEMS { item qty } ... ] | ADD sale op [ FROM pool ] ITEMS { item qty } ... | PAUSE sale op | RESUME sale op | CLOSE sale op | INFO sale | LIST [ cursor ] [ COUNT count ] }"
      )
    case .flag: ([.write, .fast], "Flags a buyer", "op user")
    case .clear: ([.write, .fast], "Clears a buyer's flag", "op user")
    case .order: ([.readonly, .fast], "An order, whole", "order")
    case .user: ([.readonly, .fast], "What is known of a buyer", "user")
    case .history: (.readonly, "An item's changes, newest first", "item [ COUNT count ] [ BEFORE version ]")
    case .scan: (.readonly, "Names of items, page by page", "cursor [ MATCH pattern ] [ COUNT count ]")
    case .stats: ([.readonly, .fast], "Totals of the store", "")
    case .check: ([.readonly, .admin], "Adds up every item's balance", "")
    case .snapshot: (.admin, "Makes a snapshot of everything so far", "")
    case .nextid: ([.write, .fast], "Hands out ids in the order of time", "[ n ]")
    }
  }

  static let house: [CommandSpec] = HouseVerb.allCases.map { verb in
    let (flags, summary, syntax) = describe(verb)
    return CommandSpec(verb.name, group: "connection", flags, summary, syntax)
  }

  private static func describe(_ verb: HouseVerb) -> (CommandSpec.Flags, String, String) {
    switch verb {
    case .hello: ([.fast, .noAuth], "Chooses the protocol", "[ protocol [ AUTH user password ] [ SETNAME name ] ]")
    case .auth: ([.fast, .noAuth], "Gives the password", "[ user ] password")
    case .ping: (.fast, "Answers PONG, or the message", "[ message ]")
    case .echo: (.fast, "Answers the message", "message")
    case .quit: ([.fast, .noAuth], "Ends the connection", "")
    case .reset: ([.fast, .noAuth], "Makes the connection as it was at its beginning", "")
    case .select: (.fast, "There is one database, 0", "db")
    case .client:
      (
        .admin, "Names connections and lists them",
        "{ ID | GETNAME | SETNAME name | SETINFO attribute value | { LIST [ { TYPE type } | { ID id ... } ] } | INFO | KILL { address | { { ID id } | { ADDR address } | { LADDR address } | { TYPE type } | { USER user } | { SKIPME { YES | NO } } } ... } | NO-EVICT mode | NO-TOUCH mode | TRACKING OFF }"
      )
    case .command:
      (
        .readonly, "Tells what commands there are",
        "[ COUNT | LIST | { INFO [ name ... ] } | { DOCS [ name ... ] } | { GETKEYS name argument ... } ]"
      )
    case .config: ([.readonly, .admin], "Settings by pattern", "GET pattern ...")
    case .info: (.readonly, "The server in numbers", "[ section ... ]")
    case .eval: (.write, "Runs the STOCK command that the script names", "script numkeys [ key ... ] [ argument ... ]")
    case .evalsha:
      (.write, "Runs the STOCK command whose name has this SHA-1", "sha1 numkeys [ key ... ] [ argument ... ]")
    case .eval_ro:
      (
        .readonly, "The same, of a STOCK command that changes nothing",
        "script numkeys [ key ... ] [ argument ... ]"
      )
    case .evalsha_ro:
      (.readonly, "The same by its SHA-1", "sha1 numkeys [ key ... ] [ argument ... ]")
    case .script: (.admin, "Loads names of STOCK commands as scripts", "{ LOAD script | { EXISTS sha1 ... } | FLUSH }")
    }
  }
}
