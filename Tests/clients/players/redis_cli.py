"""redis-cli: one session that reads commands from a pipe, as a shell script has it, and `--pipe` for many at once."""

import json
import re
import subprocess
import sys

LINE_END = "end-of-answer"


class Text:
    """Reads what redis-cli prints with --no-raw."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def takes(self, pattern):
        match = re.compile(pattern).match(self.text, self.at)
        if match:
            self.at = match.end()
        return match

    def value(self):
        if match := self.takes(r"\(integer\) (-?\d+)"):
            return int(match[1])
        if self.takes(r"\(nil\)"):
            return None
        if match := self.takes(r"\((true|false)\)"):
            return match[1] == "true"
        if self.takes(r"\(empty (array|set)\)"):
            return []
        if self.takes(r"\(empty hash\)"):
            return {}
        if match := self.takes(r"\(error\) ([^\n]*)"):
            return {"error": match[1]}
        if match := self.takes(r'"((?:[^"\\]|\\.)*)"'):
            return unescaped(match[1])
        if re.compile(r"\s*\d+#").match(self.text, self.at):
            return self.map()
        if re.compile(r"\s*\d+[)~]").match(self.text, self.at):
            return self.list()
        return self.takes(r"[^\n]*")[0]

    def list(self):
        """Its elements begin in one column, behind their numbers."""
        values = []
        mark, column = r"\s*\d+[)~] ", None
        while match := re.compile(mark).match(self.text, self.at):
            end = match.end() - (self.text.rfind("\n", 0, match.end()) + 1)
            if column is not None and end != column:
                break
            column, self.at = end, match.end()
            values.append(self.value())
        return values

    def map(self):
        pairs = {}
        mark, column = r"\s*\d+# ", None
        while match := re.compile(mark).match(self.text, self.at):
            end = match.end() - (self.text.rfind("\n", 0, match.end()) + 1)
            if column is not None and end != column:
                break
            column, self.at = end, match.end()
            name = self.value()
            self.takes(r" => ")
            pairs[name] = self.value()
        return pairs


def unescaped(text):
    """redis-cli shows bytes that are not printable ASCII as \\xNN."""
    return text.encode().decode("unicode_escape").encode("latin-1").decode()


def quoted(word):
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Session:
    def __init__(self, port, resp):
        self.port = port
        self.base = ["redis-cli", "-h", "127.0.0.1", "-p", str(port), f"-{resp}"]
        self.process = subprocess.Popen(
            [*self.base, "--no-raw"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8")

    def call(self, words):
        """A lost connection is told once; the session has a new one for the next command."""
        answer = self.answer(words)
        return self.answer(words) if answer == "Error: Server closed the connection" else answer

    def answer(self, words):
        line = " ".join(quoted(word) for word in words)
        self.process.stdin.write(f"{line}\nECHO {LINE_END}\n")
        self.process.stdin.flush()
        lines = []
        for line in self.process.stdout:
            line = line.rstrip("\n")
            if line == f'"{LINE_END}"':
                break
            lines.append(line)
        return Text("\n".join(line for line in lines if line)).value()

    def pipe(self, commands):
        """[answers, errors]"""
        request = b"".join(encoded(command) for command in commands)
        output = subprocess.run(
            [*self.base, "--pipe"], input=request, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False).stdout
        counts = re.search(rb"errors: (\d+), replies: (\d+)", output)
        return {"counted": [int(counts[2]), int(counts[1])] if counts else [0, 0]}


def encoded(command):
    words = [word.encode() for word in command]
    return b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def next_line():
    return sys.stdin.readline().rstrip("\n").split("\t")


def main(port, resp):
    version = subprocess.run(["redis-cli", "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    print(version.strip().split("\n")[0].split(" (")[0], flush=True)
    session = Session(port, resp)
    for line in sys.stdin:
        verb, *words = line.rstrip("\n").split("\t")
        if verb == "pipeline":
            answer = session.pipe([next_line() for _ in range(int(words[0]))])
        elif verb == "script":
            answer = session.call(["EVAL", *words])
        elif verb == "transaction":
            answer = session.call(["MULTI"])
        else:
            answer = session.call(words)
        print(json.dumps(answer, ensure_ascii=False), flush=True)


main(int(sys.argv[1]), int(sys.argv[2]))
