"""A server that misbehaves as it is told: the failures which a client must survive do not come from a real one."""

import http.client
import io
import itertools
import socket
import struct
import threading
import urllib.parse

CUT = object()
"""An answer that is none: the connection is closed instead."""


class Asked:
    """One request as it came."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body

    def __repr__(self):
        return f"{self.method} {self.path}"


def answer(status=200, body=b"", announced=None, chunked=False, finished=True, **headers):
    """Bytes of an answer. announced: another Content-Length than the body's. finished: with its last chunk."""
    lines = [f"HTTP/1.1 {status} {http.client.responses.get(status, 'Whatever')}"]
    if chunked:
        lines.append("Transfer-Encoding: chunked")
        body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in body) + (b"0\r\n\r\n" if finished else b"")
    else:
        lines.append(f"Content-Length: {len(body) if announced is None else announced}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class ScriptedServer:
    """Answers with what the script says, one step a request: bytes, CUT, or a function of the request that gives them.

    Behind a step that is a tuple ``(bytes, CUT)`` the connection is closed. When the script is at its end its last
    step is done again. `asked` has all the requests, `connections` counts them.
    """

    def __init__(self, *script, unread=False, tls=None):
        self.script = list(script)
        self.asked = []
        self.connections = 0
        self._unread = unread
        self._lock = threading.Lock()
        self._open = set()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._tls = tls
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Without this the thread that waits in accept() would keep the port open.
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self.cut_all()

    def cut_all(self):
        """Closes all connections, as a server that has had enough of idle ones."""
        for each in list(self._open):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self):
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            with connection, connection.makefile("rb") as reader:
                while self._one(connection, reader):
                    pass
        except OSError:
            pass
        finally:
            self._open.discard(connection)

    def _one(self, connection, reader):
        line = reader.readline()
        if not line:
            return False
        method, path, _ = line.decode("latin-1").split(" ", 2)
        headers = http.client.parse_headers(reader)
        # Not reading what was announced is one of the ways in which servers answer early.
        body = b"" if self._unread else _body(reader, headers)
        with self._lock:
            self.asked.append(Asked(method, path, headers, body))
            step = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if callable(step):
            step = step(self.asked[-1])
        steps = step if isinstance(step, tuple) else (step,)
        for each in steps:
            if each is CUT:
                # Alone it is a reset. Behind bytes it is an end: a reset could overtake them.
                if len(steps) == 1:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return False
            connection.sendall(each)
        return True


def _body(reader, headers):
    if headers.get("Transfer-Encoding") == "chunked":
        body = io.BytesIO()
        while True:
            size = int(reader.readline(), 16)
            body.write(reader.read(size))
            reader.readline()
            if size == 0:
                return body.getvalue()
    return reader.read(int(headers.get("Content-Length", 0)))


class LosingProxy:
    """Stands between a client and a node, and loses answers: the node has done what was asked, and nobody hears of it.

    lose: tells for each answer that arrives, by its number from 0, whether it is lost.
    """

    def __init__(self, url, lose):
        self._target = urllib.parse.urlsplit(url)
        self._lose = lose
        self._numbers = itertools.count()
        self.lost = 0
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()

    def _accept(self):
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            node = socket.create_connection((self._target.hostname, self._target.port))
            threading.Thread(target=self._pump, args=(client, node, False), daemon=True).start()
            threading.Thread(target=self._pump, args=(node, client, True), daemon=True).start()

    def _pump(self, source, target, are_answers):
        try:
            while data := source.recv(1 << 16):
                # Answers of these tests are short: each comes in one piece.
                if are_answers and self._lose(next(self._numbers)):
                    self.lost += 1
                    break
                target.sendall(data)
        except OSError:
            pass
        for each in (source, target):
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
