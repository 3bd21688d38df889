"""What the notation must take for the expected answer, and what it must not: a matcher that says yes to all tests nothing."""

import time

import notation
from play import Mismatch

MATCHES = [
    ('[1, "RESERVED", 99, *]', [1, "RESERVED", 99, 1795302246942]),
    ('[1, ...]', [1, "CONFIRMED", 0]),
    ('[?a, ?a]', [7, 7]),
    ('("x", "y")', ["y", "x"]),
    ('{"a": 1, ...}', ["b", 2, "a", 1]),
    ('{"a": [2, nil]}', {"a": [2, None]}),
    ('"OK"', True),
    ("false", 0),
    ("true", True),
    ('"*resp=2 *"', "id=1 resp=2 lib="),
    ('error "ERR no*"', {"error": "ERR nothing"}),
    ('error "ERR no*"', {"error": "nothing"}),
]

DIFFERS = [
    ('[1, "RESERVED", 99, *]', [1, "RESERVED", 98, 1795302246942]),
    ('[1, "RESERVED", 99, *]', [1, "RESERVED", 99]),
    ('[1, "RESERVED"]', [1, "RESERVED", 99]),
    ("[1, ...]", [0, "SOLDOUT"]),
    ("[1, 2, ...]", [1]),
    ("[?a, ?a]", [7, 8]),
    ('("x", "y")', ["x", "x"]),
    ('{"a": 1}', {"a": 1, "b": 2}),
    ('{"a": 1, ...}', {"b": 1}),
    ('{"a": 1, ...}', ["a", "1"]),
    ("1", "1"),
    ("1", True),
    ('"1"', 1),
    ('"PHONE"', True),
    ("true", 0),
    ("nil", 0),
    ("nil", {"error": "ERR nil"}),
    ('"*"', None),
    ('"a.c"', "abc"),
    ('error "ERR no*"', "ERR nothing"),
    ('error "ERR no*"', {"error": "ERR yes"}),
]


def run():
    start = time.monotonic()
    for wanted, table in ((True, MATCHES), (False, DIFFERS)):
        for text, got in table:
            if notation.Matcher().matches(notation.expected(text), got) is not wanted:
                raise Mismatch(f"{text} {'does not match' if wanted else 'matches'} {got!r}")
    if notation.filled("<n> <10-n> <resp> <sha1 a>", 3, 4) != "4 6 3 86f7e437faa5a7fce15d1ddcb9eaeaea377667b8":
        raise Mismatch("angle brackets are not filled in")
    return "the scenario's notation", len(MATCHES) + len(DIFFERS) + 1, time.monotonic() - start
