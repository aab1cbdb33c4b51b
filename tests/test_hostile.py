"""Bad bytes, bad lengths, bad manners: a clear answer, and nothing becomes visible."""

import random
import socket
import struct
import time

import pytest

import filelists
from client import Client


def connect(node):
    return socket.create_connection(("127.0.0.1", node.port), timeout=60)


def head(client, method, target, *headers):
    lines = [f"{method} {target} HTTP/1.1", "Host: x", f"User: {client.session.headers['User']}", *headers]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def answer_of(connection):
    """Until the other side closes: in peace, or with a reset, since it may throw away what it was still sent."""
    received = b""
    try:
        while part := connection.recv(65536):
            received += part
    except ConnectionResetError:
        pass
    return received


def nothing_is_there(client):
    return client.list()["objects"] == []


def test_mutated_bodies_are_stored_or_refused_and_never_break_the_node(client):
    body = filelists.build([b"abc", b"", b"x" * 100, None, b"tail"])
    dice = random.Random(42)
    statuses = set()
    for round_ in range(400):
        mutated = bytearray(body)
        for _ in range(dice.randint(1, 4)):
            at = dice.randrange(len(mutated))
            mutated[at] = dice.randrange(256)
        if dice.random() < 0.3:
            mutated = mutated[:dice.randrange(len(mutated))]
        answer = client.put_body(f"key {round_}", bytes(mutated))
        statuses.add(answer.status_code)
        assert answer.status_code in (200, 400), answer.text
        if answer.status_code == 200:
            assert client.get(f"key {round_}").status_code == 200
    assert statuses == {200, 400}


def test_a_large_body_is_validated_where_it_lies(client):
    body = bytearray(filelists.build([b"x" * 3_000_000, b"y" * 6_000_000]))
    good = bytes(body)
    struct.pack_into("<I", body, filelists.uint32(body, 0), 0x7fffffff)
    answer = client.put_body("key", bytes(body))
    assert answer.status_code == 400 and answer.text.startswith("Failed to parse FlatBuffers data: ")
    answer = client.put_body("key", b"\xff" * 9_000_000)
    assert answer.status_code == 400
    assert nothing_is_there(client)
    assert client.put_body("key", good).status_code == 200


def test_a_thousand_files_that_share_their_data(client):
    """One vector of 1 MB, named by 1,000 entries: legal, and the reply names them all."""
    data = random.Random(3).randbytes(1_000_000)
    count = 1000
    table = 24 + 4 * count
    body = bytearray(struct.pack("<IHHHHiII", 12, 6, 8, 4, 0, 8, 4, count))
    for i in range(count):
        body += struct.pack("<I", table - (24 + 4 * i))
    body += struct.pack("<iII", table - 4, 4, len(data)) + data
    assert client.put_body("key", bytes(body)).status_code == 200
    found = client.list()["objects"][0]
    assert (found["files"], found["size"]) == (count, count * len(data))
    head = client.session.head(f"{client.url}/get/key")
    assert int(head.headers["Content-Length"]) == 24 + count * (12 + 4 + len(data))
    answer = client.raw("GET", "key", headers={"Range": f"bytes={998 * len(data)}-"})
    assert answer.content == data * 2


def test_a_reply_that_the_format_cannot_hold_names_the_way_to_read_it(client):
    data = random.Random(4).randbytes(3_000_000)
    count = 1000
    table = 24 + 4 * count
    body = bytearray(struct.pack("<IHHHHiII", 12, 6, 8, 4, 0, 8, 4, count))
    for i in range(count):
        body += struct.pack("<I", table - (24 + 4 * i))
    body += struct.pack("<iII", table - 4, 4, len(data)) + data
    assert client.put_body("a key", bytes(body)).status_code == 200
    answer = client.get("a key")
    assert answer.status_code == 413 and "GET /raw/a%20key" in answer.text


def test_too_many_files_are_refused(client):
    count = 1_000_001
    table = 24 + 4 * count
    body = bytearray(struct.pack("<IHHHHiII", 12, 6, 8, 4, 0, 8, 4, count))
    body += b"".join(struct.pack("<I", table - (24 + 4 * i)) for i in range(count))
    body += struct.pack("<iII", table - 4, 4, 0)
    answer = client.put_body("key", bytes(body))
    assert answer.status_code == 413 and "1000001 files, at most 1000000" in answer.text
    assert nothing_is_there(client)


@pytest.mark.parametrize("target", ["POST /put/key", "PUT /raw/key"])
@pytest.mark.parametrize("sent", [0, 1000, 6_000_000])
def test_a_body_cut_short_becomes_nothing(node, client, target, sent):
    method, path = target.split()
    with connect(node) as connection:
        connection.sendall(head(client, method, path, "Content-Length: 8000000"))
        connection.sendall(b"\0" * sent)
        connection.shutdown(socket.SHUT_WR)
        answer = answer_of(connection)
    assert b" 200 " not in answer and b" 201 " not in answer
    assert nothing_is_there(client)


def test_a_connection_reset_in_the_middle_becomes_nothing(node, client):
    connection = connect(node)
    connection.sendall(head(client, "PUT", "/raw/key", "Content-Length: 8000000") + b"x" * 5_000_000)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    assert nothing_is_there(client)


def test_a_broken_chunked_body_becomes_nothing(node, client):
    with connect(node) as connection:
        connection.sendall(head(client, "PUT", "/raw/key", "Transfer-Encoding: chunked") + b"5\r\nhello\r\nzz\r\n")
        answer = answer_of(connection)
    assert answer.startswith(b"HTTP/1.1 400")
    assert nothing_is_there(client)


@pytest.mark.parametrize("request_bytes", [
    b"\r\n\r\n\r\n", b"GARBAGE\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00",
    b"GET /get/key HTTP/1.1\r\nHost: x\r\nUser: me\r\nContent-Length: -1\r\n\r\n",
    b"POST /put/key HTTP/1.1\r\nHost: x\r\nUser: me\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    b"GET /get/\xc3\xbc HTTP/1.1\r\nHost: x\r\nUser: me\r\n\r\n",
    b"GET /get/key HTTP/1.1\r\nHost: x\r\n" + b"X: " + b"y" * 200_000 + b"\r\n\r\n",
], ids=lambda value: ascii(value[:40]))
def test_what_is_not_http_is_refused(node, client, request_bytes):
    with connect(node) as connection:
        connection.sendall(request_bytes)
        connection.shutdown(socket.SHUT_WR)
        answer = answer_of(connection)
    assert answer == b"" or answer.split()[1] in (b"400", b"404", b"431", b"505"), answer[:200]
    assert client.get("key").status_code == 404


def test_errors_that_the_head_shows_come_before_the_body(node, client):
    client.put("there", [b"x"])
    for target, expected in (("/put/there", b"400"), ("/append/missing", b"404"), ("/put/%", b"400")):
        with connect(node) as connection:
            connection.sendall(head(client, "POST", target, "Content-Length: 1000000", "Expect: 100-continue"))
            answer = connection.recv(65536)
        assert answer.split()[1] == expected, answer


def test_a_body_that_was_announced_is_asked_for(node, client):
    body = filelists.build([b"x"])
    with connect(node) as connection:
        connection.sendall(head(client, "POST", "/put/key", f"Content-Length: {len(body)}", "Expect: 100-continue"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100")
        connection.sendall(body)
        assert connection.recv(65536).startswith(b"HTTP/1.1 200")
    assert client.files("key") == [b"x"]


def test_a_refused_body_leaves_the_answer_readable(client):
    """The whole body is on its way when the node refuses it from the head alone."""
    client.put("key", [b"x"])
    assert client.put_body("key", b"\0" * 30_000_000).text == "Key already exists"


def test_a_client_that_stalls_is_cut_off(make_node):
    node = make_node("ciaos.http.min-body-rate=10KiB", "ciaos.http.min-body-rate-grace=2s").start()
    client = Client(node.url, "me")
    began = time.monotonic()
    with connect(node) as connection:
        connection.sendall(head(client, "PUT", "/raw/key", "Content-Length: 1000000") + b"x")
        answer = answer_of(connection)
    assert time.monotonic() - began < 30
    assert answer == b"" or answer.startswith(b"HTTP/1.1 408")
    assert nothing_is_there(client)


def test_pipelined_requests_are_answered_in_order(node, client):
    client.put("a", [b"first"])
    client.put("b", [b"second"])
    with connect(node) as connection:
        connection.sendall(head(client, "GET", "/raw/a") + head(client, "GET", "/raw/b", "Connection: close"))
        answer = answer_of(connection)
    assert answer.index(b"first") < answer.index(b"second")
