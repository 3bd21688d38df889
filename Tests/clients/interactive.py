"""redis-cli at a terminal: the prompt's hints and `help @stock` come from the daemon; and what a monitor asks with it."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from daemon import Daemon
from play import Mismatch

WAIT_SECONDS_MAX = 30


class Terminal:
    """redis-cli on a pseudo-terminal."""

    def __init__(self, port):
        self.child, self.file = pty.fork()
        if self.child == 0:
            # Without a size redis-cli would ask the terminal for it and wait.
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 300, 0, 0))
            environment = dict(os.environ, TERM="xterm", REDISCLI_HISTFILE="/dev/null")
            os.execvpe("redis-cli", ["redis-cli", "-h", "127.0.0.1", "-p", str(port)], environment)
        self.screen = ""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.file)
        os.waitpid(self.child, 0)

    def type(self, text):
        os.write(self.file, text.encode())

    def ask(self, line, prompt, shown):
        # What is typed before the prompt is back is lost.
        self.await_text(prompt)
        self.type(line + "\r")
        self.await_text(shown)

    def await_text(self, text):
        """Reads up to the text, colours and cursor movements taken out."""
        until = time.monotonic() + WAIT_SECONDS_MAX
        while text not in self.screen:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.file], [], [], left)[0]:
                raise Mismatch(f"redis-cli at a terminal does not show {text!r} but:\n{self.screen[-2000:]}")
            self.screen += os.read(self.file, 65536).decode(errors="replace")
            self.screen = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", self.screen)
        self.screen = self.screen.partition(text)[2]


def terminal(port):
    prompt = f"127.0.0.1:{port}> "
    with Terminal(port) as screen:
        screen.await_text(prompt)
        screen.type("STOCK.RESERVE ")
        screen.await_text("STOCK.RESERVE order item qty [USER user]")
        screen.type("o-1 phone ")
        screen.await_text("phone qty [USER user]")
        screen.type("1 USER u-1\r")
        screen.await_text('"RESERVED"')
        screen.ask("help STOCK.CANCEL", prompt, "summary: The order is given back")
        screen.ask("help @stock", prompt, "STOCK.SUPPLY op ITEMS item qty")


def cli(port, *arguments):
    done = subprocess.run(
        ["redis-cli", "-h", "127.0.0.1", "-p", str(port), *arguments], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False, timeout=WAIT_SECONDS_MAX)
    return done.returncode, done.stdout.strip()


def batch(port):
    """One command a call, as in shell scripts."""
    status, text = cli(port, "-e", "STOCK.RESERVE")
    expect(status == 1 and "wrong number" in text, "-e of an error", text)
    status, text = cli(port, "--json", "STOCK.INFO", "phone")
    expect(status == 0 and json.loads(text)["reserved"] == 1, "--json of a map", text)
    status, text = cli(port, "--csv", "STOCK.RESERVE", "o-1", "phone", "1", "USER", "u-1")
    expect(status == 0 and text.startswith('1,"RESERVED",1,'), "--csv of a list", text)
    status, text = cli(port, "--no-raw", "INFO", "stock")
    expect("orders_open:1" in text, "INFO stock", text)
    status, text = cli(port, "--raw", "COMMAND", "GETKEYS", "STOCK.RESERVE", "o-1", "phone", "1")
    expect(text == "o-1", "COMMAND GETKEYS", text)
    status, text = cli(port, "--json", "COMMAND", "DOCS", "STOCK.RESERVE")
    expect("summary" in json.loads(text)["stock.reserve"], "COMMAND DOCS", text)


def expect(holds, what, got):
    if not holds:
        raise Mismatch(f"redis-cli, {what}: got {got!r}")


def run(program):
    with Daemon(program) as daemon:
        start = time.monotonic()
        daemon.ask("STOCK.PREHEAT op-1 ITEMS phone 2")
        terminal(daemon.port)
        batch(daemon.port)
        return "redis-cli at a terminal", 10, time.monotonic() - start
