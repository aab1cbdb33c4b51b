#!/usr/bin/python3
"""Uploads and downloads a large body and tells how far the node's memory grew at its peak.

    tests/memory.py [MIB]          default 2048; exit code 1 if any growth is 128 MiB or more
"""

import http.client
import random
import struct
import sys
import tempfile

from client import Client
from node import Node

MIB = 1024 * 1024
LIMIT = 128 * MIB


def main():
    size = int(sys.argv[1] if len(sys.argv) > 1 else 2048) * MIB
    with tempfile.TemporaryDirectory(prefix="ciaos-memory-") as folder:
        node = Node(folder).start()
        try:
            worst = measure(node, size)
        finally:
            node.stop()
    return 0 if worst < LIMIT else 1


def measure(node, size):
    warm(node)
    start = node.memory_bytes("VmRSS")
    worst = 0
    piece = random.Random(1).randbytes(MIB)
    steps = [
        ("raw upload", lambda: upload(node, "PUT", "/raw/raw", size, lambda at: piece)),
        ("raw download", lambda: download(node, "/raw/raw")),
        ("FlatBuffers upload", lambda: upload(node, "POST", "/put/list", *one_file(piece, size))),
        ("FlatBuffers download", lambda: download(node, "/get/list")),
    ]
    for name, step in steps:
        clear_peak(node)
        moved = step()
        growth = node.memory_bytes("VmHWM") - start
        worst = max(worst, growth)
        print(f"{name}: {moved // MIB} MiB, peak growth {growth / MIB:.1f} MiB")
    return worst


def warm(node):
    """The runtime, its pools and the code are loaded: what grows from here on grows with the bodies."""
    client = Client(node.url, "me")
    client.put("warm", [b"x" * 1000])
    client.raw("PUT", "warm", data=b"x" * 20_000_000)
    client.get("warm")


def one_file(piece, size):
    """A list of one file, about as large as the format allows or as is asked for, written front to back."""
    length = min(size, 2 ** 31 - 1 - 64)
    head = struct.pack("<IHHHHiIIIiII", 12, 6, 8, 4, 0, 8, 4, 1, 4, 24, 4, length)
    total = len(head) + length

    def part(at):
        if at == 0:
            return head + piece[len(head):]
        return piece

    return total, part


def upload(node, method, path, size, part):
    connection = http.client.HTTPConnection("127.0.0.1", node.port)
    connection.putrequest(method, path)
    connection.putheader("User", "me")
    connection.putheader("Content-Length", str(size))
    connection.endheaders()
    for at in range(0, size, MIB):
        connection.send(part(at)[:size - at])
    answer = connection.getresponse()
    assert answer.status in (200, 201), answer.read()
    return size


def download(node, path):
    connection = http.client.HTTPConnection("127.0.0.1", node.port)
    connection.request("GET", path, headers={"User": "me"})
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    buffer = bytearray(MIB)
    moved = 0
    while count := answer.readinto(buffer):
        moved += count
    assert moved == int(answer.headers["Content-Length"])
    return moved


def clear_peak(node):
    with open(f"/proc/{node.process.pid}/clear_refs", "w", encoding="ascii") as refs:
        refs.write("5")


if __name__ == "__main__":
    sys.exit(main())
