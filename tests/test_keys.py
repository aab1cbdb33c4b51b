"""Keys in every form in which HTTP libraries send them."""

import socket
import urllib.parse

import pytest

import filelists

ONE_FILE = filelists.build([b"x"])


def short(value):
    return ascii(value)[:24]


KEYS = [
    "plain", "with spaces in it", "ünïcödé", "日本語/キー", "emoji 🎉", "a/b/c", "/leading", "trailing/", "a//b",
    "100%", "50%25", "%2F", "%zz", "a%20b", "a+b", "a&b=c", "a?b", "a#b", "semi;colon", "quote'\"", "back\\slash",
    "..", "a/../b", "./a", "~tilde", "[brackets]", "{braces}", "new\nline", "tab\t", "x" * 1024, "é" * 512,
]


@pytest.mark.parametrize("key", KEYS, ids=short)
def test_a_quoted_key_is_decoded_once(node, client, key):
    path = urllib.parse.quote(key, safe="").replace(".", "%2E")
    assert send(node, client, "POST", f"/put/{path}", ONE_FILE) == f"Data uploaded successfully: key = {key}"
    assert client.list()["objects"][0]["key"] == key
    status, body = exchange(node, client, "GET", f"/get/{path}")
    assert (status, [bytes(file) for file in filelists.read(body)]) == (200, [b"x"])
    other = "to " + key[:500]
    renamed = send(node, client, "PUT", f"/update_key/{path}/{urllib.parse.quote(other, safe='')}")
    assert renamed == f"Key updated successfully from {key} to {other}"
    assert [found["key"] for found in client.list()["objects"]] == [other]


@pytest.mark.parametrize("key", [
    "with spaces in it", "ünïcödé", "日本語/キー", "emoji 🎉", "a/b/c", "a//b", "trailing/", "100%", "100% sure", "a+b",
    "a&b=c", "quote'\"", "a?b", "a?b?c=d&e", "~tilde", "semi;colon",
], ids=short)
def test_a_key_that_the_client_leaves_as_it_is(client, key):
    """The original client puts the key into the URL; requests quotes what it must."""
    assert client.put(key, [b"1"]).text == f"Data uploaded successfully: key = {key}"
    assert client.append(key, [b"2"]).status_code == 200
    assert client.files(key) == [b"1", b"2"]
    assert client.update(key, [b"3"]).status_code == 200
    assert client.list()["objects"][0]["key"] == key
    assert client.put(key, [b"4"]).text == "Key already exists"
    if "/" not in key:
        assert client.update_key(key, "moved").text == f"Key updated successfully from {key} to moved"
        assert client.update_key("moved", key).status_code == 200
    assert client.delete(key).text == f"File deleted successfully: key = {key}"
    assert client.list()["objects"] == []


def test_quoted_and_unquoted_forms_name_the_same_key(client):
    client.put("a%20b%2Fc", [b"quoted"])
    assert client.files("a b/c") == [b"quoted"]


def test_dot_segments_survive(node, client):
    for path, key in (("a/../b", "a/../b"), ("%2e%2e/x", "../x"), ("./y", "./y"), ("a//b/", "a//b/")):
        assert send(node, client, "POST", f"/put/{path}", ONE_FILE) == f"Data uploaded successfully: key = {key}"
    assert [found["key"] for found in client.list()["objects"]] == sorted(["a/../b", "../x", "./y", "a//b/"])


def test_a_proxy_sends_the_whole_address(node, client):
    send(node, client, "POST", f"{node.url}/put/by%20proxy", ONE_FILE)
    assert client.files("by proxy") is not None


@pytest.mark.parametrize("path, problem", [
    ("", "The key is empty"),
    ("x" * 1025, "The key has 1025 bytes, 1024 are allowed"),
    ("%C3%BC" * 513, "The key has 1026 bytes, 1024 are allowed"),
    ("%", "Two hexadecimal digits do not follow the percent sign at character 0"),
    ("ab%4", "Two hexadecimal digits do not follow the percent sign at character 2"),
    ("%g0", "Two hexadecimal digits do not follow the percent sign at character 0"),
    ("%ff", "are not UTF-8"),
    ("%C3", "are not UTF-8"),
    ("%ED%A0%80", "are not UTF-8"),
    ("%C0%AF", "are not UTF-8"),
], ids=short)
def test_bad_keys_are_refused(node, client, path, problem):
    for method, route in (("POST", "put"), ("GET", "get"), ("DELETE", "delete"), ("PUT", "raw"), ("GET", "stat")):
        status, body = exchange(node, client, method, f"/{route}/{path}")
        assert status == 400 and problem in body.decode(), (route, status, body)


def test_renames_need_two_keys_that_can_be_told_apart(node, client):
    client.put("a", [b"x"])
    for path in ("a", "a/b/c", "a//b", "a/b/"):
        status, body = exchange(node, client, "PUT", f"/update_key/{path}")
        assert status == 400, (path, body)
    assert client.files("a") == [b"x"]
    assert client.update_key("a", "b%2Fc").text == "Key updated successfully from a to b/c"
    assert client.files("b/c") == [b"x"]


def test_the_null_character_is_not_let_through(node, client):
    """Kestrel refuses it before the front end sees the request."""
    assert exchange(node, client, "POST", "/put/null%00byte", ONE_FILE)[0] == 400


def test_over_long_request_lines_are_refused(node, client):
    status, _ = exchange(node, client, "GET", "/get/" + "x" * 100_000)
    assert status == 414


def send(node, client, method, target, body=b""):
    status, answer = exchange(node, client, method, target, body)
    assert status == 200, answer
    return answer.decode()


def exchange(node, client, method, target, body=b""):
    """Sends the target as it stands, without a library that tidies it up."""
    with socket.create_connection(("127.0.0.1", node.port)) as connection:
        head = (f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{node.port}\r\n"
                f"User: {client.session.headers['User']}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n")
        connection.sendall(head.encode("ascii") + body)
        answer = b""
        while received := connection.recv(65536):
            answer += received
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body
