/// What a shop that comes from Redis uses instead of its commands.
enum RedisCommands {
  /// Whether it is how an HTTP request that has a body begins: its method, or the header line that comes before every body.
  static func isHTTP(_ name: UnsafeRawBufferPointer) -> Bool {
    if Keyword(name) == post { return true }
    return name.count >= 5 && Keyword(UnsafeRawBufferPointer(rebasing: name[..<5])) == host
  }

  private static let post = Keyword("POST")
  /// What follows it may come without a blank.
  private static let host = Keyword("HOST:")

  /// - Parameter name: in upper case.
  static func replacement(of name: String) -> String? {
    switch name {
    case "MULTI", "EXEC", "DISCARD":
      "one STOCK command is one step, and STOCK.MRESERVE takes a whole cart; send pipelines without MULTI (redis-py: pipeline(transaction=False))"
    case "WATCH", "UNWATCH": "one STOCK command checks and takes in one step, so there is nothing to watch"
    case "CLUSTER", "READONLY", "READWRITE", "ASKING":
      "it is one server; connect without cluster mode"
    case "SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "PUBLISH", "MONITOR":
      "it publishes nothing; STOCK.HISTORY and STOCK.ORDER tell what happened"
    case "GET", "MGET", "GETRANGE", "STRLEN", "EXISTS":
      "use STOCK.GET item, STOCK.MGET item ..., STOCK.INFO item or STOCK.ORDER order"
    case "SET", "MSET", "SETEX", "PSETEX", "GETSET":
      "use STOCK.PREHEAT op ITEMS item qty, or STOCK.ADJUST op item n VERSION v"
    case "SETNX", "MSETNX":
      "no lock or mark is needed: an order id takes effect once, however often STOCK.RESERVE is sent with it"
    case "DECR", "DECRBY": "use STOCK.RESERVE order item qty, or STOCK.DEDUCT order item qty"
    case "INCR", "INCRBY", "INCRBYFLOAT":
      "use STOCK.RESTOCK op item qty, STOCK.CANCEL order or STOCK.RETURN op order; STOCK.NEXTID hands out numbers"
    case "DEL", "UNLINK", "FLUSHDB", "FLUSHALL": "an item is never deleted; STOCK.ADJUST takes its units away"
    case "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "PERSIST", "TTL", "PTTL":
      "a hold expires by itself: EX s of STOCK.RESERVE, and STOCK.EXTEND order op EX s"
    case "HGET", "HMGET", "HGETALL", "HSET", "HMSET", "HINCRBY", "HDEL", "HEXISTS":
      "use STOCK.INFO item, STOCK.ORDER order or STOCK.USER user"
    case "SADD", "SREM", "SISMEMBER", "SMEMBERS", "ZADD", "ZREM", "ZSCORE", "ZRANGEBYSCORE", "LPUSH", "RPUSH", "LPOP",
      "RPOP", "BLPOP", "BRPOP", "XADD", "XREADGROUP":
      "who bought is counted by limits (STOCK.CONFIGURE op sku LIMIT user n), and the order is made in the same step: no set and no queue is needed"
    case "KEYS", "SCAN": "use STOCK.SCAN cursor [MATCH pattern] [COUNT n]"
    case "DBSIZE": "use STOCK.STATS, or INFO keyspace"
    case "SAVE", "BGSAVE", "BGREWRITEAOF", "LASTSAVE": "use STOCK.SNAPSHOT; the log is synced before every answer"
    case "FUNCTION", "FCALL", "FCALL_RO": "use a STOCK command, or EVAL with a command's name"
    default: nil
    }
  }
}
