"""Lives of a daemon in which something is struck, and the one after it, in which everything must be right again.

Two kinds of life: `first` begins on an empty directory; `second` on a copy of a store that was killed in the middle of the story,
with snapshots, an archive and a torn tail.
"""

import os
import shutil
import threading
import time
from dataclasses import dataclass

import audit
import resp
import story
import trace
from daemon import Daemon, Ended

LIVES = ("first", "second")
ARCHIVE_SECONDS_MAX = 30


@dataclass
class Life:
    """What came of one."""

    status: int
    progress: list
    log: str
    # Ready lines came, so clients were served.
    served: bool
    # When its end was asked for, in seconds since 1970.
    stopped_at: float = float("inf")


def await_file(folder, suffix, until):
    """Whether there is one before the time is up."""
    while not any(name.endswith(suffix) for name in os.listdir(folder)):
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


class Laboratory:
    def __init__(self, stockd, stockcli, directory):
        self.stockd, self.stockcli, self.directory = stockd, stockcli, directory
        self.base = os.path.join(directory, "base")
        self.references = self.undisturbed()
        self.half = self.half_way()
        self.cases, self.lock = 0, threading.Lock()

    def daemon(self, store, wrapper=(), environment=None):
        return Daemon(self.stockd, store, store + ".log", wrapper=wrapper, environment=environment)

    def undisturbed(self):
        with self.daemon(os.path.join(self.directory, "undisturbed")) as daemon:
            daemon.start()
            found = {script.name: story.undisturbed(daemon.port, script) for script in story.scripts()}
            if daemon.stop() != 0:
                raise audit.Finding(f"an undisturbed run ended with {daemon.status}")
        return found

    def half_way(self):
        """The store of the second lives. How far its scripts had come."""
        progress = [story.Progress(script) for script in story.scripts()]
        with self.daemon(self.base) as daemon:
            daemon.start()
            story.play(daemon.port, progress, until=20)
            self.await_archive(daemon.port)
            daemon.kill()
        if self.is_sealed(self.last_segment()):
            with self.daemon(self.base) as daemon:
                daemon.start()
                daemon.kill()
        self.tear(self.last_segment())
        return progress

    def await_archive(self, port):
        """The story is too short to be sure of two snapshots that cover a segment, so two are asked for."""
        until = time.monotonic() + ARCHIVE_SECONDS_MAX
        with resp.Connection(port) as connection:
            connection.call("STOCK.SNAPSHOT")
            made = await_file(os.path.join(self.base, "snap"), ".snap", until)
            connection.call("STOCK.SNAPSHOT")
        if not made or not await_file(os.path.join(self.base, "archive"), ".arc", until):
            raise RuntimeError("the second lives would begin without an archive")

    def last_segment(self):
        folder = os.path.join(self.base, "log")
        return os.path.join(folder, max(name for name in os.listdir(folder) if name.endswith(".log")))

    @staticmethod
    def is_sealed(path):
        """Whether the group that was written last is a seal: bit 0 of its flags."""
        with open(path, "rb") as segment:
            content = segment.read()
        starts = range(4096, len(content), 4096)
        flags = [content[start + 6] for start in starts if content[start:start + 4] == b"GRP1"]
        return bool(flags) and flags[-1] & 1 == 1

    @staticmethod
    def tear(path):
        """What a power cut leaves of a group that was being written: its first sector alone."""
        with open(path, "r+b") as segment:
            content = segment.read()
            segment.seek(-(-len(content.rstrip(b"\0")) // 4096) * 4096)
            segment.write(b"G" * 512)

    def new_case(self, life):
        """A directory for a case, and how far its clients have come."""
        with self.lock:
            self.cases += 1
            store = os.path.join(self.directory, f"case-{self.cases}", "store")
        os.makedirs(os.path.dirname(store))
        if life == "first":
            return store, [story.Progress(script) for script in story.scripts()]
        shutil.copytree(self.base, store)
        return store, [story.Progress(part.script, list(part.answers)) for part in self.half]

    strike = staticmethod(trace.striker)

    @staticmethod
    def drop_case(store):
        shutil.rmtree(os.path.dirname(store))

    def live(self, store, progress, wrapper=(), environment=None):
        """Starts, serves the story's clients, stops; however far it comes."""
        with self.daemon(store, wrapper, environment) as daemon:
            try:
                daemon.start()
            except Ended:
                return Life(daemon.status, progress, daemon.log(), False)
            story.play(daemon.port, progress)
            stopped_at = time.time()
            return Life(daemon.stop(), progress, daemon.log(), True, stopped_at)

    def heal(self, store, progress):
        """The life after it, without a fault: all that was acknowledged is there, once, and the story goes on to its end."""
        if os.path.exists(os.path.join(store, "META")):
            audit.verify(self.stockcli, store, allowed=(0, 1))
        with self.daemon(store) as daemon:
            try:
                daemon.start()
            except Ended as ended:
                raise audit.Finding(f"it does not start again, {ended}: {daemon.log()[-1500:]}") from ended
            audit.check_answers(progress, self.references)
            audit.check_prefix(daemon.port, progress, self.references)
            audit.finish(daemon.port, progress, self.references)
            if daemon.stop() != 0:
                raise audit.Finding(f"the healed daemon's stop ended with {daemon.status}: {daemon.log()[-1500:]}")
        audit.verify(self.stockcli, store)

    def places(self, life, calls=trace.CALLS, all_openings=False):
        """Where a life may be struck: for every place the numbers of its calls."""
        store, progress = self.new_case(life)
        output = os.path.join(os.path.dirname(store), "trace")
        done = self.live(store, progress, trace.recorder(output, calls, "-y"))
        if done.status != 0:
            raise audit.Finding(f"an undisturbed life under strace ended with {done.status}: {done.log[-1500:]}")
        found = trace.places(output, store, all_openings)
        if not found:
            raise RuntimeError(f"strace saw nothing of the store: {output}")
        self.drop_case(store)
        return found
