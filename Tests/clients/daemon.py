"""A daemon under test: its own scratch directory, a free loopback port, ended by its process id."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

READY_SECONDS_MAX = 30
STOP_SECONDS_MAX = 30


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Daemon:
    """Starts on entering, is stopped and its directory removed on leaving."""

    def __init__(self, program, *options, before=None):
        """More options of its own, and what is called in its process before it begins."""
        self.program, self.options, self.before = program, options, before
        self.port = free_port()
        self.directory = tempfile.mkdtemp(prefix="stockd-clients.")
        self.process = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def log_path(self):
        return os.path.join(self.directory, "stockd.log")

    def start(self):
        command = [
            self.program, "--data-dir", os.path.join(self.directory, "store"), "--listen", "none",
            "--resp", f"127.0.0.1:{self.port}", *(self.options or ("--segment-bytes", "4MiB")),
        ]
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, preexec_fn=self.before)
        self.await_ready()

    def await_ready(self):
        until = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise RuntimeError(f"stockd ended with status {self.process.returncode}:\n{self.log_tail()}")
            try:
                if self.ask("PING") == "+PONG":
                    return
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"stockd did not answer within {READY_SECONDS_MAX} s:\n{self.log_tail()}")

    def ask(self, line):
        """The first line of the answer to an inline command, on a connection of its own."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=READY_SECONDS_MAX) as connection:
            connection.sendall(line.encode() + b"\r\n")
            with connection.makefile("rb") as answer:
                return answer.readline().decode().rstrip()

    def kill(self):
        """SIGKILL: no chance to write anything."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self):
        self.kill()
        self.start()

    def log_tail(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-10:])
