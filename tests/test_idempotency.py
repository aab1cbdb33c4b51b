"""The header Idempotency-Key on a live node: however often a write is sent, and whatever befalls it, it happens once."""

import json
import subprocess
import threading
import time

import pytest
import requests

import filelists
import wire
from client import Client
from node import PROGRAM

HEADER = "Idempotency-Key"
REPLAY = "Idempotent-Replay"
APPENDS = 60
WRITERS = 4


def send(client, method, target, token, body, **headers):
    headers[HEADER] = token
    return client.session.request(method, client.url + target, data=body, headers=headers)


def both(client, method, target, token, body, **headers):
    """The same request twice; gives the first answer."""
    first = send(client, method, target, token, body, **headers)
    again = send(client, method, target, token, body, **headers)
    assert first.status_code < 300, first.text
    assert REPLAY not in first.headers
    assert again.headers[REPLAY] == "true"
    assert (again.status_code, again.text) == (first.status_code, first.text)
    assert again.headers["ETag"] == first.headers["ETag"]
    return first


@pytest.mark.parametrize("size", [10, 9_000_000])
def test_a_repeat_gets_the_first_answer_and_stores_nothing(client, size):
    body = filelists.build([b"x" * size, b""])
    put = both(client, "POST", "/put/a", "t1", body)
    appended = both(client, "POST", "/append/a", "t2", body)
    updated = both(client, "POST", "/update/a", "t3", body)
    assert len({put.headers["ETag"], appended.headers["ETag"], updated.headers["ETag"]}) == 3
    assert [len(file) for file in client.files("a")] == [size, 0]
    assert both(client, "PUT", "/raw/r", "t1", b"y" * size).status_code == 201
    assert both(client, "PUT", "/raw/r", "t2", b"z" * size).status_code == 200
    again = send(client, "PUT", "/raw/r", "t1", b"y" * size)
    assert (again.status_code, again.headers[REPLAY]) == (201, "true")
    assert client.raw("GET", "r").content == b"z" * size


def test_the_first_answer_stands_whatever_has_become_of_the_key(client):
    first = send(client, "POST", "/put/a", "t", filelists.build([b"x"]))
    assert client.delete("a").status_code == 200
    again = send(client, "POST", "/put/a", "t", filelists.build([b"x"]))
    assert (again.status_code, again.headers["ETag"]) == (200, first.headers["ETag"])
    assert client.files("a") is None
    assert send(client, "POST", "/put/a", "u", filelists.build([b"x"])).headers.get(REPLAY) is None
    condition = {"If-None-Match": "*"}
    both(client, "PUT", "/raw/b", "t", b"x", **condition)


def test_another_operation_or_body_under_the_same_key_is_refused(client):
    body = filelists.build([b"x" * 100])
    both(client, "POST", "/put/a", "t", body)
    for method, target, other in (
            ("POST", "/append/a", body), ("POST", "/update/a", body), ("PUT", "/raw/a", body),
            ("POST", "/put/a", filelists.build([b"y" * 100])), ("POST", "/put/a", filelists.build([b"x" * 99])),
            ("POST", "/put/a", iter([body, b"more"])), ("POST", "/put/a", b"")):
        answer = send(client, method, target, "t", other)
        assert answer.status_code == 422, (method, target)
        assert "idempotency key" in answer.text
    assert client.files("a") == [b"x" * 100]
    assert send(client, "POST", "/put/b", "t", body).headers.get(REPLAY) is None
    other = Client(client.url, client.session.headers["User"] + "-other")
    assert send(other, "POST", "/put/a", "t", body).headers.get(REPLAY) is None


def test_what_had_no_effect_is_judged_anew(client):
    body = filelists.build([b"x"])
    assert send(client, "POST", "/append/a", "t", body).status_code == 404
    assert client.put("a", [b"0"]).status_code == 200
    assert send(client, "POST", "/put/a", "u", body).status_code == 400
    both(client, "POST", "/append/a", "t", body)
    assert client.files("a") == [b"0", b"x"]


def test_malformed_keys_are_refused_and_write_nothing(client):
    body = filelists.build([b"x"])
    for bad in ("", "x" * 129, "\x80".encode("latin-1"), "tab\there"):
        assert send(client, "POST", "/put/a", bad, body).status_code == 400, bad
    assert client.files("a") is None
    both(client, "POST", "/put/a", "x" * 128, body)
    assert send(client, "POST", "/put/b", "all of !~ it", body).status_code == 200


def test_of_many_at_once_one_stores(client):
    assert client.put("a", [b"0"]).status_code == 200
    body, answers = filelists.build([b"x" * 1000]), []

    def append():
        mine = Client(client.url, client.session.headers["User"])
        answers.append(send(mine, "POST", "/append/a", "same", body))

    threads = [threading.Thread(target=append) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert sum(REPLAY not in answer.headers for answer in answers) == 1
    assert client.files("a") == [b"0", b"x" * 1000]


def test_an_append_whose_connection_was_cut_before_the_answer_is_stored_once(node, client):
    assert client.put("a", [b"0"]).status_code == 200
    user = client.session.headers["User"]
    for i in range(20):
        body = filelists.build([b"%d" % i])
        request = wire.head(user, "POST", "/append/a", f"{HEADER}: cut-{i}", f"Content-Length: {len(body)}") + body
        with wire.connect(node) as connection:
            connection.sendall(request)
            time.sleep(0.002 * (i % 5))
            wire.reset(connection)
        assert send(client, "POST", "/append/a", f"cut-{i}", body).status_code == 200
    assert client.files("a") == [b"0"] + [b"%d" % i for i in range(20)]


def append_all(url, number):
    """Appends in order, each as often as it takes to get an answer."""
    client = Client(url[0], "me")
    for i in range(APPENDS):
        while True:
            try:
                client.url = url[0]
                body = filelists.build([b"%d" % i])
                target = f"/put/k{number}" if i == 0 else f"/append/k{number}"
                if send(client, "POST", target, f"{number}/{i}", body).status_code == 200:
                    break
            except requests.RequestException:
                pass
            time.sleep(0.01)


def rebuild(node):
    """Journal and catalog are made anew from the volumes."""
    for name in ("journal.db", "journal.db-wal", "journal.db-shm", "catalog.db", "catalog.db-wal", "catalog.db-shm"):
        path = f"{node.data}/{name}"
        subprocess.run(["rm", "-f", path], check=True)
    subprocess.run(
        ["dotnet", PROGRAM, "rebuild-index", "--data", node.data], check=True, capture_output=True, cwd=node.data)


def test_retries_store_once_through_kills_and_are_remembered_by_journal_and_volumes(make_node):
    node = make_node().start()
    url = [node.url]
    writers = [threading.Thread(target=append_all, args=(url, n)) for n in range(WRITERS)]
    for writer in writers:
        writer.start()
    for _ in range(2):
        time.sleep(0.3)
        node.kill()
        url[0] = node.start().url
    for writer in writers:
        writer.join()
    client = Client(node.url, "me")
    whole = [b"%d" % i for i in range(APPENDS)]

    def check_repeats():
        for n in range(WRITERS):
            assert client.files(f"k{n}") == whole
            for i in range(1, APPENDS, 7):
                again = send(client, "POST", f"/append/k{n}", f"{n}/{i}", filelists.build([b"%d" % i]))
                assert (again.status_code, again.headers[REPLAY]) == (200, "true")
            assert client.files(f"k{n}") == whole

    check_repeats()
    assert node.stop() == 0
    dumped = subprocess.run(
        ["dotnet", PROGRAM, "journal", "dump", "--data", node.data, "--json"], check=True, capture_output=True)
    keys = [json.loads(line).get("event", {}).get("idempotencyKey") for line in dumped.stdout.splitlines()]
    assert sorted(filter(None, keys)) == sorted(f"{n}/{i}" for n in range(WRITERS) for i in range(APPENDS))
    subprocess.run(["rm", "-f", f"{node.data}/catalog.db"], check=True)
    client.url = node.start().url
    check_repeats()
    assert node.stop() == 0
    rebuild(node)
    client.url = node.start().url
    check_repeats()
    assert node.stop() == 0
    checked = subprocess.run(["dotnet", PROGRAM, "fsck", "--data", node.data], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_tokens_are_forgotten_after_their_time(make_node):
    node = make_node("ciaos.index.idempotency-retention=1s").start()
    client = Client(node.url, "me")
    body = filelists.build([b"x"])
    client.put("a", [b"0"])
    assert send(client, "POST", "/append/a", "t", body).status_code == 200
    time.sleep(1.1)
    assert REPLAY not in send(client, "POST", "/append/a", "t", body).headers
    assert client.files("a") == [b"0", b"x", b"x"]
