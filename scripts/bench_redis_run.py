"""One run of the comparison with Redis: a server on an empty directory and a free loopback port, its stock laid in,
redis-benchmark against it, and a count of what was truly placed: redis-benchmark takes a refusal for an answer like any
other."""

import contextlib
import csv
import math
import os
import pathlib
import resource
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import astuple, dataclass

SCRIPT = pathlib.Path(__file__).with_name("seckill.lua")
ALWAYS, EVERYSEC, STOCKD = "Redis always", "Redis everysec", "stockd"

RANDOM = "__rand_int__"  # redis-benchmark puts 12 digits here, drawn anew for each place and each command
RANGE = 1000  # below which it draws; an order's id holds three draws: 10^9 ids
CATALOGUE = [f"{kind}:{number:012}" for kind in ("sku", "gift") for number in range(RANGE)]
PAGES = [CATALOGUE[at : at + 200] for at in range(0, len(CATALOGUE), 200)]  # a command takes at most 256 items
STOCK, LIMIT, PAYMENT_SECONDS = 1_000_000_000, 1_000_000, 900

ONE_LINE = {"1,000 SKUs": [f"sku:{RANDOM}"], "one hot SKU": [CATALOGUE[0]]}
CARTS = {"cart of two lines": [f"sku:{RANDOM}", f"gift:{RANDOM}"]}
ITEMS = ONE_LINE | CARTS

START_SECONDS_MAX, RUN_SECONDS_MAX = 20, 60


@dataclass(frozen=True)
class Cell:
    """One point of the measurement: which items, how many connections, how many requests in flight on each."""

    items: str
    connections: int
    pipeline: int
    orders: int = 0  # 0: as many as fill the time of a run

    def __str__(self):
        return f"{self.items}, {self.connections} connections, pipeline {self.pipeline}"


@dataclass(frozen=True)
class Result:
    """What one run measured: orders a second, milliseconds until a pipeline is answered, and what an order took of the
    log, of resident memory and of the server's processor time. `others` is the share of all cores that somebody else
    had: neither the server nor redis-benchmark."""

    rate: float
    p50_milliseconds: float
    p99_milliseconds: float
    log_bytes: float
    memory_bytes: float
    cpu_microseconds: float
    others: float


@dataclass
class Server:
    """A server under test on a directory of its own."""

    system: str
    process: subprocess.Popen
    port: int
    directory: pathlib.Path
    script: str = ""  # SHA-1 of the Lua script; empty for stockd


class RunFailed(Exception):
    """This run has no figure. The others go on."""


def ask(port, *commands):
    """Sends commands over one connection and returns their answers in order. An error answer fails the run."""
    with socket.create_connection(("127.0.0.1", port), timeout=RUN_SECONDS_MAX) as connection:
        words = ([str(word).encode() for word in command] for command in commands)
        connection.sendall(b"".join(encoded(command) for command in words))
        stream = connection.makefile("rb")
        return [answer(stream) for _ in commands]


def encoded(words):
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def answer(stream):
    line = stream.readline()
    kind, text = line[:1], line[1:-2].decode()
    if kind == b"+":
        return text
    if kind == b":":
        return int(text)
    if kind == b"$":
        return stream.read(int(text) + 2)[:-2].decode() if text != "-1" else None
    if kind == b"*":
        return [answer(stream) for _ in range(int(text))]
    raise RunFailed(f"the server answered {line!r}")


@contextlib.contextmanager
def running(system, options):
    """A server with its stock laid in. It is stopped, and its directory removed, whatever happens."""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="stockd-bench-redis."))
    process = None
    try:
        port, data = free_port(), directory / "data"
        data.mkdir()
        command = server_command(system, options, data, port)
        with open(directory / "log", "wb") as log:
            process = subprocess.Popen(command, executable=program(command), stdout=log, stderr=log)
        await_ready(system, process, directory, port)
        server = Server(system, process, port, directory)
        lay_in(server)
        yield server
    finally:
        if process:
            stop(process)
        shutil.rmtree(directory, ignore_errors=True)


def server_command(system, options, data, port):
    if system == STOCKD:
        # Neither system compacts its log while it is measured.
        return [f"{options.build}/stockd", "--data-dir", str(data), "--listen", "none",
                "--resp", f"127.0.0.1:{port}", "--snapshot-bytes", "64GiB", "--lag-bytes-max", "128GiB"]
    return ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--dir", str(data), "--save", "",
            "--appendonly", "yes", "--appendfsync", system.split()[1], "--auto-aof-rewrite-percentage", "0"]


def program(command):
    """The file to execute. Debian's redis-server is a service, and a link to redis-check-rdb of redis-tools, which is
    the server if it is called by that name. So redis-tools is enough, and no service starts that nobody asked for."""
    found = shutil.which(command[0]) or (command[0] == "redis-server" and shutil.which("redis-check-rdb"))
    if not found:
        raise RunFailed(f"{command[0]} was not found")
    return found


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_ready(system, process, directory, port):
    until = time.monotonic() + START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < until:
        with contextlib.suppress(OSError, RunFailed):
            if ask(port, ["PING"]) == ["PONG"]:
                return
        time.sleep(0.02)
    last = (directory / "log").read_text(errors="replace").strip().splitlines()[-3:]
    raise RunFailed(f"{system} did not start: {' / '.join(last)}")


def stop(process):
    process.terminate()
    try:
        process.wait(START_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def lay_in(server):
    """Stock and limits so large that no order is refused."""
    stocked = [[word for item in page for word in (item, STOCK)] for page in PAGES]
    if server.system == STOCKD:
        preheats = [["STOCK.PREHEAT", f"lay-in-{page[0]}", "ITEMS", *page] for page in stocked]
        limits = [["STOCK.CONFIGURE", f"limit-{item}", item, "LIMIT", "user", LIMIT] for item in CATALOGUE]
        for outcome in ask(server.port, *preheats, *limits):
            if outcome[0] != 1:
                raise RunFailed(f"stock or limits were refused: {outcome}")
    else:
        ask(server.port, *(["MSET", *page] for page in stocked))
        server.script = ask(server.port, ["SCRIPT", "LOAD", SCRIPT.read_text()])[0]


def measure(cell, system, options, expected_rate=None):
    """One run on a fresh server, after a pilot that warms it up and tells how many orders fill the time of a run."""
    with running(system, options) as server:
        pilot_orders = min(max(4_000, 10 * cell.connections * cell.pipeline), 50_000)
        pilot_rate, _, _ = drive(server, cell, "pilot", pilot_orders)
        wanted = cell.orders or max(pilot_orders, (expected_rate or pilot_rate) * options.seconds)
        orders = math.ceil(wanted / cell.pipeline) * cell.pipeline  # redis-benchmark fills its last pipeline
        before, units_before = Reading.of(server), units_taken(server)
        rate, p50, p99 = drive(server, cell, "order", orders)
        after, placed = Reading.of(server), (units_taken(server) - units_before) // len(ITEMS[cell.items])
        check_placed(orders, placed)
        logged, grown, server_seconds, load_seconds, all_seconds, elapsed = after.since(before)
        others = max(0, all_seconds - server_seconds - load_seconds) / (elapsed * os.cpu_count())
        return Result(rate, p50, p99, logged / placed, grown / placed, server_seconds / placed * 1e6, others)


@dataclass(frozen=True)
class Reading:
    """Counters that only grow, read before and after the load."""

    log_bytes: int
    resident_bytes: int
    server_seconds: float  # processor time, as the next two
    load_seconds: float
    all_seconds: float
    clock_seconds: float

    @staticmethod
    def of(server):
        load = resource.getrusage(resource.RUSAGE_CHILDREN)  # of children that have ended; the server has not
        return Reading(log_bytes(server), resident_bytes(server), server_seconds(server), load.ru_utime + load.ru_stime,
                       busy_seconds(), time.monotonic())

    def since(self, before):
        return [now - then for now, then in zip(astuple(self), astuple(before))]


def drive(server, cell, prefix, orders):
    """Runs redis-benchmark: orders a second, and p50 and p99 in milliseconds."""
    command = load_command(server, cell, prefix, orders)
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=RUN_SECONDS_MAX)
    except subprocess.TimeoutExpired:
        raise RunFailed(f"redis-benchmark took more than {RUN_SECONDS_MAX} s") from None
    rows = [row for row in csv.reader(done.stdout.splitlines()) if len(row) >= 8]
    if done.returncode or len(rows) != 2:
        said = (done.stdout + done.stderr).strip().splitlines()[-2:]
        raise RunFailed(f"redis-benchmark ended with {done.returncode}: {' / '.join(said)}")
    rate, _, _, p50, _, p99, _ = map(float, rows[1][-7:])
    return rate, p50, p99


def load_command(server, cell, prefix, orders):
    return ["redis-benchmark", "-h", "127.0.0.1", "-p", str(server.port), "-c", str(cell.connections),
            "-P", str(cell.pipeline), "-r", str(RANGE), "-n", str(orders), "--csv",
            *reservation(server, cell, prefix)]


def reservation(server, cell, prefix):
    """One request. `prefix` keeps the ids of two loads on a server apart: redis-benchmark seeds itself with the time
    and its process id, so the second may draw what the first drew, and would measure repeats."""
    order, user, items = f"{prefix}:{RANDOM * 3}", f"user:{RANDOM}", ITEMS[cell.items]
    if server.script:
        keys = [order, *items]
        arguments = [user, str(LIMIT), str(PAYMENT_SECONDS), *("1" for _ in items)]
        return ["EVALSHA", server.script, str(len(keys)), *keys, *arguments]
    options = ["USER", user, "EX", str(PAYMENT_SECONDS)]
    if cell.items in CARTS:
        return ["STOCK.MRESERVE", order, *options, "ITEMS", *(word for item in items for word in (item, "1"))]
    return ["STOCK.RESERVE", order, items[0], "1", *options]


def check_placed(orders, placed):
    """Of n draws from N ids about n * n / 2 N are repeats, which take nothing. All others took their units."""
    repeats = orders * orders / (2 * RANGE**3)
    if not orders - 2 * repeats - 20 <= placed <= orders:
        raise RunFailed(f"of {orders} orders {placed} were placed, and only {repeats:.0f} or so are repeats")


def units_taken(server):
    read = "STOCK.MGET" if server.system == STOCKD else "MGET"
    left = ask(server.port, *([read, *page] for page in PAGES))
    return sum(STOCK - int(number) for page in left for number in page)


def log_bytes(server):
    if server.system == STOCKD:
        stats = ask(server.port, ["STOCK.STATS"])[0]
        return int(dict(zip(stats[::2], stats[1::2]))["log_bytes"])
    return sum(file.stat().st_size for file in (server.directory / "data").rglob("*.aof"))


def resident_bytes(server):
    status = pathlib.Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmRSS:"))


def server_seconds(server):
    fields = pathlib.Path(f"/proc/{server.process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def busy_seconds():
    """Processor time that was used or withheld, of all cores: everything but idle time and waiting for a disk."""
    total_line = pathlib.Path("/proc/stat").read_text().splitlines()[0]
    user, nice, system, _idle, _waiting, *interrupts_and_stolen = map(int, total_line.split()[1:9])
    return sum((user, nice, system, *interrupts_and_stolen)) / os.sysconf("SC_CLK_TCK")
