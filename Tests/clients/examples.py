"""The examples of docs/resp.md: sent with redis-cli, from top to bottom, to one fresh daemon; what it answers must be what the page shows.

Numbers of 11 to 20 digits (times, ids, cursors, hashes) differ from run to run and are compared as one word. To write the page's answers
anew: examples.py STOCKD --write
"""

import difflib
import os
import re
import subprocess
import sys
import time

from daemon import Daemon
from play import Mismatch

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "resp.md")
PROMPT = "127.0.0.1:6481> "
VARIES = re.compile(r"-?\b\d{11,20}\b")
RUN_SECONDS_MAX = 60

# What a closed sale has left goes back in the background, and what was refused is logged once a second: what follows shows counts.
SETTLES = "STOCK.SALE CLOSE"
SETTLE_SECONDS = 1.5


def answers(commands, port):
    """The lines that redis-cli prints for each command."""
    part = []
    for command in commands:
        part.append(command)
        if command.startswith(SETTLES):
            yield from answers_at_once(part, port)
            part = []
            time.sleep(SETTLE_SECONDS)
    yield from answers_at_once(part, port)


def answers_at_once(commands, port):
    """The same, in one session; an ECHO behind each tells where its answer ends."""
    text = "".join(f"{command}\nECHO @@{number}@@\n" for number, command in enumerate(commands))
    rest = subprocess.run(
        ["redis-cli", "-p", str(port), "--no-raw"], input=text, capture_output=True, text=True, timeout=RUN_SECONDS_MAX,
        check=True,
    ).stdout
    for number, command in enumerate(commands):
        answer, mark, rest = rest.partition(f'"@@{number}@@"\n')
        if not mark:
            raise Mismatch(f"no answer to: {command}\n{answer}")
        yield answer.rstrip("\n").split("\n")


def answered_anew(lines, port):
    """The page's lines, with what the server answers now behind each example."""
    answer = answers([line[len(PROMPT):] for line in lines if line.startswith(PROMPT)], port)
    shown, is_answer = [], False
    for line in lines:
        if line.startswith(PROMPT):
            shown += [line, *next(answer)]
            is_answer = True
        elif line.startswith("```"):
            shown.append(line)
            is_answer = False
        elif not is_answer:
            shown.append(line)
    return shown


def read_page():
    with open(PAGE, encoding="utf-8") as file:
        return file.read().split("\n")


def run(program):
    start = time.monotonic()
    lines = read_page()
    with Daemon(program) as daemon:
        shown = answered_anew(lines, daemon.port)
    page, server = ([VARIES.sub("N", line) for line in text] for text in (lines, shown))
    difference = list(difflib.unified_diff(page, server, "docs/resp.md", "the daemon", lineterm="", n=2))
    if difference:
        raise Mismatch("\n".join(difference))
    return "examples of docs/resp.md", sum(line.startswith(PROMPT) for line in lines), time.monotonic() - start


def write(program):
    lines = read_page()
    with Daemon(program) as daemon:
        shown = answered_anew(lines, daemon.port)
    with open(PAGE, "w", encoding="utf-8") as file:
        file.write("\n".join(shown))


if __name__ == "__main__":
    if sys.argv[2:] != ["--write"]:
        sys.exit(__doc__)
    write(sys.argv[1])
