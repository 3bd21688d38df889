"""redis-benchmark: a short run of reserves and one of deducts; then the store's counts must agree with what it sent."""

import re
import subprocess
import time

from daemon import Daemon
from play import Mismatch

REQUESTS = 20_000
ORDERS = 5_000
UNITS = 4_000
RUN_SECONDS_MAX = 120


def run(program, resp):
    version = subprocess.run(["redis-benchmark", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    title = f"{version.split(' (')[0].strip()} RESP{resp}"
    with Daemon(program) as daemon:
        start = time.monotonic()
        expect(daemon.ask(f"STOCK.PREHEAT op-1 ITEMS reserved {UNITS} deducted {UNITS}"), "*3")
        bench(daemon, resp, "PING")
        bench(daemon, resp, "STOCK.RESERVE", "r-__rand_int__", "reserved", "1", "USER", "u-__rand_int__")
        bench(daemon, resp, "STOCK.DEDUCT", "d-__rand_int__", "deducted", "1")
        compare(balance(daemon, resp, "reserved"), "reserved")
        compare(balance(daemon, resp, "deducted"), "sold")
        return title, 3, time.monotonic() - start


def bench(daemon, resp, *command):
    """More requests than ids, more ids than units: repeats and sold out are part of it."""
    arguments = [
        "redis-benchmark", "-h", "127.0.0.1", "-p", str(daemon.port), "-c", "50", "-P", "16", "-n", str(REQUESTS),
        "-r", str(ORDERS), "-q", *(["-3"] if resp == 3 else []), *command,
    ]
    done = subprocess.run(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=RUN_SECONDS_MAX)
    if done.returncode != 0 or "requests per second" not in done.stdout:
        raise Mismatch(f"{' '.join(arguments)}: status {done.returncode}\n{done.stdout[-2000:]}")


def balance(daemon, resp, item):
    arguments = ["redis-cli", "-h", "127.0.0.1", "-p", str(daemon.port), f"-{resp}", "STOCK.INFO", item]
    words = subprocess.run(arguments, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    return {name: int(value) for name, value in zip(words[::2], words[1::2])}


def compare(counts, taken):
    """Every unit went to one of the orders, none twice, and nobody got one that was not there."""
    others = {name: 0 for name in ("reserved", "sold", "scrapped") if name != taken}
    wanted = {"supplied": UNITS, "available": 0, taken: UNITS, **others}
    got = {name: counts[name] for name in wanted}
    if got != wanted:
        raise Mismatch(f"expected {wanted}, got {got}")


def expect(got, wanted):
    if not re.fullmatch(re.escape(wanted), got):
        raise Mismatch(f"expected {wanted}, got {got}")
