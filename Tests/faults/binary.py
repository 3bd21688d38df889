"""The binary protocol, as docs/protocol.md tells it: requests of a few kinds out, and of replies what every one begins with."""

import socket
import struct
from dataclasses import dataclass

HELLO, HELLO_REPLY, REQUEST, REPLY, ERROR = 1, 2, 3, 4, 5
PREHEAT, RESERVE, CONFIRM, CANCEL, GET, ORDER = 1, 16, 17, 18, 64, 66
RESERVED, CONFIRMED, CANCELLED, FENCED, FOUND, SOLD_OUT = 2, 3, 5, 6, 9, 32

HEADER = struct.Struct("<IBBHQ")
REPLY_HEAD = struct.Struct("<BBBBIQ")
HELLO_REPLY_BODY = struct.Struct("<HHIIIQQQqQ")
ANSWER_SECONDS_MAX = 60


@dataclass(frozen=True)
class Reply:
    outcome: int
    is_repeat: bool
    lsn: int


def text8(text):
    data = text.encode()
    return struct.pack("<B", len(data)) + data


def text16(text):
    data = text.encode()
    return struct.pack("<H", len(data)) + data


def lines(items):
    return struct.pack("<H", len(items)) + b"".join(text8(item) + struct.pack("<I", units) for item, units in items)


def command(operation, body):
    return struct.pack("<BBHI", operation, 0, 0, len(body)) + body


def preheat(operation, items):
    return command(PREHEAT, text8(operation) + lines(items))


def reserve(order, buyer, item, units):
    return command(RESERVE, struct.pack("<q", 0) + text8(order) + text8(buyer) + text16("") + lines([(item, units)]))


def confirm(order):
    return command(CONFIRM, text8(order))


def cancel(order):
    return command(CANCEL, text8(order) + text16(""))


def get(item):
    return command(GET, struct.pack("<H", 1) + text8(item))


def order(name):
    return command(ORDER, text8(name))


def frame(kind, payload, count=0, number=0):
    return HEADER.pack(len(payload), kind, 0, count, number) + payload


def hello():
    return frame(HELLO, b"STOCKD\r\n" + struct.pack("<HHIQQQQ", 1, 1, 0, 0, 0, 0, 0))


def frames(data):
    """(offset, kind, count, payload) of every whole frame."""
    at = 0
    while at + HEADER.size <= len(data):
        length, kind, _, count, _ = HEADER.unpack_from(data, at)
        end = at + HEADER.size + length
        if end > len(data):
            return
        yield at, kind, count, data[at + HEADER.size:end]
        at = end


def replies(payload, count):
    at, found = 0, []
    for _ in range(count):
        outcome, flags, _, _, size, lsn = REPLY_HEAD.unpack_from(payload, at)
        found.append(Reply(outcome, bool(flags & 1), lsn))
        at += REPLY_HEAD.size + size
    if at != len(payload):
        raise ValueError("replies do not fill their frame")
    return found


class Connection:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS_MAX)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(hello())
        self.take()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, commands):
        self.socket.sendall(frame(REQUEST, b"".join(commands), len(commands)))

    def take(self):
        """The next frame: its replies, or nothing of another kind; nil if the connection ended."""
        header = self.exactly(HEADER.size)
        if header is None:
            return None
        length, kind, _, count, _ = HEADER.unpack(header)
        payload = self.exactly(length)
        if payload is None or kind == ERROR:
            return None
        return replies(payload, count) if kind == REPLY else []

    def exactly(self, count):
        data = b""
        while len(data) < count:
            try:
                piece = self.socket.recv(count - len(data))
            except ConnectionError:
                return None
            if not piece:
                return None
            data += piece
        return data
