#!/usr/bin/env python3
"""Runs the redis-cli examples of a page against a server and compares what it answers with what the page shows.

usage: check_examples.py PAGE PORT [--write]

Every line that begins with the prompt is sent, from top to bottom, to one fresh server. Numbers of 12 to 20 digits (times,
ids, cursors, hashes) differ from run to run: they are compared as one word. With --write the page is written anew instead.
"""
import difflib
import re
import subprocess
import sys

PROMPT = "127.0.0.1:6481> "
VARIES = re.compile(r"-?\b\d{12,20}\b")


def answers(commands, port):
    """What redis-cli prints for each command; an ECHO behind each tells where its answer ends."""
    text = "".join(f"{command}\nECHO @@{number}@@\n" for number, command in enumerate(commands))
    run = subprocess.run(["redis-cli", "-p", port, "--no-raw"], input=text, capture_output=True, text=True, timeout=60)
    rest = run.stdout
    for number in range(len(commands)):
        answer, mark, rest = rest.partition(f'"@@{number}@@"\n')
        if not mark:
            sys.exit(f"no answer to: {commands[number]}\n{answer}")
        yield answer.rstrip("\n").split("\n")


def with_answers(lines, port):
    """The page's lines, each example followed by what the server answers now."""
    answer = answers([line[len(PROMPT):] for line in lines if line.startswith(PROMPT)], port)
    shown, is_example = [], False
    for line in lines:
        if line.startswith(PROMPT):
            shown += [line] + next(answer)
            is_example = True
        elif line.startswith("```"):
            shown.append(line)
            is_example = False
        elif not is_example:
            shown.append(line)
    return shown


def main():
    page, port = sys.argv[1:3]
    with open(page, encoding="utf-8") as file:
        lines = file.read().split("\n")
    shown = with_answers(lines, port)
    if "--write" in sys.argv[3:]:
        with open(page, "w", encoding="utf-8") as file:
            file.write("\n".join(shown))
        return
    masked = [[VARIES.sub("N", line) for line in text] for text in (lines, shown)]
    difference = list(difflib.unified_diff(*masked, "the page", "the server", lineterm="", n=2))
    if difference:
        sys.exit("\n".join(difference))
    print(f"{page}: {sum(line.startswith(PROMPT) for line in lines)} examples answer as shown")


main()
