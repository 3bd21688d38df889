"""The notation of scenario.txt: reads its lines, and tells whether an answer is the expected one."""

import hashlib
import re
import shlex
from dataclasses import dataclass
from itertools import permutations

ANY = object()
REST = object()


@dataclass(frozen=True)
class Bound:
    """Any value at its first place, the same one later."""

    name: str


@dataclass(frozen=True)
class Unordered:
    """A list of these, in any order."""

    values: list


@dataclass(frozen=True)
class Failure:
    """An error answer with a text like this."""

    text: str


@dataclass(frozen=True)
class Step:
    line: int
    text: str
    arguments: list[str]
    expected: str | None


def steps(path):
    """The steps of a scenario, in order."""
    found = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.strip()
            if not line or line.startswith(("#", "==")):
                continue
            command, arrow, expected = line.partition(" -> ")
            found.append(Step(number, command.strip(), shlex.split(command), expected.strip() if arrow else None))
    return found


def filled(text, resp, count=0):
    """The text with what stands in angle brackets put in."""
    text = re.sub(r"<sha1 ([^>]*)>", lambda match: hashlib.sha1(match[1].encode()).hexdigest(), text)
    text = re.sub(r"<(\d+)-n>", lambda match: str(int(match[1]) - count), text)
    return text.replace("<n>", str(count)).replace("<resp>", str(resp))


TOKEN = re.compile(r'\s*(?:(-?\d+)|"([^"]*)"|\?(\w+)|(\.\.\.|error|nil|true|false|[\[\](){},:*]))')


class Reader:
    """Reads an expected value."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def token(self):
        match = TOKEN.match(self.text, self.at)
        if not match:
            raise ValueError(f"cannot read the expected value at: {self.text[self.at:]!r}")
        self.at = match.end()
        return match

    def takes(self, mark):
        match = TOKEN.match(self.text, self.at)
        if not match or match[4] != mark:
            return False
        self.at = match.end()
        return True

    def whole(self):
        value = self.value()
        if self.text[self.at:].strip():
            raise ValueError(f"left over behind the expected value: {self.text[self.at:]!r}")
        return value

    def value(self):
        match = self.token()
        integer, text, bound, mark = match.groups()
        if integer is not None:
            return int(integer)
        if text is not None:
            return text
        if bound is not None:
            return Bound(bound)
        if mark == "error":
            return Failure(self.value())
        if mark == "[":
            return self.list("]")
        if mark == "(":
            return Unordered(self.list(")"))
        if mark == "{":
            return self.map()
        return {"*": ANY, "...": REST, "nil": None, "true": True, "false": False}[mark]

    def list(self, end):
        values = []
        while not self.takes(end):
            values.append(self.value())
            self.takes(",")
        return values

    def map(self):
        pairs = {}
        while not self.takes("}"):
            key = self.value()
            if key is REST:
                pairs[REST] = REST
            else:
                if not self.takes(":"):
                    raise ValueError(f"a map's name without a value: {self.text!r}")
                pairs[key] = self.value()
            self.takes(",")
        return pairs


def expected(text):
    return Reader(text).whole()


class Matcher:
    """Compares answers with what is expected, and remembers the values that have a name."""

    def __init__(self):
        self.bound = {}

    def matches(self, want, got):
        if want is ANY:
            return True
        if isinstance(want, Bound):
            return self.bound.setdefault(want.name, got) == got
        if isinstance(want, Failure):
            return isinstance(got, dict) and set(got) == {"error"} and self.is_failure(want.text, got["error"])
        if isinstance(want, Unordered):
            return isinstance(got, list) and any(self.is_list(want.values, list(some)) for some in permutations(got))
        if isinstance(want, bool):
            return not isinstance(got, (str, list, dict)) and got == int(want)
        if isinstance(want, str):
            return self.is_text(want, got)
        if isinstance(want, list):
            return isinstance(got, list) and self.is_list(want, got)
        if isinstance(want, dict):
            return self.is_map(want, got)
        return type(want) is type(got) and want == got

    @staticmethod
    def is_text(want, got):
        if got is True:
            return want in ("OK", "PONG")
        return isinstance(got, str) and like(want, got)

    @staticmethod
    def is_failure(want, got):
        return like(want, got) or like(want.partition(" ")[2], got)

    def is_list(self, want, got):
        if want and want[-1] is REST:
            want = want[:-1]
            got = got[: len(want)]
        return len(want) == len(got) and all(self.matches(a, b) for a, b in zip(want, got))

    def is_map(self, want, got):
        if isinstance(got, list) and len(got) % 2 == 0:
            got = dict(zip(got[::2], got[1::2]))
        if not isinstance(got, dict):
            return False
        names = set(want) - {REST}
        if not names <= set(got) or (REST not in want and names != set(got)):
            return False
        return all(self.matches(want[name], got[name]) for name in names)


def like(pattern, text):
    """Whether the text is the pattern, where `*` stands for anything."""
    return re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), text, re.DOTALL) is not None
