"""A flood of connections on a daemon with few file descriptors, while its log rolls to new segments: it keeps enough for them."""

import os
import resource
import socket
import threading
import time

from daemon import Daemon
from play import Mismatch

# What the daemon may open; what it must never give to connections.
FILES_MAX, FILES_KEPT = 640, 200
ORDERS, PAYLOAD_BYTES = 600, 900
SEGMENT = "64KiB"
FLOOD_SECONDS_MAX = 60
SOCKETS_MAX = 1_500


def limit():
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_MAX, FILES_MAX))


class Flood(threading.Thread):
    """Connects again and again, says nothing, hears nothing, and closes the oldest when it has many."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.made, self.stopped = port, 0, threading.Event()

    def run(self):
        sockets = []
        until = time.monotonic() + FLOOD_SECONDS_MAX
        while not self.stopped.is_set() and time.monotonic() < until:
            one = socket.socket()
            sockets.append(one)
            one.settimeout(1)
            try:
                one.connect(("127.0.0.1", self.port))
                self.made += 1
            except OSError:
                pass
            if len(sockets) > SOCKETS_MAX:
                # Those that came first are served, so they stay: the daemon is full from then on.
                for old in sockets[FILES_MAX:]:
                    old.close()
                del sockets[FILES_MAX:]
        for one in sockets:
            one.close()


def run(program):
    start = time.monotonic()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = SOCKETS_MAX + 200
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise Mismatch(f"this test opens {wanted} files, but its limit is {hard}")
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    with Daemon(program, "--segment-bytes", SEGMENT, "--loops", "2", before=limit) as daemon:
        with socket.create_connection(("127.0.0.1", daemon.port), timeout=30) as buyer, buyer.makefile("rb") as answers:
            buyer.sendall(f"STOCK.PREHEAT op-1 ITEMS tea {ORDERS}\r\n".encode())
            for _ in range(5):
                answers.readline()
            flood = Flood(daemon.port)
            flood.start()
            try:
                most = buy(daemon, buyer, answers, flood)
            finally:
                flood.stopped.set()
                flood.join()
        log = os.listdir(os.path.join(daemon.directory, "store", "log"))
        segments = max(int(name[:-4]) for name in log if name.endswith(".log"))
        if segments < 10:
            raise Mismatch(f"the log has rolled to segment {segments} only: it proves nothing")
        if most > FILES_MAX - FILES_KEPT:
            raise Mismatch(f"of {FILES_MAX} descriptors {most} were in use: fewer than {FILES_KEPT} are left for the log")
        if most < FILES_MAX // 2:
            raise Mismatch(f"the flood of {flood.made} connections took no more than {most} descriptors: it proves nothing")
        if daemon.process.poll() is not None:
            raise Mismatch(f"the daemon ended with status {daemon.process.returncode}:\n{daemon.log_tail()}")
        title = f"descriptors ({segments} segments)"
        return title, flood.made, time.monotonic() - start


def buy(daemon, buyer, answers, flood):
    """One order at a time, so that segments begin all through the flood; the most descriptors that were ever open."""
    most, number = 0, 0
    full = time.monotonic() + FLOOD_SECONDS_MAX
    while number < ORDERS or (flood.made < 2 * FILES_MAX and time.monotonic() < full):
        number += 1
        payload = os.urandom(PAYLOAD_BYTES // 2).hex()
        buyer.sendall(f"STOCK.RESERVE:CODE o-{number} tea 1 PAYLOAD {payload}\r\n".encode())
        answer = answers.readline()
        if answer not in (b":1\r\n", b":0\r\n"):
            raise Mismatch(f"order {number} was answered {answer!r}; the daemon's log:\n{daemon.log_tail()}")
        if number % 20 == 0:
            most = max(most, len(os.listdir(f"/proc/{daemon.process.pid}/fd")))
    return most
