"""How the node behaves on a connection, whatever clients send."""

import socket

import pytest
import requests

from test_access import sign


@pytest.fixture
def connect(s3_node):
    opened = []

    def call():
        host, port = s3_node.s3_url.split("//")[1].split(":")
        opened.append(socket.create_connection((host, int(port)), timeout=20))
        return opened[-1], opened[-1].makefile("rb")

    yield call
    for each in opened:
        each.close()


def head(node, user, method, path, headers, body):
    request = sign(node, user, method, path, headers, body)
    lines = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items()
                    if name.lower() not in ("host", "content-length"))
    host = node.s3_url.split("//")[1]
    return f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n{lines}\r\n".encode()


def answer(stream):
    """Status, headers and body of the next answer; None at the end of the stream."""
    try:
        line = stream.readline()
    except ConnectionResetError:
        line = b""
    if not line:
        return None
    headers = {}
    while (text := stream.readline().decode().strip()) != "":
        name, value = text.split(":", 1)
        headers[name.lower()] = value.strip()
    return int(line.split()[1]), headers, stream.read(int(headers.get("content-length", 0)))


def test_a_body_is_asked_for_only_when_it_is_wanted(s3_node, alice, bucket, connect):
    connection, stream = connect()
    expect = {"Expect": "100-continue"}
    connection.sendall(head(s3_node, alice, "PUT", f"/{bucket}/k", expect, b"hello"))
    assert answer(stream)[0] == 100
    connection.sendall(b"hello")
    assert answer(stream)[0] == 200
    connection.sendall(head(s3_node, alice, "PUT", "/no-such-bucket/k", expect, b"hello"))
    status, headers, body = answer(stream)
    assert status == 404 and b"NoSuchBucket" in body
    # Nobody knows whether the body follows: the connection is of no more use.
    assert headers.get("connection") == "close" and answer(stream) is None


def test_an_empty_body_that_waits_to_be_asked_for_ends_the_connection(s3_node, alice, bucket, connect):
    connection, stream = connect()
    connection.sendall(head(s3_node, alice, "PUT", f"/{bucket}/k", {"Expect": "100-continue"}, b""))
    status, headers, _ = answer(stream)
    assert (status, headers["connection"]) == (200, "close") and answer(stream) is None


def test_requests_may_follow_each_other_without_waiting(s3_node, alice, bucket, connect):
    connection, stream = connect()
    for number in range(20):
        connection.sendall(head(s3_node, alice, "PUT", f"/{bucket}/{number}", {}, b"hello") + b"hello")
        connection.sendall(head(s3_node, alice, "GET", f"/{bucket}/{number}", {}, b""))
    for _ in range(20):
        assert answer(stream)[0] == 200
        assert answer(stream)[2] == b"hello"


def test_every_answer_names_its_request(s3_node, alice, bucket):
    seen = set()
    for path in ("/", f"/{bucket}", f"/{bucket}/none", "/%"):
        found = requests.get(s3_node.s3_url + path, timeout=20)
        seen.add(found.headers["x-amz-request-id"])
        if not found.ok:
            assert f"<RequestId>{found.headers['x-amz-request-id']}</RequestId>" in found.text
    assert len(seen) == 4


def test_limits_of_a_user_slow_the_user_down(make_s3_node):
    node = make_s3_node().start()
    alice = node.add_user("alice")
    bob = node.add_user("bob")
    node.admin("PUT", "users/alice/quota", {"max_requests_per_second": 5})
    client = node.boto3(alice)
    codes = []
    for _ in range(40):
        try:
            client.list_buckets()
            codes.append("")
        except client.exceptions.ClientError as error:
            codes.append(error.response["Error"]["Code"])
    assert "SlowDown" in codes and "" in codes and set(codes) == {"", "SlowDown"}
    node.boto3(bob).list_buckets()
