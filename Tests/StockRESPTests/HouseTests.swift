import StockEngine
import StockTestSupport
import Testing

@testable import StockRESP

/// What clients ask before, between and behind the commands that they are there for.
@Suite("Handshake and housekeeping")
struct HouseTests {
  private static let hello2 =
    "['server' 'stockd' 'version' '7.2.0' 'proto' 2 'id' 7 'mode' 'standalone' 'role' 'master' 'modules' []]"
  private static let hello3 =
    "{'server' 'stockd', 'version' '7.2.0', 'proto' 3, 'id' 7, 'mode' 'standalone', 'role' 'master', 'modules' []}"

  @Test("HELLO: versions, names, and what is no version")
  func hello() throws {
    try Shop().play(
      """
      HELLO => \(Self.hello2)
      HELLO 3 => \(Self.hello3)
      HELLO => \(Self.hello3)
      hello 2 => \(Self.hello2)
      HELLO 3 SETNAME worker-1 => \(Self.hello3)
      CLIENT GETNAME => 'worker-1'
      HELLO 1 => -NOPROTO unsupported protocol version
      HELLO 4 => -NOPROTO unsupported protocol version
      HELLO three => -ERR Protocol version is not an integer or out of range
      HELLO 2 NAME x => -ERR Syntax error in HELLO option
      HELLO 2 SETNAME => -ERR wrong number of arguments for 'hello' command
      HELLO 2 SETNAME 'a b' => -ERR Client names cannot contain spaces, newlines or special characters.
      HELLO 2 AUTH default => -ERR wrong number of arguments for 'hello' command
      STOCK.GET none => _
      HELLO 2 AUTH default any => \(Self.hello2)
      HELLO 2 AUTH somebody any => -WRONGPASS invalid username-password pair or user is disabled.
      RESET => +RESET
      CLIENT GETNAME => nil
      """)
  }

  @Test("a dialect holds from its HELLO on, within one read too")
  func dialects() throws {
    let output = try Shop().send(
      ["STOCK.GET x", "HELLO 3", "STOCK.GET x", "HELLO 2", "STOCK.GET x"].flatMap { request($0) })
    #expect(notation(output) == ["nil", Self.hello3, "_", Self.hello2, "nil"])
  }

  @Test("without a password nothing but the way in is answered")
  func password() throws {
    let shop = try Shop(password: "pw")
    let refused = "-NOAUTH Authentication required."
    for request in [
      "PING", "ECHO x", "SELECT 0", "INFO", "COMMAND COUNT", "CONFIG GET save", "CLIENT ID", "GET x",
      "STOCK.GET tea", "STOCK.CHECK", "EVAL STOCK.GET 1 tea", "SCRIPT LOAD STOCK.GET", "MULTI", "NONSENSE",
    ] { #expect(shop.say(request) == refused, "\(request)") }
    shop.play(
      """
      HELLO => -NOAUTH HELLO must be called with the client already authenticated, ...
      HELLO 3 => -NOAUTH HELLO must be called with the client already authenticated, ...
      HELLO 4 => -NOPROTO unsupported protocol version
      AUTH => -ERR wrong number of arguments for 'auth' command
      AUTH a b c => -ERR wrong number of arguments for 'auth' command
      AUTH wrong => -WRONGPASS invalid username-password pair or user is disabled.
      AUTH somebody pw => -WRONGPASS invalid username-password pair or user is disabled.
      PING => \(refused)
      HELLO 3 AUTH default wrong => -WRONGPASS invalid username-password pair or user is disabled.
      PING => \(refused)
      HELLO 3 AUTH default pw SETNAME 'a b' => -ERR Client names cannot contain spaces, newlines or special characters.
      HELLO 3 AUTH default pw NAME x => -ERR Syntax error in HELLO option
      HELLO 3 AUTH default pw SETNAME => -ERR wrong number of arguments for 'hello' command
      PING => \(refused)
      AUTH pw => +OK
      PING => +PONG
      HELLO 3 AUTH default pw => \(Self.hello3)
      RESET => +RESET
      PING => \(refused)
      HELLO 3 AUTH default pw SETNAME x => \(Self.hello3)
      AUTH default pw => +OK
      STOCK.GET tea => _
      AUTH wrong => -WRONGPASS invalid username-password pair or user is disabled.
      PING => +PONG
      """)
    #expect(try Shop(password: "pw").say("RESET") == "+RESET")
    let leaving = try Shop(password: "pw")
    #expect(leaving.say("QUIT") == "+OK" && leaving.ending == .quit)
  }

  @Test("no password is asked for: what AUTH says, so that clients know")
  func noPassword() throws {
    try Shop().play(
      """
      AUTH any => -ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?
      AUTH default any => +OK
      """)
  }

  @Test("before the password a client is answered 16 KiB, then it ends")
  func unauthenticatedOutput() throws {
    let shop = try Shop(password: "pw")
    let output = shop.send([UInt8](repeating: UInt8(ascii: "a"), count: 1) + Array("\n".utf8))
    #expect(notation(output) == ["-NOAUTH Authentication required."])
    let flood = shop.send((0..<20_000).flatMap { _ in Array("a\n".utf8) })
    #expect(flood.count <= 16 << 10 + 64)
    #expect(shop.ending == .fault("too many requests without a password"))
    let patient = try Shop(password: "pw")
    for _ in 0..<300 { _ = patient.say("PING") }
    #expect(patient.say("AUTH pw") == "+OK")
    for _ in 0..<1_000 { #expect(patient.say("PING") == "+PONG") }
  }

  @Test("small things: PING, ECHO, SELECT, QUIT, RESET")
  func small() throws {
    let shop = try Shop()
    shop.play(
      """
      PING => +PONG
      ping hello => 'hello'
      PING a b => -ERR wrong number of arguments for 'ping' command
      ECHO x => 'x'
      ECHO '' => ''
      ECHO => -ERR wrong number of arguments for 'echo' command
      SELECT 0 => +OK
      SELECT 1 => -ERR DB index is out of range
      SELECT -1 => -ERR DB index is out of range
      SELECT x => -ERR value is not an integer or out of range
      SELECT => -ERR wrong number of arguments for 'select' command
      RESET => +RESET
      """)
    let output = shop.send(request("PING") + request("QUIT") + request("PING"))
    #expect(notation(output) == ["+PONG", "+OK"])
    #expect(shop.ending == .quit)
  }

  @Test("CLIENT: who one is, and who else is there")
  func client() throws {
    let shop = try Shop()
    _ = shop.host.connect(8)
    _ = shop.host.connect(9)
    shop.play(
      """
      CLIENT ID => 7
      CLIENT GETNAME => nil
      CLIENT SETNAME worker => +OK
      client getname => 'worker'
      CLIENT SETNAME 'a b' => -ERR Client names cannot contain spaces, newlines or special characters.
      CLIENT SETNAME '' => +OK
      CLIENT GETNAME => nil
      CLIENT SETINFO LIB-NAME redis-py => +OK
      CLIENT SETINFO lib-ver 7.4.1 => +OK
      CLIENT SETINFO LIB-AGE 3 => -ERR Unrecognized option 'LIB-AGE'
      CLIENT SETINFO LIB-NAME 'a b' => -ERR lib-name cannot contain spaces, newlines or special characters.
      CLIENT INFO => 'id=7 addr=127.0.0.1:5007 laddr=127.0.0.1:6481 fd=0 name= age=60 idle=0 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 qbuf=0 qbuf-free=0 argv-mem=0 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=0 events=r cmd=client|info user=default redir=-1 resp=2 lib-name=redis-py lib-ver=7.4.1...'
      CLIENT NO-EVICT ON => +OK
      CLIENT NO-TOUCH OFF => +OK
      CLIENT TRACKING OFF => +OK
      CLIENT TRACKING ON => -ERR stockd does not track what clients cache...
      CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type none => -ERR unknown subcommand 'MAINT_NOTIFICATIONS'. Try CLIENT HELP.
      CLIENT HELP => ['CLIENT ID | ...']
      CLIENT => -ERR wrong number of arguments for 'client' command
      CLIENT SETNAME => -ERR wrong number of arguments for 'client' command
      """)
    let list = shop.say("CLIENT LIST").split(separator: "\n")
    #expect(list.count == 4 && list[0].hasPrefix("'id=7 ") && list[1].hasPrefix("id=8 ") && list[2].hasPrefix("id=9 "))
    #expect(list[0].contains(" cmd=client|list ") && list[1].contains(" cmd=NULL "))
  }

  @Test("CLIENT LIST: by id, by type; what is no filter is refused, not passed over")
  func list() throws {
    let shop = try Shop()
    _ = shop.host.connect(8)
    _ = shop.host.connect(9)
    shop.play(
      """
      CLIENT LIST ID 8 => 'id=8 addr=127.0.0.1:5008 ...'
      CLIENT LIST ID 9 77 7 => 'id=9 ...id=7 ...'
      CLIENT LIST ID 77 => ''
      CLIENT LIST ID x => -ERR Invalid client ID
      CLIENT LIST ID => -ERR syntax error
      CLIENT LIST TYPE pubsub => ''
      CLIENT LIST TYPE REPLICA => ''
      CLIENT LIST TYPE master => ''
      CLIENT LIST TYPE stranger => -ERR Unknown client type 'stranger'
      CLIENT LIST TYPE => -ERR syntax error
      CLIENT LIST TYPE normal ID 7 => -ERR syntax error
      CLIENT LIST NAME x => -ERR syntax error
      """)
    #expect(!shop.say("CLIENT LIST ID 8").contains("id=7"))
    #expect(shop.say("CLIENT LIST TYPE normal") == shop.say("CLIENT LIST"))
  }

  @Test("CLIENT KILL: by address, by id; nobody without a filter, and with one never oneself")
  func kill() throws {
    let shop = try Shop()
    _ = shop.host.connect(8)
    _ = shop.host.connect(9)
    shop.play("CLIENT KILL => -ERR wrong number of arguments for 'client|kill' command")
    #expect(shop.host.killed.isEmpty)
    shop.play(
      """
      CLIENT KILL 127.0.0.1:1 => -ERR No such client
      CLIENT KILL ID 99 => 0
      CLIENT KILL ID 7 => 0
      CLIENT KILL ID x => -ERR client-id should be greater than 0
      CLIENT KILL ID 0 => -ERR client-id should be greater than 0
      CLIENT KILL ID => -ERR ...
      CLIENT KILL AGE 5 => -ERR syntax error
      CLIENT KILL ID 8 ADDR => -ERR syntax error
      CLIENT KILL TYPE pubsub => 0
      CLIENT KILL ID 8 TYPE master => 0
      CLIENT KILL TYPE stranger => -ERR Unknown client type 'stranger'
      CLIENT KILL USER somebody => -ERR No such user 'somebody'
      CLIENT KILL LADDR 127.0.0.1:1 => 0
      CLIENT KILL ID 8 LADDR 127.0.0.1:1 => 0
      CLIENT KILL ID 8 SKIPME perhaps => -ERR syntax error
      CLIENT KILL ID 7 SKIPME yes => 0
      """)
    #expect(shop.host.killed.isEmpty)
    shop.play(
      """
      CLIENT KILL 127.0.0.1:5008 => +OK
      CLIENT KILL ID 9 ADDR 127.0.0.1:5009 => 1
      CLIENT KILL 127.0.0.1:5007 => +OK
      """)
    #expect(shop.host.killed == [8, 9, 7])
    shop.play(
      """
      CLIENT KILL ID 7 SKIPME no => 1
      CLIENT KILL TYPE normal USER default LADDR 127.0.0.1:6481 => 2
      CLIENT KILL SKIPME no => 3
      """)
    #expect(shop.host.killed.dropFirst(3) == [7, 8, 9, 7, 8, 9])
  }

  @Test("what looks at every connection is taken a few times a batch")
  func walks() throws {
    for command in ["CLIENT LIST TYPE pubsub", "client kill ID 99", "CLIENT KILL ADDR x"] {
      let shop = try Shop()
      _ = shop.send((0..<40).flatMap { _ in request(command) })
      #expect(shop.batches == [16, 16, 8], "\(command)")
    }
  }

  @Test(
    "an HTTP request ends the connection before its body",
    arguments: [
      "POST / HTTP/1.1\r\n", "post /x HTTP/1.0\r\n", "PUT / HTTP/1.1\r\nHost: 127.0.0.1:6481\r\n", "\r\nhost:shop\r\n",
      "*1\r\n$5\r\nHOST:\r\n",
    ])
  func http(_ head: String) throws {
    for password in [nil, "pw"] {
      let shop = try Shop(password: password)
      if password != nil { _ = shop.say("AUTH pw") }
      _ = shop.say("STOCK.PREHEAT p ITEMS tea 100")
      let last = shop.store.inventory.lastLSN
      let output = shop.send(
        Array((head + "Content-Type: text/plain\r\n\r\nSTOCK.ADJUST x tea -100 FORCE\r\n").utf8))
      #expect(shop.ending == .fault("this is no HTTP server"))
      #expect(notation(output).allSatisfy { $0.hasPrefix("-ERR unknown command 'PUT'") })
      #expect(shop.store.inventory.lastLSN == last)
    }
    let stranger = try Shop(password: "pw")
    _ = stranger.send(Array((head + "AUTH pw\r\n").utf8))
    #expect(stranger.ending == .fault("this is no HTTP server"))
  }

  @Test("a command that only begins like a header's name is an unknown one")
  func noHTTP() throws {
    try Shop().play(
      """
      HOST x => -ERR unknown command 'HOST', with args beginning with: 'x' 
      HOSTAGE => -ERR unknown command 'HOSTAGE', with args beginning with: 
      POSTS => -ERR unknown command 'POSTS', with args beginning with: 
      """)
  }

  @Test("CONFIG GET: what clients look at")
  func config() throws {
    try Shop().play(
      """
      CONFIG GET save => ['save' '']
      CONFIG GET appendonly => ['appendonly' 'yes']
      CONFIG GET databases => ['databases' '1']
      CONFIG GET MAXCLIENTS => ['maxclients' '500']
      CONFIG GET nothing => []
      CONFIG GET append* save => ['appendonly' 'yes' 'appendfsync' 'always' 'save' '']
      CONFIG GET save s* => ['save' '']
      CONFIG GET => -ERR wrong number of arguments for 'config|get' command
      CONFIG => -ERR wrong number of arguments for 'config' command
      CONFIG SET save '' => -ERR unknown subcommand 'SET'...
      HELLO 3 => {...}
      CONFIG GET save => {'save' ''}
      CONFIG GET nothing => {}
      """)
  }

  @Test("INFO: every field, with line ends that clients split at")
  func info() throws {
    let shop = try Shop()
    shop.play("STOCK.PREHEAT p ITEMS tea 1 cup 1 => [1 'OK' 2]")
    let all = shop.say("INFO").dropFirst().dropLast().split(separator: "\r\n", omittingEmptySubsequences: false)
    for line in [
      "# Server", "redis_version:7.2.0", "stockd_version:9.8.7", "redis_mode:standalone", "process_id:77",
      "tcp_port:6481",
      "uptime_in_seconds:90000", "# Clients", "connected_clients:3", "maxclients:500", "# Memory",
      "used_memory:5242880",
      "used_memory_human:5.0M", "# Persistence", "loading:0", "loading_eta_seconds:0", "# Stats",
      "total_commands_processed:34", "total_connections_received:12", "# Replication", "role:master", "# Keyspace",
      "db0:keys=2,expires=0,avg_ttl=0", "# Stock", "items:2", "supplied:2",
    ] { #expect(all.contains(Substring(line)), "\(line)") }
    #expect(!all.contains { $0.contains("\n") } && all.last == "")
    #expect(shop.say("info replication") == "'# Replication\r\nrole:master\r\nconnected_slaves:0\r\n'")
    #expect(
      shop.say("INFO keyspace REPLICATION")
        == "'# Replication\r\nrole:master\r\nconnected_slaves:0\r\n\r\n# Keyspace\r\ndb0:keys=2,expires=0,avg_ttl=0\r\n'"
    )
    #expect(shop.say("INFO nothing") == "''")
    let count = { (text: String) in text.split(separator: "\r\n").count }
    for name in ["all", "default", "everything"] { #expect(count(shop.say("INFO \(name)")) == count(shop.say("INFO"))) }
    _ = shop.say("HELLO 3")
    #expect(shop.say("INFO keyspace") == "=# Keyspace\r\ndb0:keys=2,expires=0,avg_ttl=0\r\n")
  }

  @Test("what there is not: an error that names what to use instead")
  func replacements() throws {
    let shop = try Shop()
    for (request, hint) in [
      ("MULTI", "transaction=False"), ("EXEC", "transaction=False"), ("WATCH x", "one step"),
      ("CLUSTER SLOTS", "one server"),
      ("SUBSCRIBE c", "STOCK.HISTORY"), ("PSUBSCRIBE c", "STOCK.HISTORY"), ("GET x", "STOCK.GET"),
      ("mget x", "STOCK.MGET"),
      ("SET x 1", "STOCK.PREHEAT"), ("SETNX x 1", "STOCK.RESERVE"), ("DECR x", "STOCK.RESERVE"),
      ("DECRBY x 1", "STOCK.DEDUCT"),
      ("INCR x", "STOCK.RESTOCK"), ("INCRBY x 2", "STOCK.CANCEL"), ("DEL x", "STOCK.ADJUST"),
      ("EXPIRE x 1", "STOCK.EXTEND"),
      ("HGETALL x", "STOCK.ORDER"), ("SADD x y", "STOCK.CONFIGURE"), ("LPUSH x y", "order"), ("KEYS *", "STOCK.SCAN"),
      ("SCAN 0", "STOCK.SCAN"), ("DBSIZE", "STOCK.STATS"), ("BGSAVE", "STOCK.SNAPSHOT"), ("FCALL f 0", "EVAL"),
    ] {
      let answer = shop.say(request)
      #expect(answer.hasPrefix("-ERR ") && answer.contains(hint), "\(request): \(answer)")
    }
    shop.play(
      """
      FOO => -ERR unknown command 'FOO', with args beginning with: 
      foo bar 'b z' => -ERR unknown command 'foo', with args beginning with: 'bar' 'b z' 
      '' => -ERR unknown command '', with args beginning with: 
      """)
    #expect(
      notation(shop.send(multibulk(["a\rb", "c\nd\r\n+OK"])))
        == ["-ERR unknown command 'a b', with args beginning with: 'c d  +OK' "])
  }

  @Test("an unknown command is quoted in part, however long it is")
  func longUnknown() throws {
    let long = String(repeating: "x", count: 100_000)
    let answer = try Shop().say("\(long) \(long) \(long)")
    #expect(answer.hasPrefix("-ERR unknown command 'xxx") && answer.utf8.count < 500)
  }
}
