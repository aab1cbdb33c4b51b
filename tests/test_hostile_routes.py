"""Every route under every malformed request: a clear answer, never 500, and the node goes on."""

import os
import random
import re

import pytest

import filelists
from client import Client
from wire import Resources, exchange, head, receive, statuses, connect

ROUTES = [
    ("POST", "/put/key"), ("GET", "/get/key"), ("POST", "/append/key"), ("POST", "/update/key"),
    ("PUT", "/update_key/key/new"), ("DELETE", "/delete/key"), ("PUT", "/raw/key"), ("GET", "/raw/key"),
    ("HEAD", "/raw/key"), ("DELETE", "/raw/key"), ("GET", "/stat/key"), ("GET", "/list"),
    ("POST", "/batch/get"), ("POST", "/batch/put"),
    ("GET", "/health/live"), ("GET", "/health/ready"),
]
WITH_KEY = [(method, path) for method, path in ROUTES if path.endswith("key") or path.endswith("new")]
METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "FOO", "get"}
ROUNDS = int(os.environ.get("CIAOS_FUZZ_ROUNDS", "1"))
DICE = random.Random(9710)


def refused(received, *allowed):
    """Answered with one of these statuses, in words, or cut off where the request could not be made out."""
    assert b"   at " not in received and b"Exception" not in received, received[:500]
    found = statuses(received)
    assert found or not received, received[:200]
    assert all(status in allowed for status in found), (found, received[:300])


def lines(method, path, *headers, user="me", body=b""):
    return head(user, method, path, *headers) + body


# Each makes a request out of a route, with the statuses that are right for it.
MALFORMED = {
    "no version": lambda m, p: (f"{m} {p}\r\nHost: x\r\n\r\n".encode(), (400, 505)),
    "unknown version": lambda m, p: (f"{m} {p} HTTP/3.7\r\nHost: x\r\n\r\n".encode(), 505),
    "two spaces": lambda m, p: (f"{m}  {p} HTTP/1.1\r\nHost: x\r\nUser: me\r\n\r\n".encode(), (400, 404)),
    "tab": lambda m, p: (f"{m}\t{p} HTTP/1.1\r\nHost: x\r\nUser: me\r\n\r\n".encode(), 400),
    "control character in the method": lambda m, p: (f"{m}\x01 {p} HTTP/1.1\r\nHost: x\r\n\r\n".encode(), 400),
    "null in the path": lambda m, p: (f"{m} {p}\0x HTTP/1.1\r\nHost: x\r\nUser: me\r\n\r\n".encode(), 400),
    "bytes above 127 in the path": lambda m, p: (f"{m} {p}\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n".encode("latin-1"), 400),
    "path too long": lambda m, p: (lines(m, p + "a" * 40_000), 414),
    "path without a slash": lambda m, p: (lines(m, p[1:]), (400, 404, 405)),
    "no colon": lambda m, p: (lines(m, p, "nonsense"), 400),
    "space before the colon": lambda m, p: (lines(m, p, "A : b"), 400),
    "folded header": lambda m, p: (lines(m, p, "A: b\r\n c"), 400),
    "null in a header": lambda m, p: (lines(m, p, "A: b\0c"), 400),
    "bare carriage return": lambda m, p: (lines(m, p, "A: b\rC: d"), 400),
    "empty header name": lambda m, p: (lines(m, p, ": b"), 400),
    "too many headers": lambda m, p: (lines(m, p, *[f"A{i}: b" for i in range(300)]), 431),
    "header too long": lambda m, p: (lines(m, p, "A: " + "b" * 200_000), 431),
    "no host": lambda m, p: (f"{m} {p} HTTP/1.1\r\nUser: me\r\n\r\n".encode(), 400),
    "two hosts": lambda m, p: (lines(m, p, "Host: y"), 400),
    "bad host": lambda m, p: (f"{m} {p} HTTP/1.1\r\nHost: a b/c\r\nUser: me\r\n\r\n".encode(), 400),
    "length that is no number": lambda m, p: (lines(m, p, "Content-Length: abc"), 400),
    "negative length": lambda m, p: (lines(m, p, "Content-Length: -1"), 400),
    # Kestrel reads it as 5. What counts is that it does so for the end of the request too.
    "length with a sign": lambda m, p: (lines(m, p, "Content-Length: +5", body=b"hello"), (200, 201, 400, 404)),
    "length in hex": lambda m, p: (lines(m, p, "Content-Length: 0x5", body=b"hello"), 400),
    "length beyond any number": lambda m, p: (lines(m, p, "Content-Length: 99999999999999999999"), 400),
    "empty length": lambda m, p: (lines(m, p, "Content-Length:"), 400),
    "two lengths": lambda m, p: (lines(m, p, "Content-Length: 5", "Content-Length: 6", body=b"hello!"), 400),
    "two lengths in one": lambda m, p: (lines(m, p, "Content-Length: 5, 6", body=b"hello!"), 400),
    "unknown coding": lambda m, p: (lines(m, p, "Transfer-Encoding: gzip", body=b"hello"), 400),
    "chunked is not last": lambda m, p: (lines(m, p, "Transfer-Encoding: chunked, gzip", body=b"0\r\n\r\n"), 400),
    "length and chunked": lambda m, p: (
        lines(m, p, "Content-Length: 4", "Transfer-Encoding: chunked",
              body=b"0\r\n\r\nDELETE /raw/kept HTTP/1.1\r\nHost: x\r\nUser: me\r\n\r\n"), (200, 201, 400, 404)),
}
BAD_KEYS = [
    "%", "%4", "%zz", "%G0", "%ff", "%C0%AF", "%ED%A0%80", "%00", "a%00b", "", "a" * 1025, "%C3%BC" * 513,
]
BAD_BODIES = {
    "chunk size that is no number": b"zz\r\nhello\r\n0\r\n\r\n",
    "negative chunk size": b"-5\r\nhello\r\n0\r\n\r\n",
    "chunk size beyond any number": b"FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n",
    "chunk longer than its size": b"5\r\nhello world\r\n0\r\n\r\n",
    "chunk shorter than its size": b"50\r\nhello\r\n0\r\n\r\n",
    "chunk without an end": b"5\r\nhello",
    "no last chunk": b"5\r\nhello\r\n",
    "bad trailer": b"5\r\nhello\r\n0\r\nnonsense\r\n\r\n",
    "endless extension": b"5;" + b"x" * 300_000,
}
BAD_USERS = ["User: ", "User: \u00fc", "User: a\tb", "User: " + "a" * 257, "User: me\r\nUser: you", "user : me"]
RANGES = [
    "bytes=", "bytes=-", "bytes=--5", "bytes=9-1", "bytes=-0", "bytes=1-2-3", "bytes=a-b", "bytes=0-" + "9" * 400,
    "bytes=" + "9" * 400 + "-", "bytes=-" + "9" * 400, "lines=1-2", "bytes 1-2", "bytes=1-2," * 2000, "bytes=\t1-2",
    "bytes=18446744073709551616-", "bytes=9223372036854775807-9223372036854775807",
]


@pytest.fixture(autouse=True)
def healthy(node):
    """Whatever a test did: afterwards the node answers, and holds no more than before."""
    resources = Resources(node)
    yield
    assert Client(node.url, "me").session.get(node.url + "/health/ready").status_code == 200
    resources.settle()


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_requests_are_refused_on_every_route(node, name):
    Client(node.url, "me").raw("PUT", "kept", data=b"x")
    for method, path in ROUTES:
        request, allowed = MALFORMED[name](method, path)
        received = exchange(node, request)
        refused(received, *(allowed if isinstance(allowed, tuple) else (allowed,)))
        assert len(statuses(received)) <= 1, "something was smuggled in"
    assert Client(node.url, "me").raw("GET", "kept").content == b"x"


@pytest.mark.parametrize("key", BAD_KEYS, ids=lambda key: key[:10] or "empty")
def test_bad_keys_are_refused_in_words_on_every_route(node, key):
    for method, path in WITH_KEY:
        received = exchange(node, lines(method, path.replace("/key", "/" + key)))
        refused(received, 400)
        if method != "HEAD" and "%00" not in key:  # which the server refuses before anybody has seen it
            assert len(received.split(b"\r\n\r\n", 1)[1]) > 15, received


@pytest.mark.parametrize("method", sorted(METHODS))
def test_wrong_methods_are_told_which_are_right(node, method):
    for path in {path for _, path in ROUTES}:
        allowed = {m for m, p in ROUTES if p == path} | ({"HEAD"} if ("GET", path) in ROUTES else set())
        received = exchange(node, lines(method, path, "Content-Length: 0"))
        if method in allowed:
            continue
        refused(received, 400, 405)
        if statuses(received) == [405]:
            told = re.search(rb"\r\nAllow: ([A-Z, ]+)\r\n", received)[1].decode()
            assert set(told.split(", ")) == allowed


@pytest.mark.parametrize("name", BAD_BODIES)
@pytest.mark.parametrize("route", [route for route in ROUTES if route[0] in ("POST", "PUT") and "update_key" not in
                                   route[1]], ids=lambda route: route[1])
def test_broken_chunks_become_nothing(node, client, name, route):
    method, path = route
    client.put("exists", [b"before"])
    path = path.replace("/key", "/exists") if path.startswith(("/append", "/update")) else path
    user = client.session.headers["User"]
    refused(exchange(node, lines(method, path, "Transfer-Encoding: chunked", user=user, body=BAD_BODIES[name])), 400)
    assert [each["key"] for each in client.list()["objects"]] == ["exists"]
    assert client.files("exists") == [b"before"]


@pytest.mark.parametrize("announced", ["Content-Length: 5000000", "Transfer-Encoding: chunked"])
def test_truncated_bodies_become_nothing_on_every_route(node, client, announced):
    """A client whose connection ends in the middle; where the body counts for nothing, the request is done."""
    user = client.session.headers["User"]
    for method, path in ROUTES:
        body = (b"" if announced.startswith("Content") else b"4C4B40\r\n") + b"\0" * 100_000
        refused(exchange(node, lines(method, path, announced, user=user, body=body)), 200, 400, 404)
    assert client.list()["objects"] == []


def test_what_follows_a_body_is_the_next_request(node, client):
    body = filelists.build([b"x"])
    request = head(client.session.headers["User"], "POST", "/put/key", f"Content-Length: {len(body)}") + body
    assert statuses(exchange(node, request + b"over and above")) == [200, 400]
    assert client.files("key") == [b"x"]


@pytest.mark.parametrize("user", BAD_USERS, ids=ascii)
def test_bad_users_are_refused_on_every_route(node, user):
    for method, path in ROUTES:
        if path.startswith("/health"):
            continue
        request = f"{method} {path} HTTP/1.1\r\nHost: x\r\n{user}\r\nContent-Length: 0\r\n\r\n".encode()
        refused(exchange(node, request), 400)


@pytest.mark.parametrize("range_", RANGES, ids=lambda range_: range_[:20])
def test_absurd_ranges_get_the_whole_or_416(node, client, range_):
    client.raw("PUT", "key", data=b"0123456789")
    received = exchange(node, head(client.session.headers["User"], "GET", "/raw/key", f"Range: {range_}"))
    refused(received, 200, 206, 416)
    if statuses(received) == [200]:
        assert received.endswith(b"\r\n\r\n0123456789")


def test_answers_hold_no_line_that_the_client_made(node, client):
    """Whatever is echoed of a key or a content type, it cannot end a header."""
    user = client.session.headers["User"]
    for key in ("a%0d%0aSet-Cookie:%20x", "a%0aX: y", "%E2%80%A8"):
        for method, path in WITH_KEY:
            received = exchange(node, head(user, method, path.replace("/key", "/" + key), "Content-Length: 0"))
            header = received.split(b"\r\n\r\n")[0]
            assert b"Set-Cookie" not in header and b"\nX:" not in header, received
    exchange(node, head(user, "PUT", "/raw/key", "Content-Length: 1", "Content-Type: a\x0bb") + b"x")
    assert client.raw("GET", "key").status_code == 404


def test_bodies_on_requests_that_take_none_are_passed_over(node, client):
    client.raw("PUT", "key", data=b"x")
    user = client.session.headers["User"]
    request = head(user, "GET", "/raw/key", "Content-Length: 100000") + b"y" * 100_000
    assert statuses(exchange(node, request + head(user, "GET", "/stat/key"))) == [200, 200]
    assert client.session.get(f"{client.url}/list", data=b"z" * 100_000).status_code == 200


def test_an_old_client_is_served_and_its_connection_closed(node, client):
    client.raw("PUT", "key", data=b"hello")
    request = f"GET /raw/key HTTP/1.0\r\nUser: {client.session.headers['User']}\r\n\r\n".encode()
    with connect(node) as connection:
        connection.sendall(request)
        received = receive(connection)
    assert statuses(received) == [200] and received.endswith(b"hello")


@pytest.mark.parametrize("target, allowed", [
    ("*", (400, 404)), ("http://x/raw/none", (404,)), ("https://x:1/raw/none?y", (404,)), ("//raw//key", (404,)),
    ("http://", (400, 404)), ("x:1", (400, 404)), ("/..%2fraw", (404,)), ("/../../etc/passwd", (404,)), ("/", (404,)),
])
def test_odd_targets_lead_nowhere(node, target, allowed):
    for method in ("GET", "OPTIONS", "CONNECT"):
        refused(exchange(node, lines(method, target)), *allowed, 400, 405)


def test_mutated_requests_never_break_the_node(node, client):
    user = client.session.headers["User"]
    body = filelists.build([b"abc", b"", b"x" * 100])
    seeds = [
        head(user, "POST", "/put/key", f"Content-Length: {len(body)}") + body,
        head(user, "PUT", "/raw/key", "Transfer-Encoding: chunked") + b"5\r\nhello\r\n0\r\n\r\n",
        head(user, "GET", "/raw/key", "Range: bytes=1-2", 'If-None-Match: "a", W/"b"', "If-Modified-Since: x"),
        head(user, "GET", "/list?prefix=a%20b&after=c&limit=10"), head(user, "PUT", "/update_key/a%2Fb/c%20d"),
        head(user, "DELETE", "/delete/key", "Expect: 100-continue", "Connection: close, upgrade", "Upgrade: h2c"),
    ]
    nasty = [b"\r\n", b"\0", b"%", b":", b" ", b"\xff", b"HTTP/1.1", b"Content-Length: 7\r\n", b"\n", b"a" * 5000]
    for _ in range(1500 * ROUNDS):
        request = bytearray(DICE.choice(seeds))
        for _ in range(DICE.randint(1, 5)):
            at = DICE.randrange(len(request) + 1)
            kind = DICE.random()
            if kind < 0.4 and at < len(request):
                request[at] = DICE.randrange(256)
            elif kind < 0.7:
                request[at:at] = DICE.choice(nasty)
            else:
                del request[at:at + DICE.randint(1, 30)]
        received = exchange(node, bytes(request))
        assert b"   at " not in received, received[:500]
        assert all(100 <= status < 500 or status in (501, 505) for status in statuses(received)), (request, received)
