"""Connections opened and dropped, a hundred thousand of them: CIAOS_TEST_SLOW=1, else five thousand."""

import multiprocessing
import os
import random
import socket
import time

from client import Client
from wire import Resources, head, reset

COUNT = 100_000 if os.environ.get("CIAOS_TEST_SLOW") == "1" else 5_000
DROPPERS = 4
OPEN_AT_ONCE = 100
STARTED = [
    b"", b"G", b"GET /get/key HTTP/1.1\r\nHost: x\r\n", head("me", "GET", "/raw/key"),
    head("me", "PUT", "/raw/new", "Content-Length: 1000000") + b"x" * 5000,
    head("me", "POST", "/put/new", "Transfer-Encoding: chunked") + b"ffff\r\nx", b"\x16\x03\x01",
]


def open_and_drop(port, number, count):
    """In a process and from a loopback address of its own, so that ports do not run out."""
    dice = random.Random(number)
    opened = []
    for _ in range(count):
        connection = socket.socket()
        connection.bind((f"127.0.0.{number + 2}", 0))
        connection.connect(("127.0.0.1", port))
        if request := dice.choice(STARTED):
            connection.send(request)
        opened.append(connection)
        if len(opened) >= OPEN_AT_ONCE:
            drop(opened.pop(dice.randrange(len(opened))), dice)
    for connection in opened:
        drop(connection, dice)


def drop(connection, dice):
    if dice.random() < 0.9:
        reset(connection)
    else:
        connection.close()


def test_connections_that_come_and_go_leave_nothing_behind(make_node):
    node = make_node().start()
    client = Client(node.url, "me")
    assert client.raw("PUT", "key", data=bytes(1_000_000)).status_code == 201
    resources = Resources(node)
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(DROPPERS) as pool:
        dropping = pool.starmap_async(
            open_and_drop, [(node.port, number, COUNT // DROPPERS) for number in range(DROPPERS)])
        while not dropping.ready():
            assert client.raw("HEAD", "key").status_code == 200, "the node goes on meanwhile"
            time.sleep(0.05)
        dropping.get()
    took = time.monotonic() - began
    assert [each["key"] for each in client.list()["objects"]] == ["key"]
    after = resources.settle()
    print(f"{COUNT} connections in {took:.1f} s, {COUNT / took:.0f} a second; before {resources.before}, after {after}")
