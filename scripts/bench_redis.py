#!/usr/bin/env python3
"""Measures stockd's RESP gateway beside Redis: one redis-benchmark drives both, in turn, in one run.

Redis answers each reservation by scripts/seckill.lua; stockd answers STOCK.RESERVE, always after a sync. Each run has a
fresh server (bench_redis_run.py). Prints a line a run, then Markdown tables; docs/benchmarks.md says how to read them.
"""

import argparse
import os
import pathlib
import platform
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from statistics import median

from bench_redis_run import ALWAYS, EVERYSEC, ITEMS, SCRIPT, STOCKD
from bench_redis_run import Cell, RunFailed, Server, ask, load_command, measure, running, server_command

SYSTEMS, PEERS = [ALWAYS, EVERYSEC, STOCKD], [ALWAYS, EVERYSEC]
AIMS = {ALWAYS: {1: 1.5, 16: 6, 100: 8}, EVERYSEC: {1: 1.1, 16: 5, 100: 8}}  # times the peer, by pipeline depth
MAIN = [Cell(items, 50, pipeline) for items in ITEMS for pipeline in AIMS[ALWAYS]]
DEPTHS = [Cell("1,000 SKUs", 50, pipeline) for pipeline in (1, 4, 16, 64, 100, 500)]
CONNECTIONS = [Cell("1,000 SKUs", connections, 16) for connections in (1, 10, 50, 200)]
CURVE = [cell for cell in DEPTHS + CONNECTIONS if cell not in MAIN]
OTHERS_MAX = 0.1  # of the cores, for the median run: beyond, neighbours are measured
FOOTPRINT = Cell("1,000 SKUs", 50, 100, orders=1_000_000)


@dataclass
class Book:
    """Everything measured so far, and what went wrong."""

    results: dict = field(default_factory=dict)  # (cell, system): [Result]
    failures: list = field(default_factory=list)

    def of(self, cell, system, name):
        return [getattr(result, name) for result in self.results.get((cell, system), [])]


def main():
    options = parsed_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("bench_redis.py: stopped"))
    stop_at = time.monotonic() + options.minutes * 60
    print_heading(options)
    try:
        check_script(options)
    except RunFailed as failure:
        sys.exit(f"bench_redis.py: {failure}")
    book = Book()
    try:
        for title, cell in schedule(options):
            # All systems or none: what is compared was measured within the same seconds.
            if time.monotonic() > stop_at:
                book.failures.append(f"{options.minutes:g} minutes were up; nothing was run from {title} on: {cell}")
                break
            for system in options.systems:
                attempt(title, cell, system, options, book)
    finally:
        print_tables(book)
    sys.exit(1 if book.failures else 0)


def parsed_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default=".build/release", help="folder of stockd (%(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of pipeline depths 1, 16 and 100 (%(default)s)")
    parser.add_argument("--curve-rounds", type=int, default=3, help="of other depths and connections (%(default)s)")
    parser.add_argument("--seconds", type=float, default=2.2, help="about how long a run takes (%(default)s)")
    parser.add_argument("--minutes", type=float, default=11.5, help="after which no further run begins (%(default)s)")
    parser.add_argument("--systems", type=lambda text: text.split(","), default=SYSTEMS, help=",".join(SYSTEMS))
    return parser.parse_args()


def schedule(options):
    """(title, cell) in the order of measuring. The curve comes early: a lack of time costs the last rounds only."""
    yield "footprint", FOOTPRINT
    for number in range(1, max(options.rounds, options.curve_rounds) + 1):
        cells = (MAIN if number <= options.rounds else []) + (CURVE if number <= options.curve_rounds else [])
        yield from ((f"round {number}", cell) for cell in cells)


def attempt(title, cell, system, options, book):
    """Measures once, and says the result at once: nothing measured is lost if a later run fails."""
    try:
        rates_before = book.of(cell, system, "rate")
        result = measure(cell, system, options, expected_rate=rates_before[-1] if rates_before else None)
    except Exception as failure:  # Whatever it was, the other runs go on.
        book.failures.append(f"{title}: {cell}: {system}: {type(failure).__name__}: {failure}")
        print(f"FAILED {book.failures[-1]}", flush=True)
        return
    book.results.setdefault((cell, system), []).append(result)
    print(f"{title}: {cell}: {system}: {result.rate:,.0f} orders/s, p50 {result.p50_milliseconds:.2f} ms, "
          f"p99 {result.p99_milliseconds:.2f} ms; an order: {result.log_bytes:.0f} bytes of log, "
          f"{result.memory_bytes:.0f} of memory, {result.cpu_microseconds:.1f} us; "
          f"others had {result.others:.0%} of the cores", flush=True)


# Before the first run


def print_heading(options):
    facts = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((fact.split(": ")[1] for fact in facts if "model name" in fact), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    print(f"\n-- RESP beside Redis: {options.rounds} rounds of {', '.join(options.systems)} in turn")
    file_system = told_by("findmnt", "-no", "FSTYPE", "-T", tempfile.gettempdir())
    print(f"machine   {os.cpu_count()} cores, {cpu}, {memory:.1f} GiB, {platform.system()} {platform.release()}, "
          f"{file_system}, load {os.getloadavg()[0]:.1f} at the start")
    print(f"versions  {told_by('redis-benchmark', '--version')}, {told_by(f'{options.build}/stockd', '--version')}")
    for system in options.systems:
        print(f"{system}: {shlex.join(server_command(system, options, 'DIRECTORY', 'PORT'))}")
        server = Server(system, None, "PORT", None, script="" if system == STOCKD else "SHA1")
        for items in ITEMS if system != EVERYSEC else []:  # The same load as with `always`.
            print(f"  {items}: {shlex.join(load_command(server, Cell(items, 'C', 'P'), 'order', 'N'))}")
    print(flush=True)


def told_by(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    except OSError as error:
        return f"{command[0]}: {error.strerror}"


def check_script(options):
    """A script that sells wrongly would be no measure. There are 3 lamps, and 2 at most for a buyer."""
    cases = [
        ("the first buyer", "order-1", ["lamp"], "ann", "RESERVED", 2),
        ("a repeat", "order-1", ["lamp"], "ann", "RESERVED", 2),
        ("a buyer within the limit", "order-2", ["lamp"], "ann", "RESERVED", 1),
        ("a buyer over the limit", "order-3", ["lamp"], "ann", "LIMIT lamp", 1),
        ("a cart of which one line is short", "order-4", ["lamp", "bulb"], "bob", "SOLDOUT bulb", 1),
        ("the last buyer", "order-5", ["lamp"], "bob", "RESERVED", 0),
        ("a buyer who is too late", "order-6", ["lamp"], "cid", "SOLDOUT lamp", 0),
        ("a repeat of the last buyer", "order-5", ["lamp"], "bob", "RESERVED", 0),
    ]
    with running(ALWAYS, options) as server:
        ask(server.port, ["MSET", "lamp", 3, "bulb", 0])
        for title, order, items, buyer, expected, left in cases:
            call = ["EVALSHA", server.script, 1 + len(items), order, *items, buyer, 2, 900, *(1 for _ in items)]
            result, lamps, seconds = ask(server.port, call, ["GET", "lamp"], ["TTL", "order-1"])
            if (result, int(lamps)) != (expected, left) or not 890 <= seconds <= 900:
                sys.exit(f"bench_redis.py: {SCRIPT.name} is wrong for {title}: {result}, {lamps} left, {seconds} s")


# After the last run


def print_tables(book):
    for title, header, rows in tables(book):
        rows = [header, *rows]
        widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
        rows.insert(1, ["-" * width for width in widths])
        print(f"\n{title}\n")
        for row in rows:
            print("| " + " | ".join(text.ljust(width) for text, width in zip(row, widths)) + " |")
    print(f"\n{told_of_others(book)}")
    for failure in book.failures:
        print(f"\nFAILED {failure}")


def told_of_others(book):
    shares = [result.others for results in book.results.values() for result in results]
    if not shares:
        return "No run has a figure."
    verdict = "too much: these figures are not fit to be quoted" if median(shares) > OTHERS_MAX else "fit to be quoted"
    return f"Others had {median(shares):.0%} of the cores in the median run, {max(shares):.0%} at most: {verdict}."


def tables(book):
    """(title, header, rows) of each table."""
    named = [([cell.items, str(cell.pipeline)], cell) for cell in MAIN]
    yield ("Thousand orders a second, 50 connections: median [lowest .. highest]; stockd to each peer, with the aim",
           ["items", "P", "rounds", *SYSTEMS, *(f"to {peer}" for peer in PEERS)],
           [name + rates(book, cell) + ratios(book, cell, AIMS) for name, cell in named])
    yield ("Milliseconds until a pipeline is answered, p50 / p99; bytes of log an order",
           ["items", "P", *SYSTEMS, *(f"{system}: log" for system in SYSTEMS)],
           [name + latencies(book, cell) + told(book, cell, "log_bytes") for name, cell in named])
    yield ("Microseconds of the server's processor time an order, of all its threads",
           ["items", "P", *SYSTEMS],
           [name + told(book, cell, "cpu_microseconds", places=1) for name, cell in named])
    curve = [(f"{cell.connections}", f"{cell.pipeline}", cell) for cell in DEPTHS + CONNECTIONS]
    yield ("The curve: thousand orders a second, 1,000 SKUs",
           ["connections", "P", "rounds", *SYSTEMS, *(f"to {peer}" for peer in PEERS)],
           [[connections, pipeline] + rates(book, cell) + ratios(book, cell) for connections, pipeline, cell in curve])
    yield (f"Bytes an order, {FOOTPRINT.orders:,} open orders: log, and growth of resident memory",
           ["", *SYSTEMS],
           [["log"] + told(book, FOOTPRINT, "log_bytes"), ["memory"] + told(book, FOOTPRINT, "memory_bytes")])


def rates(book, cell):
    found = [book.of(cell, system, "rate") for system in SYSTEMS]
    rounds = sorted({len(of) for of in found if of})
    return [" to ".join(map(str, rounds)), *(spread([rate / 1000 for rate in of]) for of in found)]


def spread(values):
    return f"{median(values):.1f} [{min(values):.1f} .. {max(values):.1f}]" if values else "none"


def ratios(book, cell, aims=None):
    return [ratio(book, cell, peer, aims and aims[peer][cell.pipeline]) for peer in PEERS]


def ratio(book, cell, peer, aim):
    ours, theirs = book.of(cell, STOCKD, "rate"), book.of(cell, peer, "rate")
    if not ours or not theirs:
        return "none"
    times = median(ours) / median(theirs)
    verdict = f", {'met' if times >= aim else 'MISSED'}: {aim:g} x" if aim else ""
    return f"{times:.2f} x{verdict}"


def latencies(book, cell):
    halves, tails = (told(book, cell, name, places=2) for name in ("p50_milliseconds", "p99_milliseconds"))
    return [f"{half} / {tail}" for half, tail in zip(halves, tails)]


def told(book, cell, name, places=0):
    found = [book.of(cell, system, name) for system in SYSTEMS]
    return [f"{median(of):.{places}f}" if of else "none" for of in found]


if __name__ == "__main__":
    main()
