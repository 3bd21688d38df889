"""RESP2, as much of it as a test needs: one command out, one answer back."""

import socket

ANSWER_SECONDS_MAX = 30


class Lost(Exception):
    """The connection ended, or could not be made: whether the command took effect, nobody told."""


class ServerError(str):
    """An error answer."""


class Connection:
    def __init__(self, port):
        try:
            self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS_MAX)
        except OSError as error:
            raise Lost(str(error)) from error
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.reader = self.socket.makefile("rb")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.reader.close()
        self.socket.close()

    def call(self, *words):
        self.send(words)
        return self.answer()

    def pipeline(self, commands):
        """All of them at once; their answers."""
        for words in commands:
            self.send(words)
        return [self.answer() for _ in commands]

    def send(self, words):
        parts = [b"*%d\r\n" % len(words)]
        for word in words:
            data = str(word).encode()
            parts.append(b"$%d\r\n%s\r\n" % (len(data), data))
        try:
            self.socket.sendall(b"".join(parts))
        except OSError as error:
            raise Lost(str(error)) from error

    def answer(self):
        try:
            return self.read()
        except OSError as error:
            raise Lost(str(error)) from error

    def line(self):
        line = self.reader.readline()
        if not line.endswith(b"\r\n"):
            raise Lost("the connection ended")
        return line[:-2]

    def read(self):
        line = self.line()
        kind, rest = line[:1], line[1:]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            return ServerError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            if int(rest) < 0:
                return None
            data = self.reader.read(int(rest) + 2)
            if len(data) != int(rest) + 2:
                raise Lost("the connection ended")
            return data[:-2].decode()
        if kind == b"*":
            return None if int(rest) < 0 else [self.read() for _ in range(int(rest))]
        raise Lost(f"not RESP: {line!r}")


def pairs(flat):
    """A RESP2 map as a dictionary; nil stays nil."""
    return None if flat is None else dict(zip(flat[::2], flat[1::2]))
