"""Clients that stall, vanish or only listen: they are cut off or wait in vain, and nobody else does."""

import random
import socket
import threading
import time

import filelists
from client import Client
from wire import Resources, connect, exchange, head, receive, reset, statuses

MIB = 1024 * 1024
CUT_SECONDS = 25


def is_cut(connection):
    """The node closes the connection by itself, in time."""
    connection.settimeout(CUT_SECONDS)
    began = time.monotonic()
    received = receive(connection)
    return received, time.monotonic() - began


def test_headers_that_never_end_are_cut_off(make_node):
    node = make_node("ciaos.http.request-headers-timeout=1s").start()
    resources = Resources(node)
    silent, partial, dripping = connect(node), connect(node), connect(node)
    partial.sendall(b"GET /get/key HTTP/1.1\r\nHost: x\r\nA: ")
    dripping.sendall(b"GET /get/key HTTP/1.1\r\nHost: x\r\n")
    began = time.monotonic()
    try:
        while time.monotonic() - began < CUT_SECONDS:
            dripping.sendall(b"A: b\r\n")
            time.sleep(0.1)
    except OSError:
        pass
    assert time.monotonic() - began < CUT_SECONDS
    received, _ = is_cut(partial)
    assert received == b"" or statuses(received) == [408]
    silent.close()
    dripping.close()
    resources.settle()


def test_an_idle_connection_is_closed(make_node):
    node = make_node("ciaos.http.keep-alive-timeout=1s").start()
    with connect(node) as connection:
        connection.sendall(head("me", "GET", "/health/live"))
        received, took = is_cut(connection)
    assert statuses(received) == [200] and took < CUT_SECONDS


def test_bodies_that_stall_are_cut_off_and_leave_nothing(make_node):
    node = make_node("ciaos.http.min-body-rate=2MiB", "ciaos.http.min-body-rate-grace=2s").start()
    client = Client(node.url, "me")
    client.put("list", [b"x"])
    resources = Resources(node)
    connections = []
    for sent in (0, 1, 5000, 100_000, 2 * MIB, 9 * MIB):
        for method, path in (("PUT", "/raw/key"), ("POST", "/put/key"), ("POST", "/append/list")):
            connection = connect(node)
            body = filelists.build([bytes(10 * MIB)])
            connection.sendall(head("me", method, path, f"Content-Length: {len(body)}") + body[:sent])
            connections.append(connection)
    for connection in connections:
        received, took = is_cut(connection)
        assert took < CUT_SECONDS
        assert received == b"" or statuses(received) == [408], received
        connection.close()
    assert [each["key"] for each in client.list()["objects"]] == ["list"]
    resources.settle()


def test_a_reader_that_does_not_read_is_cut_off(make_node):
    node = make_node("ciaos.http.min-body-rate=1MiB", "ciaos.http.min-body-rate-grace=2s").start()
    body = random.Random(1).randbytes(30 * MIB)
    client = Client(node.url, "me")
    client.raw("PUT", "key", data=body)
    client.put("list", [body])
    resources = Resources(node)
    connections = []
    for path in ("/raw/key", "/get/list"):
        for _ in range(5):
            connection = connect(node)
            connection.sendall(head("me", "GET", path))
            assert connection.recv(1) == b"H"
            connections.append(connection)
    resources.settle(sockets=0)  # although nobody has read more
    for connection in connections:
        assert len(is_cut(connection)[0]) < len(body)
        connection.close()


def test_a_hundred_stalled_uploads_hold_nobody_up(make_node):
    """None of them is cut off here, so that only giving memory back lets others in."""
    node = make_node("ciaos.objects.upload-memory=16MiB", "ciaos.objects.upload-patience=300ms",
                     "ciaos.http.min-body-rate=0B").start()
    client = Client(node.url, "me")
    dice = random.Random(2)
    stalled = []
    for number in range(100):
        body = dice.randbytes(2 * MIB)
        connection = connect(node)
        connection.sendall(head("me", "PUT", f"/raw/slow {number}".replace(" ", "%20"), f"Content-Length: {len(body)}"))
        sent = dice.choice([10, 5000, 70_000, MIB, 2 * MIB - 1])
        thread = threading.Thread(target=connection.sendall, args=(body[:sent],), daemon=True)
        thread.start()
        stalled.append((connection, thread, body, sent))
    big = dice.randbytes(20 * MIB)
    for attempt in range(3):
        began = time.monotonic()
        assert client.raw("PUT", f"quick {attempt}", data=big).status_code == 201
        assert client.put(f"list {attempt}", [big[:6 * MIB], b"tail"]).status_code == 200
        assert client.raw("PUT", f"small {attempt}", data=b"x").status_code == 201
        assert time.monotonic() - began < CUT_SECONDS
        assert client.raw("GET", f"quick {attempt}").content == big
        assert client.files(f"list {attempt}") == [big[:6 * MIB], b"tail"]
    for number, (connection, thread, body, sent) in enumerate(stalled):
        thread.join()
        connection.sendall(body[sent:])
        assert connection.recv(65536).startswith(b"HTTP/1.1 201")
        assert client.raw("GET", f"slow {number}").content == body
        connection.close()


def test_clients_that_vanish_in_the_middle_leave_no_memory_taken(make_node):
    node = make_node("ciaos.objects.upload-memory=8MiB", "ciaos.http.min-body-rate=0B").start()
    client = Client(node.url, "me")
    client.raw("PUT", "big", data=bytes(20 * MIB))
    resources = Resources(node)
    dice = random.Random(3)
    for number in range(300):
        connection = connect(node)
        if number % 3 == 0:
            connection.sendall(head("me", "GET", "/raw/big"))
            connection.recv(100_000)
        else:
            connection.sendall(head("me", "PUT", "/raw/key", "Content-Length: 3000000"))
            connection.sendall(bytes(dice.choice([0, 10, 100_000, 2_000_000])))
        if number % 2 == 0:
            reset(connection)
        else:
            connection.close()
    assert client.raw("PUT", "after", data=bytes(20 * MIB)).status_code == 201
    assert [each["key"] for each in client.list()["objects"]] == ["after", "big"]
    resources.settle()


def test_a_client_that_has_said_all_still_gets_its_answer(node, client):
    user = client.session.headers["User"]
    body = random.Random(4).randbytes(5 * MIB)
    assert statuses(exchange(node, head(user, "PUT", "/raw/key", f"Content-Length: {len(body)}") + body)) == [201]
    whole = exchange(node, head(user, "GET", "/raw/key"))
    assert whole.endswith(body)
    small = filelists.build([b"x"])
    several = head(user, "POST", "/put/list", f"Content-Length: {len(small)}") + small
    several += head(user, "PUT", "/update_key/list/moved") + head(user, "GET", "/stat/moved")
    several += head(user, "PUT", "/raw/chunks", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n"
    assert statuses(exchange(node, several)) == [200, 200, 200, 201]
    with connect(node) as connection:
        connection.sendall(head(user, "GET", "/raw/key"))
        connection.shutdown(socket.SHUT_WR)
        time.sleep(0.5)
        assert receive(connection).endswith(body)
