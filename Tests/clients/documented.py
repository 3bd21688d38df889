"""Runs docs/migrating-from-redis-lua.md against a daemon and compares what it prints with what the page says.

Its commands to stockd and its programs always; its Lua only if REDIS_PORT names a redis-server, which is emptied first.
"""

import os
import re
import shlex
import subprocess
import tempfile
import time

from daemon import Daemon
from play import Mismatch

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "migrating-from-redis-lua.md")
STOCKD_PORT = "6481"
RUN_SECONDS_MAX = 30


def blocks():
    """(language, text) of each block of code, in order."""
    with open(PAGE, encoding="utf-8") as file:
        return re.findall(r"^```(\w+)\n(.*?)^```$", file.read(), re.DOTALL | re.MULTILINE)


def like(said, printed):
    """Equal but for deadlines."""
    return re.sub(r"\b\d{13}\b", "(a time)", said.strip()) == re.sub(r"\b\d{13}\b", "(a time)", printed.strip())


class Page:
    def __init__(self, port, folder, programs, redis_port):
        self.port, self.folder, self.programs, self.redis_port = str(port), folder, programs, redis_port
        self.count = 0

    def run(self, language, text):
        if language == "lua":
            name = re.match(r"-- (\S+\.lua) ", text)[1]
            self.write(name, text)
        elif language == "console":
            for command, said in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", text, re.MULTILINE):
                self.console(command, said)
        elif language in self.programs:
            for program in self.programs[language]:
                self.program([*program, self.write("program", text.replace(STOCKD_PORT, self.port))], text)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def console(self, command, said):
        is_redis = f"-p {STOCKD_PORT}" not in command
        if is_redis and not self.redis_port:
            return
        own = f"redis-cli -p {self.redis_port if is_redis else self.port}"
        shell = command.replace(f"redis-cli -p {STOCKD_PORT}", own) if not is_redis else command.replace("redis-cli", own)
        self.compare(command, said, self.output(["bash", "-c", shell]))

    def program(self, arguments, text):
        """What its lines print stands behind them as a comment."""
        said = re.findall(r"(?:print|console\.log|echo)\b.* (?:#|//) (.*)$", text, re.MULTILINE)
        self.compare(shlex.join(arguments), "\n".join(said), self.output(arguments))

    def output(self, arguments):
        return subprocess.run(
            arguments, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", check=False, timeout=RUN_SECONDS_MAX).stdout

    def compare(self, what, said, printed):
        self.count += 1
        if not like(said, printed):
            raise Mismatch(f"the page says of\n  {what}\n{said}\nbut it prints\n{printed}")


def run(program, programs):
    """`programs` has, for a block's language, the interpreters that run it."""
    redis_port = os.environ.get("REDIS_PORT")
    with Daemon(program) as daemon, tempfile.TemporaryDirectory(prefix="stockd-page.") as folder:
        start = time.monotonic()
        page = Page(daemon.port, folder, programs, redis_port)
        if redis_port:
            page.compare("FLUSHALL", "OK", page.output(["redis-cli", "-p", redis_port, "FLUSHALL"]))
        for language, text in blocks():
            page.run(language, text)
        return "the page on migrating", page.count, time.monotonic() - start
