"""Plays the scenario through one client, against a daemon of its own."""

import json
import subprocess
import threading
import time

import notation
from daemon import Daemon

ANSWER_SECONDS_MAX = 60
CUT_SECONDS_MAX = 30


class Mismatch(Exception):
    """A client saw what it should not."""


class Player:
    """A client's own process: gets commands as lines, gives answers as lines of JSON (README.md)."""

    def __init__(self, command, port, resp):
        self.process = subprocess.Popen(
            [*command, str(port), str(resp)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            encoding="utf-8")
        self.title = self.line()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(ANSWER_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def line(self):
        # A client that hangs is ended: its answer is then the end of its output.
        watchdog = threading.Timer(ANSWER_SECONDS_MAX, self.process.kill)
        watchdog.start()
        try:
            text = self.process.stdout.readline()
        finally:
            watchdog.cancel()
        if not text:
            raise Mismatch(f"the client ended, or said nothing for {ANSWER_SECONDS_MAX} s")
        return text.rstrip("\n")

    def answer(self):
        return json.loads(self.line())

    def send(self, *lines):
        self.process.stdin.write("".join("\t".join(line) + "\n" for line in lines))
        self.process.stdin.flush()


class Scenario:
    def __init__(self, steps, resp):
        self.steps, self.resp = steps, resp
        self.matcher = notation.Matcher()

    def run(self, player, daemon):
        for step in self.steps:
            verb, *rest = step.arguments
            if verb == "@restart":
                daemon.restart()
            elif verb in ("@pipeline", "@cut"):
                self.many(step, int(rest[0]), rest[1:], player, daemon, is_cut=verb == "@cut")
            elif verb in ("@script", "@transaction"):
                self.one(step, verb[1:], rest, player)
            else:
                self.one(step, "call", step.arguments, player)

    def one(self, step, verb, arguments, player):
        player.send([verb, *(notation.filled(text, self.resp) for text in arguments)])
        self.compare(step, player.answer())

    def compare(self, step, got, count=0):
        want = notation.expected(notation.filled(step.expected, self.resp, count))
        if not self.matcher.matches(want, got):
            place = f" (number {count})" if count else ""
            raise Mismatch(
                f"line {step.line}: {step.text}{place}\n  expected {step.expected}\n"
                f"  got      {json.dumps(got, ensure_ascii=False)}")

    def many(self, step, count, command, player, daemon, is_cut):
        commands = [[notation.filled(text, self.resp, n) for text in command] for n in range(1, count + 1)]
        player.send(["pipeline", str(count)], *commands)
        if is_cut:
            self.cut(daemon, item=command[2], full=count)
        first = player.answer()
        if isinstance(first, dict) and "counted" in first:
            self.compare_counts(step, first["counted"], count, is_cut)
            return
        answers = [first] + [player.answer() for _ in range(count - 1)]
        if not is_cut:
            for n, got in enumerate(answers, 1):
                self.compare(step, got, n)

    @staticmethod
    def compare_counts(step, counted, count, is_cut):
        """A client that tells no single answers tells how many there were, and how many were errors."""
        if not is_cut and counted != [count, 0]:
            raise Mismatch(f"line {step.line}: {step.text}\n  expected {count} answers, no errors\n  got      {counted}")

    @staticmethod
    def cut(daemon, item, full):
        """Kills the daemon as soon as units of the item are seen to be gone."""
        until = time.monotonic() + CUT_SECONDS_MAX
        while daemon.ask(f"STOCK.GET {item}") == f":{full}":
            if time.monotonic() > until:
                raise Mismatch("nothing of the pipeline arrived")
        daemon.restart()


def play(client, resp, program, path):
    """The client's title, how many steps it took and the seconds it took for them."""
    steps = notation.steps(path)
    with Daemon(program) as daemon:
        with Player(client, daemon.port, resp) as player:
            start = time.monotonic()
            try:
                Scenario(steps, resp).run(player, daemon)
            except Mismatch as mismatch:
                raise Mismatch(f"{player.title} RESP{resp}: {mismatch}") from None
            return f"{player.title} RESP{resp}", len(steps), time.monotonic() - start
