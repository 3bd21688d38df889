"""Reads a trace into what happened when: writes and syncs of the log, and bytes that were sent to clients.

Times are places in the trace. strace writes a call's first half down while its thread waits at the call, and the second half while it
waits behind it, so what caused what never stands in the wrong order.
"""

import re
from dataclasses import dataclass, field, replace

CALLS = ("pwrite64", "fdatasync", "write", "writev", "sendto", "sendmsg")

LINE = re.compile(r"^(\d+) +[\d.]+ (.*)$")
RESUMED = re.compile(r"^<\.\.\. (\w+) resumed>(.*)$")
UNFINISHED = " <unfinished ...>"
CALL = re.compile(r"^(\w+)\((\d+)<(.*?)>(?=[,)])(.*)\) += (-?\d+|\?)")
OFFSET = re.compile(r", (\d+)$")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


@dataclass(frozen=True)
class Write:
    file: str
    offset: int
    end: int


@dataclass(frozen=True)
class Sync:
    file: str
    begin: int
    end: int
    succeeds: bool


@dataclass(frozen=True)
class Send:
    """Bytes of a socket's stream, and when they began to leave."""

    offset: int
    begin: int


@dataclass
class Stream:
    data: bytearray = field(default_factory=bytearray)
    sends: list = field(default_factory=list)

    def began(self, offset):
        """When the byte at this offset began to leave."""
        return max((send for send in self.sends if send.offset <= offset), key=lambda send: send.offset).begin


@dataclass
class Timeline:
    writes: list = field(default_factory=list)
    syncs: list = field(default_factory=list)
    streams: dict = field(default_factory=dict)

    def with_syncs(self, change):
        return replace(self, syncs=[changed for sync in self.syncs if (changed := change(sync)) is not None])


def read(path, port):
    """Of sockets those whose own end is this port."""
    found, halves = Timeline(), {}
    own = re.compile(rf"TCP:\[127\.0\.0\.1:{port}->")
    with open(path, encoding="ascii", errors="replace") as trace:
        for now, line in enumerate(trace):
            match = LINE.match(line)
            if not match:
                continue
            thread, text = match.groups()
            resumed = RESUMED.match(text)
            if text.endswith(UNFINISHED):
                halves[thread] = (now, text.removesuffix(UNFINISHED))
                continue
            begin = now
            if resumed:
                begin, half = halves.pop(thread)
                text = half + resumed[2]
            call = CALL.match(text)
            if call:
                add(found, call.groups(), begin, now, own)
    return found


def add(found, call, begin, end, own):
    name, _, file, arguments, result = call
    if file.startswith("\\x"):
        file = unescaped(file).decode()
    if name == "fdatasync":
        found.syncs.append(Sync(file, begin, end, result == "0"))
    elif result in ("?", "0") or result.startswith("-"):
        return
    elif name == "pwrite64":
        found.writes.append(Write(file, int(OFFSET.search(arguments)[1]), end))
    elif own.search(file):
        data = b"".join(text(match) for match in STRING.finditer(arguments))[:int(result)]
        if len(data) != int(result):
            raise ValueError(f"the trace does not hold all {result} bytes that were sent")
        stream = found.streams.setdefault(file, Stream())
        stream.sends.append(Send(len(stream.data), begin))
        stream.data += data


def text(match):
    return unescaped(match[1])


def unescaped(hexadecimal):
    return bytes.fromhex(hexadecimal.replace("\\x", ""))
