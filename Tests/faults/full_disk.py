"""Part 4: a disk that is really full: a small file system of its own, which fills up, is given room, and fills up again.

Usage, within a mount namespace: full_disk.py STOCKD STOCKCLI MOUNTPOINT
"""

import os
import subprocess
import sys
import time

import audit
import resp
from daemon import Daemon, Ended
from workers import Tally

SIZE = "64m"
# What somebody else leaves free: for the two segments that a start makes, and later for none.
FREE_BYTES_FIRST = 26 << 20
FREE_BYTES_LATER = 4 << 20
# Above 10 MiB, of which confirm, cancel and the engine itself keep the rest when nothing else is taken any more (operations.md, 7.1).
OPTIONS = ("--segment-bytes", "11MiB", "--snapshot-bytes", "1GiB", "--free-bytes-min", "0")
BATCH = 64
ORDERS_MAX = 60_000
HEAL_SECONDS_MAX = 30
NO_SPACE = [-9, "NOSPACE"]


def run(stockd, stockcli, directory, quick):
    """In a namespace of its own, as root of it or of the machine. Where there is none to be had, only the quick form may do without."""
    tally = Tally("a full disk")
    point = os.path.join(directory, "small")
    os.makedirs(point)
    for namespace in (["unshare", "-rm"], ["unshare", "-m"]):
        if subprocess.run([*namespace, "mount", "-t", "tmpfs", "none", point], capture_output=True, check=False).returncode == 0:
            break
    else:
        reason = "No file system may be mounted here, not even in a namespace."
        if quick:
            print(f"  SKIPPED: A FULL DISK. {reason}", flush=True)
            tally.count("SKIPPED")
        else:
            tally.fails("a full disk", f"it was not tried. {reason}")
        return tally
    done = subprocess.run([*namespace, sys.executable, os.path.abspath(__file__), stockd, stockcli, point],
                          capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        tally.fails("a full disk", f"{done.stdout[-1500:]}{done.stderr[-1500:]}")
        return tally
    for word in done.stdout.split():
        name, _, number = word.partition("=")
        tally.count(name.replace("_", " "), int(number))
    tally.passes()
    return tally


class Ballast:
    """Bytes that somebody else puts on the disk, and takes away."""

    def __init__(self, point):
        self.point, self.files = point, []

    def load(self, free_bytes):
        """Leaves so much free."""
        free = os.statvfs(self.point)
        self.files.append(os.path.join(self.point, f"ballast-{len(self.files)}"))
        with open(self.files[-1], "wb") as file:
            os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - free_bytes)

    def drop(self):
        for file in self.files:
            os.remove(file)
        self.files = []


class Shop:
    """What one client has ordered, and what it was told."""

    def __init__(self):
        self.told, self.begun = {}, 0

    def preheat(self, connection):
        expect(connection.call("STOCK.PREHEAT", "p", "ITEMS", "tea", ORDERS_MAX), [1, "OK", 1])

    def order_until_full(self, connection):
        """Orders with payloads that do not compress, until one is refused for want of room. Nothing else may be answered."""
        while self.begun < ORDERS_MAX:
            names = [f"o-{number}" for number in range(self.begun, self.begun + BATCH)]
            self.begun += BATCH
            answers = connection.pipeline(
                [("STOCK.RESERVE", name, "tea", 1, "PAYLOAD", os.urandom(400).hex()) for name in names])
            for name, answer in zip(names, answers):
                if answer[:2] == [1, "RESERVED"]:
                    self.told[name] = "reserved"
                else:
                    expect(answer, NO_SPACE)
            if answers[-1] == NO_SPACE:
                return
        raise audit.Finding("the disk never filled up")

    def settle(self, connection, count):
        """Confirms and cancels, which a full disk does not keep from their work."""
        open_orders = [name for name, state in self.told.items() if state == "reserved"][:2 * count]
        for name in open_orders[:count]:
            expect(connection.call("STOCK.CONFIRM", name), [1, "CONFIRMED"])
            self.told[name] = "confirmed"
        for name in open_orders[count:]:
            expect(connection.call("STOCK.CANCEL", name), [1, "CANCELLED"])
            self.told[name] = "cancelled"

    def refused(self, connection):
        """Everything that takes new stock or new orders."""
        for command in ("STOCK.RESERVE n tea 1", "STOCK.DEDUCT n tea 1", "STOCK.SUPPLY n ITEMS tea 1", "STOCK.PREHEAT n ITEMS pot 1"):
            expect(connection.call(*command.split()), NO_SPACE)
        expect(connection.call("STOCK.ORDER", "n"), None)

    def check(self, connection):
        """Every order, and the item's numbers."""
        names = [f"o-{number}" for number in range(self.begun)]
        for start in range(0, len(names), BATCH):
            part = names[start:start + BATCH]
            for name, answer in zip(part, connection.pipeline([("STOCK.ORDER", name) for name in part])):
                expect(answer and resp.pairs(answer)["state"], self.told.get(name), name)
        states = list(self.told.values())
        item = resp.pairs(connection.call("STOCK.INFO", "tea"))
        expect((item["reserved"], item["sold"]), (states.count("reserved"), states.count("confirmed")), "tea")
        audit.check_sums(connection)


def expect(told, right, about=""):
    if told != right:
        raise audit.Finding(f"{about} {told}, not {right}".strip())


def await_space(connection, name):
    """Without a restart, and by itself."""
    until = time.monotonic() + HEAL_SECONDS_MAX
    while (answer := connection.call("STOCK.RESERVE", name, "tea", 1))[:2] != [1, "RESERVED"]:
        if time.monotonic() > until:
            raise audit.Finding(f"{HEAL_SECONDS_MAX} s after there was room again: {answer}")
        time.sleep(0.05)
    expect(connection.call("STOCK.CANCEL", name), [1, "CANCELLED"])


def inside(stockd, stockcli, point):
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", point], check=True)
    store, log, ballast, shop = os.path.join(point, "store"), os.path.join(os.path.dirname(point), "log"), Ballast(point), Shop()
    ballast.load(FREE_BYTES_FIRST)
    with Daemon(stockd, store, log, OPTIONS) as daemon:
        daemon.start()
        with resp.Connection(daemon.port) as connection:
            shop.preheat(connection)
            shop.order_until_full(connection)
            shop.refused(connection)
            shop.settle(connection, 20)
            ballast.drop()
            await_space(connection, "after-1")
            ballast.load(FREE_BYTES_LATER)
            shop.order_until_full(connection)
            shop.settle(connection, 20)
        daemon.kill()
        for line in ("the disk is nearly full", "the disk has space again"):
            if line not in daemon.log():
                raise audit.Finding(f"the log does not say: {line}")
    ballast.load(0)
    check_start_without_room(stockd, store, log)
    ballast.drop()
    with Daemon(stockd, store, log, OPTIONS) as daemon:
        daemon.start()
        with resp.Connection(daemon.port) as connection:
            shop.check(connection)
            await_space(connection, "after-2")
        expect(daemon.stop(), 0, "the end:")
    audit.verify(stockcli, store)
    print(f"orders_told={len(shop.told)} fillings=2 orders_refused={shop.begun - len(shop.told)}")


def check_start_without_room(stockd, store, log):
    """There is no room for a segment: it says so, and changes nothing."""
    with Daemon(stockd, store, log, OPTIONS) as daemon:
        try:
            daemon.start()
        except Ended:
            expect(daemon.status, 75, "a start without room:")
            if "No space left on device" not in daemon.log() or "next:" not in daemon.log():
                raise audit.Finding("a start without room does not say why") from None
        else:
            raise audit.Finding("it started without room for a segment")


if __name__ == "__main__":
    inside(*sys.argv[1:])
