"""Many objects in one request: /batch/get, /batch/put, and conditions on the native writes."""

import concurrent.futures
import json
import random
import socket

import pytest
import requests

import batches
import filelists
from batches import APPEND, CREATE, REPLACE, UPSERT
from client import Client
from test_identity import answer as identity, bearer
from wire import Resources, connect, head, reset

DICE = random.Random(4)
OBJECTS = 10_000


def test_ten_thousand_objects_go_in_and_come_out(client):
    objects = {f"data/{i:05d}": DICE.randbytes(DICE.randrange(2000)) for i in range(OBJECTS)}
    results = batches.put(client, [(CREATE, key, [data]) for key, data in objects.items()])
    assert [result["status"] for result in results] == [201] * OBJECTS
    keys = list(objects)
    DICE.shuffle(keys)
    seen = set()
    for index, status, files in batches.get(client, keys):
        assert (status, files) == (200, [objects[keys[index]]])
        seen.add(index)
    assert len(seen) == OBJECTS
    given = batches.get(client, keys[:500], order="given")
    assert [index for index, _, _ in given] == list(range(500))
    assert client.raw("HEAD", keys[0]).headers["ETag"] == f'"{results[list(objects).index(keys[0])]["etag"]}"'


def test_objects_of_every_kind(client):
    large, parts = DICE.randbytes(9_000_001), [DICE.randbytes(100) for _ in range(100)]
    items = [
        (CREATE, "empty", [b""]), (CREATE, "files", [b"one", b"", b"three"]), (CREATE, "large", [large]),
        (CREATE, "two large", [large, large[:5_000_000]]), (UPSERT, "müll/é#?%", [b"x"]), (CREATE, "appended", [b"0"]),
        *[(APPEND, "appended", [part]) for part in parts],
    ]
    results = batches.put(client, items)
    assert {result["status"] for result in results[:6]} == {201} and {r["status"] for r in results[6:]} == {200}
    for part in parts:
        assert client.append("appended by itself", [part]).status_code == 404
    keys = ["appended", "none", "empty", "files", "large", "two large", "müll/é#?%", "files", "", "k" * 1025]
    found = {index: (status, files) for index, status, files in batches.get(client, keys)}
    assert found[0] == (200, [b"0", *parts])
    assert found[1] == (404, "No data found for key: none, The key does not exist")
    assert found[2] == (200, [b""]) and found[3] == found[7] == (200, [b"one", b"", b"three"])
    assert found[4] == (200, [large]) and found[5] == (200, [large, large[:5_000_000]])
    assert found[6] == (200, [b"x"]) and (found[8][0], found[9][0]) == (400, 400)
    assert client.files("files") == [b"one", b"", b"three"]
    assert client.raw("GET", "two large", headers={"Range": "bytes=9000000-9000002"}).content == large[-1:] + large[:2]


def test_each_object_is_answered_for_itself(client):
    results = batches.put(client, [
        (REPLACE, "a", [b"0"]), (CREATE, "a", [b"1"]), (CREATE, "a", [b"2"]), (UPSERT, "b", [b"3"]),
        (APPEND, "a", [b"4"]), (APPEND, "none", [b"5"]), (REPLACE, "b", [b"6"])])
    assert [result["status"] for result in results] == [404, 201, 400, 201, 200, 404, 200]
    assert results[2] == {"status": 400, "error": "Key already exists"}
    assert client.files("a") == [b"1", b"4"] and client.files("b") == [b"6"]


@pytest.mark.parametrize("body, status", [
    (b"", 400), (b"[]", 400), (b'{"keys":["a"]', 400), (b'{"keys":[1]}', 400), (b'{"keys":["a"],"order":"x"}', 400),
    (b'{"keys":["\\ud800"]}', 400), (b'{"keys":["\xff"]}', 400), (b'{"keys":[' + b"[" * 100_000, 400),
    (json.dumps({"keys": ["k"] * 100_001}).encode(), 413), (b" " * (17 * 1024 * 1024), 413),
], ids=lambda value: f"{value[:20]}" if isinstance(value, bytes) else str(value))
def test_malformed_lists_of_keys(client, body, status):
    answer = client.session.post(f"{client.url}/batch/get", data=body)
    assert answer.status_code == status and len(answer.text) > 20


def test_hostile_streams_are_refused_and_become_no_wrong_object(node, client):
    good = batches.put_body([(CREATE, f"key {i}", [DICE.randbytes(50), b"", DICE.randbytes(9)]) for i in range(5)])
    resources = Resources(node)
    for round_ in range(200):
        bytes_ = bytearray(good)
        for _ in range(DICE.randrange(1, 4)):
            at = DICE.randrange(len(bytes_))
            bytes_[at] = DICE.choice([0, 1, 255, bytes_[at] ^ 1 << DICE.randrange(8)])
        sent = bytes(bytes_[:DICE.randrange(len(bytes_))] if round_ % 3 == 0 else bytes_)
        pieces = filter(None, [sent[:70], sent[70:]])
        answer = client.session.post(f"{client.url}/batch/put", data=sent if round_ % 2 else pieces)
        assert answer.status_code in (200, 400), answer.text
    resources.settle()


def test_a_client_that_goes_away_in_the_middle_leaves_nothing_behind(node, client):
    data = DICE.randbytes(200_000)
    batches.put(client, [(CREATE, "k", [data] * 300)])
    user = client.session.headers["User"]
    keys = json.dumps({"keys": ["k"] * 50}).encode()
    resources = Resources(node)
    for _ in range(10):
        with connect(node) as reader:
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.sendall(head(user, "POST", "/batch/get", f"Content-Length: {len(keys)}") + keys)
            assert reader.recv(4096).startswith(b"HTTP/1.1 200")
            reset(reader)
        with connect(node) as writer:
            writer.sendall(head(user, "POST", "/batch/put", "Content-Length: 100000000"))
            writer.sendall(batches.put_frame(UPSERT, "cut", [data] * 2)[:-1000])
            reset(writer)
    resources.settle()
    assert client.files("cut") is None
    assert [status for _, status, _ in batches.get(client, ["k"])] == [200]


def test_what_was_acknowledged_is_there_after_a_kill(make_node):
    node = make_node().start()
    client = Client(node.url, "me")
    objects = {f"k{i}": [DICE.randbytes(500), DICE.randbytes(100)] for i in range(2000)}
    results = batches.put(client, [(CREATE, key, files) for key, files in objects.items()])
    node.kill()
    assert {result["status"] for result in results} == {201}
    client = Client(node.start().url, "me")
    keys = list(objects)
    for index, status, files in batches.get(client, keys):
        assert (status, files) == (200, objects[keys[index]])
    assert batches.put(client, [(CREATE, "k1", [b"again"])])[0]["status"] == 400


def test_a_batch_that_is_sent_again_with_its_idempotency_key_happens_once(client):
    large, many = DICE.randbytes(9_000_000), [b"f" * (i % 3) for i in range(2000)]
    items = [(CREATE, "a", [b"1"]), (APPEND, "a", [b"2", b"3"]), (APPEND, "a", [large]), (CREATE, "m", many),
             (UPSERT, "b", [b"4"]), (REPLACE, "none", [b"5"]), (APPEND, "a", [b"6"])]
    name = {"Idempotency-Key": "k" * 128}
    first = batches.put(client, items, **name)
    assert [result["status"] for result in first] == [201, 200, 200, 201, 201, 404, 200]
    for _ in range(2):
        assert batches.put(client, items, **name) == first
    assert client.files("a") == [b"1", b"2", b"3", large, b"6"] and client.files("m") == many
    other = [(CREATE, "a", [b"x"]), (APPEND, "a", [b"2", b"4"]), (APPEND, "a", [large[:-1] + b"x"]), (UPSERT, "m", many)]
    assert [result["status"] for result in batches.put(client, other, **name)] == [422] * 4
    assert client.files("a") == [b"1", b"2", b"3", large, b"6"]
    body = batches.put_body(items)
    cut = {"Idempotency-Key": "cut"}
    for end in (200, 5_000_000, len(body) - 21):
        assert client.session.post(f"{client.url}/batch/put", data=body[:end], headers=cut).status_code == 400
    assert [result["status"] for result in batches.put(client, items[1:3], **{"Idempotency-Key": "n"})] == [200, 200]
    refused = client.session.post(f"{client.url}/batch/put", data=body, headers={"Idempotency-Key": "k" * 129})
    assert refused.status_code == 400


def test_a_policy_that_denies_some_keys_concerns_those_alone(make_node):
    node = make_node("ciaos.http.authentication=on").start()
    identity(node, "user", "add", "ann")
    identity(node, "key", "create", "ann", "--access-key", "ANNKEY", "--secret-key", "ann-secret")
    statement = {"Effect": "Deny", "Action": ["s3:GetObject"], "Resource": "arn:aws:s3:::ann/secret/*"}
    readonly = {"Effect": "Deny", "Action": ["s3:PutObject"], "Resource": "arn:aws:s3:::ann/fixed/*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement, readonly]})
    identity(node, "policy", "put", "ann", "some", "-", text=policy)
    client = Client(node.url, "ann")
    assert client.session.post(f"{node.url}/batch/get", json={"keys": ["a"]}).status_code == 401
    client.session.headers.update(bearer(("ANNKEY", "ann-secret")))
    results = batches.put(client, [(CREATE, "open", [b"1"]), (CREATE, "fixed/a", [b"2"]), (CREATE, "secret/a", [b"3"])])
    assert [result["status"] for result in results] == [201, 403, 201]
    assert "s3:PutObject" in results[1]["error"]
    found = {index: (status, files) for index, status, files in batches.get(client, ["open", "secret/a", "fixed/a"])}
    assert found[0] == (200, [b"1"]) and found[2][0] == 404
    assert found[1][0] == 403 and "s3:GetObject" in found[1][1]


def test_conditions_on_every_native_write(client):
    def send(method, path, **headers):
        body = None if method == "DELETE" else filelists.build([b"x"])
        return client.session.request(method, client.url + path, data=body, headers=headers)

    made = send("POST", "/put/k", **{"If-None-Match": "*"})
    assert made.status_code == 200
    tag = made.headers["ETag"]
    assert tag == client.raw("HEAD", "k").headers["ETag"]
    writes = [("POST", "/put/k"), ("POST", "/append/k"), ("POST", "/update/k"), ("PUT", "/update_key/k/n"),
              ("DELETE", "/delete/k")]
    for method, path in writes:
        for name, value in (("If-Match", '"other"'), ("If-None-Match", "*"), ("If-None-Match", tag)):
            answer = send(method, path, **{name: value})
            assert (answer.status_code, answer.text) == (412, "Precondition failed"), (path, name)
            assert answer.headers["ETag"] == tag
        assert send(method, path, **{"If-Match": "nonsense"}).status_code == 400
    for method, path in writes[1:4]:
        answer = send(method, path, **{"If-Match": tag})
        assert answer.status_code == 200, answer.text
        tag = answer.headers["ETag"]
        assert tag == client.raw("HEAD", "n" if "update_key" in path else "k").headers["ETag"]
    assert send("DELETE", "/delete/n", **{"If-Match": tag}).status_code == 200
    assert send("DELETE", "/delete/n", **{"If-Match": "*"}).status_code == 412


def test_of_writes_on_the_same_tag_that_race_one_wins(client):
    user = client.session.headers["User"]
    tag = client.put("k", [b"0"]).headers["ETag"]
    sessions = [Client(client.url, user) for _ in range(8)]

    def attempt(worker, round_, tag):
        path = ["/append/k", "/update/k"][worker % 2]
        data = filelists.build([f"{round_}-{worker}".encode()])
        answer = sessions[worker].session.post(client.url + path, data=data, headers={"If-Match": tag})
        return answer.status_code, answer.headers["ETag"]

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        for round_ in range(15):
            answers = list(pool.map(lambda worker: attempt(worker, round_, tag), range(8)))
            winners = [new for status, new in answers if status == 200]
            assert len(winners) == 1 and {status for status, _ in answers} == {200, 412}
            tag = winners[0]


def test_more_batches_than_allowed_are_told_to_come_again(make_node):
    node = make_node("ciaos.http.max-batches=1").start()
    client = Client(node.url, "me")
    with connect(node) as slow:
        slow.sendall(head("me", "POST", "/batch/put", "Transfer-Encoding: chunked", "Expect: 100-continue"))
        assert slow.recv(1000).startswith(b"HTTP/1.1 100")
        answer = client.session.post(f"{node.url}/batch/get", json={"keys": []})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
        reset(slow)
    for _ in range(1000):
        if client.session.post(f"{node.url}/batch/get", json={"keys": []}).status_code == 200:
            return
    raise AssertionError("the place was not given back")
