"""Requests byte by byte, and what a node holds: for tests that are not polite."""

import os
import re
import socket
import struct
import time

TIMEOUT_SECONDS = 30
SETTLE_SECONDS = 40


def connect(node):
    return socket.create_connection(("127.0.0.1", node.port), timeout=TIMEOUT_SECONDS)


def head(user, method, target, *headers, version="HTTP/1.1"):
    lines = [f"{method} {target} {version}", "Host: x", f"User: {user}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def receive(connection):
    """Until the other side closes: in peace, or with a reset, since it may throw away what it was still sent."""
    received = bytearray()
    try:
        while part := connection.recv(65536):
            received += part
    except (ConnectionResetError, BrokenPipeError):
        pass
    return bytes(received)


def exchange(node, request):
    """Sends it, closes the sending side, and gives all that comes back."""
    with connect(node) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was answered, and cut off, before all was sent
        return receive(connection)


def statuses(received):
    """The statuses of all the answers in a row."""
    return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d{3}) ", received)]


def reset(connection):
    """Closes with a reset, as a client that crashed: nothing stays behind in the kernel."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class Resources:
    """What a node holds: file handles, sockets among them, volumes, threads and memory."""

    def __init__(self, node):
        self.node = node
        self.before = self.now()

    def now(self):
        pid = self.node.process.pid
        links = []
        for number in os.listdir(f"/proc/{pid}/fd"):
            try:
                links.append(os.readlink(f"/proc/{pid}/fd/{number}"))
            except FileNotFoundError:
                pass
        return {
            "sockets": sum(link.startswith("socket:") for link in links),
            "volumes": sum(link.endswith(".vol") for link in links),
            "other handles": sum(not link.startswith("socket:") and not link.endswith(".vol") for link in links),
            "threads": len(os.listdir(f"/proc/{pid}/task")),
            "MiB": self.node.memory_bytes("VmRSS") // 1048576,
        }

    def settle(self, sockets=6, memory_mib=150):
        """Waits until all is given back, but for what pools keep."""
        allowed = {"sockets": sockets, "volumes": 4, "other handles": 8, "threads": 12, "MiB": memory_mib}
        deadline = time.monotonic() + SETTLE_SECONDS
        while True:
            now = self.now()
            more = {what: (self.before[what], now[what])
                    for what in now if now[what] > self.before[what] + allowed[what]}
            if not more:
                return now
            assert time.monotonic() < deadline, f"still held (before and now): {more}"
            time.sleep(0.2)
