import Glibc
import Testing

@testable import stockcli

/// The tool as a shell sees it: exit codes, and what goes to which stream.
@Suite("The command line", .serialized)
struct CommandLineTests {
  struct Run: Equatable {
    var code: Int32
    var output: String
    var messages: String
  }

  /// Runs `stockcli` with arguments in the shell's quoting.
  func run(_ arguments: String, input: String = "") throws -> Run {
    let scratch = try ScratchDirectory.temporary()
    defer { scratch.remove() }
    let file = open(scratch.path + "/in", O_WRONLY | O_CREAT, 0o644)
    Messages.raw(input, to: file)
    close(file)
    let tool = try Executable.find("stockcli")
    let path = scratch.path
    let status = system("'\(tool)' \(arguments) < '\(path)/in' > '\(path)/out' 2> '\(path)/err'")
    return Run(code: (status >> 8) & 0xFF, output: try text(path + "/out"), messages: try text(path + "/err"))
  }

  private func text(_ path: String) throws -> String {
    let source = try ByteSource(path: path)
    var bytes: [UInt8] = []
    while let byte = try source.next() { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Runs `stockcli` with a standard output that nobody reads; a run that goes on is ended after 20 s.
  func runUnread(_ arguments: String) throws -> Run {
    let scratch = try ScratchDirectory.temporary()
    defer { scratch.remove() }
    let tool = try Executable.find("stockcli")
    let path = scratch.path
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    close(ends[0])
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    let line = "exec timeout 20 '\(tool)' \(arguments) 2> '\(path)/err'"
    var words: [UnsafeMutablePointer<CChar>?] = ["sh", "-c", line].map { (word: String) in strdup(word) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var process = pid_t()
    try #require(posix_spawn(&process, "/bin/sh", &actions, nil, &words, environ) == 0)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return Run(code: (status >> 8) & 0xFF, output: "", messages: try text(path + "/err"))
  }

  @Test func everyVerbDoesItsPart() throws {
    let scratch = try ScratchDirectory.temporary()
    let daemon = try DaemonProcess(
      executable: Executable.find("stockd"), dataDirectory: scratch.path + "/data",
      logFile: scratch.path + "/stockd.log", extraArguments: ["--segment-bytes", "4MiB", "--free-bytes-min", "0"])
    let at = "-s \(try daemon.start().address)"

    let catalogue = "sku,pool,quantity\ntea,,10\n茶叶,east,5\nbad sku,,1\n"
    let first = try run("preheat - \(at) --format csv -o ndjson", input: catalogue)
    #expect(first.code == 1)
    #expect(first.output.hasPrefix(#"{"outcome":"preheated","rows":3,"done":2,"already":0,"refused":0,"bad":1,"#))
    #expect(first.messages.contains("line 4: unreadable"))
    let second = try run("preheat - \(at) --format csv -o ndjson", input: catalogue)
    #expect(second.output.contains(#""done":0,"already":2"#))

    let held = try run("reserve tea 4 \(at) --order o-1 --buyer u-1 -o ndjson")
    #expect(held.code == 0)
    #expect(held.output.contains(#""outcome":"reserved","order":"o-1","available":6"#))
    #expect(try run("reserve tea 4 \(at) --order o-1 --buyer u-1 -o ndjson").output.contains(#""repeat":true"#))
    let refused = try run("cart tea=7 茶叶@east=1 \(at) --order o-2")
    #expect(
      refused
        == Run(
          code: 1, output: "", messages: "refused: soldOut: not enough to sell: tea (6 left); a later try may differ\n")
    )
    #expect(try run("confirm o-1 \(at)").output.hasPrefix("confirmed  order=o-1"))
    #expect(try run("cancel o-1 \(at)").code == 1)
    #expect(try run("return o-1 tea=1 \(at) --operation r-1").output.hasPrefix("returned  order=o-1"))
    #expect(try run("deduct tea=1 \(at) --order o-3").output.hasPrefix("confirmed  order=o-3"))
    #expect(try run("resolve o-9 \(at)").output.hasPrefix("fenced  order=o-9"))
    #expect(try run("restock tea 5 \(at) --operation s-1").output.hasPrefix("done  operation=s-1  available=11"))
    #expect(try run("supply tea=1 茶叶@east=2 \(at) --operation s-2").code == 0)
    #expect(try run("adjust tea --by -2 \(at) --operation a-1").output.contains("available=10"))
    #expect(try run("adjust tea --to 3 --at-version 1 \(at)").code == 1)
    #expect(try run("order o-1 \(at)").output.contains("tea          4          4          0         1"))
    #expect(try run("reserve 茶叶@east 3 \(at) --order p-4").code == 0)
    let part = try run("confirm-lines p-4 茶叶@east=1 \(at) --operation p-1 -o ndjson")
    #expect(part.output.hasPrefix(#"{"outcome":"confirmed","order":"p-4","operation":"p-1","state":"reserved""#))
    #expect(
      try run("cancel-lines p-4 茶叶@east=3 \(at) --operation p-2").messages
        == "refused: exceedsHeld: more than the order still holds; no retry under this id can differ\n"
    )
    #expect(
      try run("cancel-lines p-4 茶叶@east=1 \(at) --operation p-2 --reason less").output.hasPrefix(
        "cancelled  order=p-4  operation=p-2  state=reserved"))
    #expect(try run("ship p-4 \(at) --operation w-1").messages.hasPrefix("refused: wrongState: the order is reserved"))
    #expect(
      try run("order p-4 \(at) -o ndjson").output.contains(
        #""lines":[{"item":"茶叶@east","quantity":3,"confirmed":1,"cancelled":1,"returned":0}]"#))
    #expect(try run("confirm-lines p-4 茶叶@east=1 --release \(at) --operation p-3").output.contains("state=confirmed"))
    #expect(try run("ship p-4 \(at) --operation w-1").output.hasPrefix("shipped  order=p-4"))
    #expect(try run("deliver p-4 \(at) --operation w-2").output.hasPrefix("delivered  order=p-4"))
    #expect(try run("return p-4 \(at) --operation r-4").code == 0)
    let one = try run("next-id \(at) -o csv -q")
    let three = try run("next-id 3 \(at) -o csv -q")
    let ids = (one.output + three.output).split(separator: "\n").compactMap { UInt64($0) }
    #expect(ids.count == 4 && zip(ids, ids.dropFirst()).allSatisfy { $0 < $1 })
    #expect(ids.count == 4 && ids[3] == ids[1] + 2)
    #expect(try run("next-id 4097 \(at)").code == 64)
    #expect(try run("next-id 0 \(at)").code == 64)
    #expect(
      try run("move 茶叶 east west 3 \(at) --operation m-1 -o csv").output.hasPrefix(
        "outcome,operation,available,repeat,lsn\ndone,m-1,4,false,"))
    let tooMany = try run("move 茶叶 east main 5 \(at) --operation m-2")
    #expect(tooMany.code == 1)
    #expect(tooMany.messages.hasPrefix("refused: soldOut: not enough to sell: 茶叶@east (4 left)"))
    #expect(try run("configure 茶叶@west --floor 1 \(at) --operation c-1").output.contains("available=2"))
    #expect(try run("configure 茶叶@west --floor -1 \(at) --operation c-2").output.contains("available=4"))
    #expect(try run("get 茶叶@west \(at) -o csv").output.contains("\n茶叶@west,4,3,0,0,0,3,-1,4\n"))
    let got = try run("get tea 茶叶@east nothing \(at) -o csv")
    #expect(got.code == 1)
    #expect(
      got.output == """
        item,sellable,available,reserved,sold,scrapped,supplied,floor,version
        tea,10,10,0,4,0,14,0,8
        茶叶@east,4,4,0,0,0,4,0,8
        nothing,,,,,,,,

        """)
    #expect(got.messages == "no such item: nothing\n")
    #expect(
      try run("reserve 茶叶@west 4 \(at) --order o-4 -o ndjson").output.contains(
        #""lines":[{"item":"茶叶@west","quantity":4,"backordered":1,"available":0}]"#))
    #expect(try run("reserve 茶叶@west 4 \(at) --order o-4 -o ndjson").output.contains(#""repeat":true"#))
    #expect(
      try run("cart 茶叶=3 \(at) --pools west,east --order o-5 -o ndjson").output.contains(
        #""lines":[{"item":"茶叶@east","quantity":3,"backordered":0,"available":1}]"#))
    #expect(try run("deduct 茶叶=1 \(at) --pools west,east --order o-6").output.hasPrefix("confirmed  order=o-6"))
    #expect(try run("reserve 茶叶 \(at) --pools west,,east").code == 64)
    let pools = try run("pools 茶叶 \(at)")
    #expect(pools.code == 0)
    #expect(
      pools.output.split(separator: "\n").map { $0.split(separator: " ")[0] } == [
        "ITEM", "茶叶@east", "茶叶@west", "total",
      ])
    #expect(try run("pools 茶叶 \(at) -o ndjson").output.split(separator: "\n").count == 2)
    #expect(try run("pools 茶叶 \(at) -o csv").output.contains("\n茶叶@west,0,-1,4,0,0,3,-1,5\n"))
    #expect(try run("pools nothing \(at) -o json") == Run(code: 1, output: "[]\n", messages: "no such SKU: nothing\n"))
    #expect(try run("ls \(at) --match 茶 --limit 0 -o csv").output.contains("茶叶@east,0,"))
    #expect(try runUnread("ls \(at) --limit 0 -o csv") == Run(code: 141, output: "", messages: ""))
    // A verb that is done says what became of it, whether somebody reads of it or not.
    #expect(try runUnread("cancel o-1 \(at) -o json").code == 1)
    #expect(try runUnread("get tea \(at)").code == 0)
    try everyRefusalIsShown(at)
    let history = try run("history tea \(at) --limit 2 -o ndjson")
    #expect(history.output.contains(#""event":"adjusted""#))
    #expect(history.messages == "there may be older changes: --before 7\n")
    #expect(try run("history tea \(at)").messages == "")
    #expect(
      try run("history nothing \(at)").messages == "refused: unknownItem: no such item; a later try may differ\n")
    #expect(try run("status \(at) -o ndjson").output.contains(#""accounted":true"#))
    let load = try run("bench \(at) --orders 2000 --batch 50 --connections 4 --skus 10 -o ndjson -q")
    #expect(load.code == 0)
    #expect(load.output.contains(#""commands":2000"#) && load.messages == "")
    let seconds = try run("bench \(at) --orders 2000 --batch 50 --connections 4 --skus 10 --per-second -o csv -q")
    #expect(seconds.output.hasPrefix("second,commandsPerSecond,p50Microseconds,p99Microseconds,maxMicroseconds\n1,"))
    let asked = try run("demand tea \(at) --per 1h -o csv -q")
    #expect(daemon.stop() == .exited(0))
    // The same rows from the files.
    #expect(try run("demand tea --data-dir '\(scratch.path)/data' --per 1h -o csv -q") == asked)
    #expect(asked.output.split(separator: "\n").count >= 2)
    let unknown = try run("demand nothing --data-dir '\(scratch.path)/data'")
    #expect(unknown == Run(code: 1, output: "", messages: "no such item: nothing\n"))
    #expect(
      try run("inspect log '\(scratch.path)/data' --sku nothing")
        == Run(code: 1, output: "", messages: "no such item: nothing\n"))
    #expect(try run("inspect log '\(scratch.path)/data' --sku tea --limit 1 -q -o ndjson").output.contains("tea=10"))
    #expect(try run("demand tea --data-dir /nowhere").code == 64)
    scratch.remove()
  }

  /// One of tea was refused above, with seven units, and the cart asked for a unit of 茶叶@east too.
  private func everyRefusalIsShown(_ at: String) throws {
    let deadline = ContinuousClock.now + .seconds(20)
    var table = try run("demand tea \(at) --per 1h")
    while !table.output.contains("total"), ContinuousClock.now < deadline {
      table = try run("demand tea \(at) --per 1h")
    }
    let lines = table.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
    #expect(lines.first == ["TIME", "REASON", "ATTEMPTS", "UNITS"])
    #expect(lines.last == ["total", "soldOut", "1", "7"])
    #expect(lines[1].dropFirst() == ["soldOut", "1", "7"] && lines[1][0].hasSuffix(":00:00.000Z"))
    #expect(table.messages.hasPrefix("complete up to LSN ") && table.code == 0)
    let json = try run("demand 茶叶 \(at) --per 1s --item -o ndjson")
    #expect(json.output.contains(#""item":"茶叶@east","reason":"soldOut","attempts":1,"units":1}"#))
    #expect(
      try run("demand tea \(at) --from 2020-01-01T00:00:00Z --until 2020-01-01T01:00:00Z -o json").output == "[]\n")
    #expect(try run("demand nothing \(at)").code == 1)
    #expect(try run("demand tea \(at) --per 2s").code == 64)
    #expect(try run("demand tea \(at) --from 5000 --until 5000").code == 64)
    #expect(try run("demand tea \(at) --data-dir /nowhere").code == 64)
  }

  /// One letter in two spellings is two SKUs and two sales to the engine: the tool does not take one for the other.
  @Test func spellingsAreApart() throws {
    let (one, two) = ("caf\u{E9}", "cafe\u{301}")
    let scratch = try ScratchDirectory.temporary()
    let directory = "'\(scratch.path)/data'"
    let daemon = try DaemonProcess(
      executable: Executable.find("stockd"), dataDirectory: scratch.path + "/data",
      logFile: scratch.path + "/stockd.log", extraArguments: ["--segment-bytes", "4MiB", "--free-bytes-min", "0"])
    let at = "-s \(try daemon.start().address)"
    #expect(try run("preheat - \(at) --format csv", input: "sku,quantity\n\(one),5\n\(two),6\n").code == 0)
    let held = try run("reserve \(two) 2 \(at) --order o-\(one) -o csv -q").output.split(separator: ",")
    let lsn = try #require(held.count > 5 ? UInt64(held[held.count - 2]) : nil)
    for (sale, units) in [(one, 1), (two, 2)] {
      let file = """
        {"id": "\(sale)", "start": "now", "end": "+1h", "newSupply": true, "items": [{"sku": "tea", "units": \(units)}]}
        """
      #expect(try run("sale open - \(at)", input: file).code == 0)
    }
    let shown = try run("sale show \(two) \(at) -o ndjson")
    #expect(shown.output.contains(#""items":[{"sku":"tea","left":2,"reserved":0,"sold":0,"scrapped":0}]"#), "\(shown)")
    #expect(daemon.stop() == .exited(0))

    #expect(try run("replay \(directory) --sku \(one) -o csv -q").output.split(separator: "\n").count == 2)
    let change = try run("replay \(directory) --diff --until-lsn \(lsn - 1) -o csv -q")
    #expect(change.code == 0 && change.output.contains("\(two),0,-2,2,0,0,1\n"), "\(change)")
    #expect(try run("inspect log \(directory) --sku \(one) -o csv -q").output.split(separator: "\n").count == 2)
    #expect(try run("inspect log \(directory) --order o-\(two) -o csv -q").output.split(separator: "\n").count == 1)
    #expect(try run("demand cafE\u{301} --data-dir \(directory)").code == 1)
    scratch.remove()
  }

  @Test func codesTellWhatHappened() throws {
    let nobody = try run("get tea -s unix:/nowhere/stockd.sock")
    #expect(nobody.code == 2)
    #expect(nobody.output == "")
    #expect(nobody.messages.hasPrefix("unix:/nowhere/stockd.sock was not reached: No such file"))
    #expect(try run("get").code == 64)
    #expect(try run("get tea -s 'a b'").code == 64)
    #expect(try run("adjust tea --by 1 --to 2").code == 64)
    #expect(
      try run("preheat /nowhere.csv")
        == Run(code: 64, output: "", messages: "preheat: /nowhere.csv: No such file or directory\n"))
    try wrongFilesAreToldAlike()
    #expect(try run("drill --scratch-dir /").code == 3)
    #expect(try run("--help").code == 0)
    #expect(try run("--version").output == "0.1.0\n")
    for shell in ["bash", "zsh", "fish"] {
      let script = try run("--generate-completion-script \(shell)")
      #expect(script.code == 0 && script.output.contains("preheat") && script.messages == "")
    }
  }

  /// A path that leads nowhere is a mistake of the command line; what is wrong inside a file is refused, whichever verb reads it.
  private func wrongFilesAreToldAlike() throws {
    let data = #filePath.replacing("Tests/StockCLITests/CommandLineTests.swift", with: "data")
    let verbs = [
      "preheat --dry-run --format csv", "sale open --dry-run", "demo --catalogue '\(data)/catalogue.csv' --sale",
      "demo --sale '\(data)/sale.json' --catalogue",
    ]
    for verb in verbs {
      let name = verb.hasPrefix("sale") ? "sale open" : String(verb.prefix { $0 != " " })
      let missing = try run("\(verb) /nowhere.json")
      #expect(missing.code == 64 && missing.output == "", "\(verb): \(missing)")
      #expect(missing.messages.contains("\(name): /nowhere.json: No such file or directory\n"), "\(verb): \(missing)")
      let directory = try run("\(verb) '\(data)'")
      #expect(directory.code == 64 && directory.messages.hasSuffix("is a directory\n"), "\(verb): \(directory)")
      let wrong = try run("\(verb) -", input: "{\"sale\":\n")
      #expect(wrong.code == 1 && wrong.output == "", "\(verb): \(wrong)")
      #expect(wrong.messages.contains("\(name): -: line "), "\(verb): \(wrong)")
      #expect(try run("\(verb) -").code == 1)
    }
    let errors = try run("preheat - --dry-run --errors /nowhere/errors.csv", input: "sku,quantity\n")
    #expect(errors.code == 64 && errors.messages == "preheat: /nowhere/errors.csv: No such file or directory\n")
  }

  @Test func aDryRunNeedsNoServer() throws {
    let checked = try run("preheat - --dry-run", input: "{\"sku\":\"tea\",\"quantity\":5}\n")
    #expect(checked.code == 0)
    #expect(checked.output.hasPrefix("checked  rows=1  done=1"))
    #expect(checked.messages == "")
  }
}
