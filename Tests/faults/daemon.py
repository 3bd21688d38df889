"""A daemon under test, by itself or under strace (or anything else that runs it): on loopback and a free port, ended by its process id."""

import os
import selectors
import signal
import subprocess
import time

READY_SECONDS_MAX = 60
STOP_SECONDS_MAX = 60

# Small enough that segments are sealed, snapshots made and segments archived within a hundred commands.
SMALL = ("--segment-bytes", "32KiB", "--snapshot-bytes", "32KiB", "--free-bytes-min", "0")


class Ended(Exception):
    """The daemon ended before it was ready."""


class Daemon:
    def __init__(self, program, store, log, options=SMALL, wrapper=(), environment=None):
        self.command = [
            *wrapper, program, "--data-dir", store, "--listen", "127.0.0.1:0", "--resp", "127.0.0.1:0", *options,
        ]
        self.environment = {**os.environ, **(environment or {})}
        self.log_path = log
        self.process = None
        self.pid = None
        self.ready = {}
        self.status = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    @property
    def port(self):
        return int(self.ready["resp"].rpartition(":")[2])

    @property
    def binary_port(self):
        return int(self.ready["binary"].rpartition(":")[2])

    def start(self):
        """Waits for the line that says it serves."""
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL, env=self.environment)
        line = self.first_line()
        words = line.split()
        if words[:2] != ["stockd", "ready"]:
            self.wait()
            raise Ended(f"status {self.status}")
        self.ready = dict(word.split("=", 1) for word in words[2:])
        self.pid = int(self.ready["pid"])
        return self

    def first_line(self):
        text, until = b"", time.monotonic() + READY_SECONDS_MAX
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while b"\n" not in text:
                if not selector.select(until - time.monotonic()):
                    self.kill()
                    raise RuntimeError(f"stockd was not ready within {READY_SECONDS_MAX} s; see {self.log_path}")
                piece = os.read(self.process.stdout.fileno(), 65536)
                if not piece:
                    break
                text += piece
        return text.partition(b"\n")[0].decode()

    @property
    def has_ended(self):
        return self.process.poll() is not None

    def wait(self):
        """Its exit status; negative: the signal that ended it. A wrapper passes both on."""
        try:
            self.status = self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise RuntimeError(f"stockd did not end within {STOP_SECONDS_MAX} s; see {self.log_path}") from None
        finally:
            self.process.stdout.close()
        return self.status

    def stop(self):
        """An orderly stop, and its status."""
        self.signal(signal.SIGTERM)
        return self.wait()

    def kill(self):
        """SIGKILL: no chance to write anything."""
        if self.process is None or self.status is not None:
            return
        # A wrapper that goes first would leave the daemon behind.
        self.signal(signal.SIGKILL)
        if self.pid is None:
            self.process.kill()
        self.status = self.process.wait()
        self.process.stdout.close()

    def signal(self, number):
        if self.pid is None or self.has_ended:
            return
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()
