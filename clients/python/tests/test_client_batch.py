"""Batches: the frames, against a server of ours that cuts and lies, and both ways against a node."""

import itertools
import json
import resource
import struct

import ciaos._batch
import ciaos._frames
import pytest
from ciaos import AccessDenied, Ciaos, Config, KeyNotFound, ServerError, ServerUnavailable, TransferBroken
from scripted import CUT, ScriptedServer, answer

HEADER = struct.Struct("<HHIIQ")
FRAMES = "application/vnd.ciaos.frames"


def frame(index, files=None, status=200, text=b""):
    lengths = [len(file) for file in files or []]
    body = b"".join(files or []) if files is not None else text
    return HEADER.pack(1, status, index, len(lengths), len(body)) + struct.pack(f"<{len(lengths)}Q", *lengths) + body


def end(count):
    return HEADER.pack(2, 0, count, 0, 0)


def stream(*frames, piece=None, finished=True):
    """An answer of frames in chunks of so many bytes, or a chunk for each."""
    joined = b"".join(frames)
    pieces = [joined[at:at + piece] for at in range(0, len(joined), piece)] if piece else list(frames)
    reply = answer(200, pieces, chunked=True, finished=finished, Content_Type=FRAMES)
    return reply if finished else (reply, CUT)


def client_of(server, **settings):
    return Ciaos(Config(server.url, "me", "", **{"backoff": 0.001, **settings}))


def keys_of(asked):
    return json.loads(asked.body)["keys"]


@pytest.mark.parametrize("piece", [None, 1, 7, 4096])
def test_frames_are_read_however_they_are_cut_into_chunks(piece):
    reply = stream(frame(1, [b"b", b"", b"bb"]), frame(0, [b"a" * 500]), frame(2, [b""]), end(3), piece=piece)
    with ScriptedServer(reply) as server:
        got = list(client_of(server).get_many(["a", "ü", "c"]))
        assert got == [("ü", [b"b", b"", b"bb"]), ("a", [b"a" * 500]), ("c", [b""])]
        assert json.loads(server.asked[0].body) == {"keys": ["a", "ü", "c"], "order": "disk"}
        assert (server.asked[0].method, server.asked[0].path) == ("POST", "/batch/get")


def test_objects_around_and_beyond_the_buffer():
    megabyte = 1 << 20
    files = [[b"s" * 100], [b"l" * (megabyte - 28)], [b"m" * (megabyte - 27)], [b"n" * 3_000_000, b"", b"o" * 7],
             [b"t"], [b"p" * 2_000_000], [b"u"]]
    with ScriptedServer(stream(*map(frame, itertools.count(), files), end(len(files)), piece=100_000)) as server:
        got = list(client_of(server).get_many("abcdefg"[i] for i in range(7)))
        assert [[bytes(file) for file in found] for _, found in got] == files


def test_a_frame_that_claims_more_than_comes_takes_no_memory_for_it():
    claim = HEADER.pack(1, 200, 0, 1, 1 << 40) + struct.pack("<Q", 1 << 40) + b"x" * 1_500_000
    with ScriptedServer(stream(claim)) as server, pytest.raises(TransferBroken):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            list(client_of(server, retries=0).get_many(["a"]))
        finally:
            assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300 << 10


def test_an_object_of_which_memory_has_to_grow(monkeypatch):
    monkeypatch.setattr(ciaos._frames, "_STEP_BYTES", 1 << 20)
    content = bytes(range(256)) * 40_000
    with ScriptedServer(stream(frame(0, [content, b"last"]), end(1), piece=1 << 20)) as server:
        [(_, files)] = client_of(server).get_many(["a"])
        assert [bytes(file) for file in files] == [content, b"last"]


def test_each_object_is_a_copy_of_its_own():
    with ScriptedServer(stream(frame(0, [b"aaa"]), frame(1, [b"bbb"]), end(2))) as server:
        (_, [a]), (_, [b]) = client_of(server).get_many(["a", "b"])
        a[:] = b"changed"
        assert b == b"bbb" and type(a) is type(b) is bytearray


def test_missing_keys_raise_are_skipped_or_none():
    reply = stream(frame(0, [b"a"]), frame(1, None, 404, b"No data found for key: b"), frame(2, [b"c"]), end(3))
    with ScriptedServer(reply) as server:
        client = client_of(server)
        with pytest.raises(KeyNotFound, match="No data found") as raised:
            list(client.get_many(["a", "b", "c"]))
        assert raised.value.key == "b"
        assert list(client.get_many(["a", "b", "c"], missing="skip")) == [("a", [b"a"]), ("c", [b"c"])]
        assert list(client.get_many(["a", "b", "c"], missing="none")) == [
            ("a", [b"a"]), ("b", None), ("c", [b"c"])]
        with pytest.raises(ValueError, match="missing"):
            client.get_many(["a"], missing="perhaps")
        with pytest.raises(TypeError):
            client.get_many("key")


def test_an_object_that_fails_is_an_error_whatever_is_said_of_missing_ones():
    with ScriptedServer(stream(frame(0, None, 403, b"No access"), end(1))) as server:
        with pytest.raises(AccessDenied, match="No access"):
            list(client_of(server).get_many(["a"], missing="skip"))


@pytest.mark.parametrize("reply", [
    stream(frame(0, [b"a"]), frame(1, [b"b"]), finished=False),
    stream(frame(0, [b"a"]), frame(1, [b"b"])),
    stream(frame(0, [b"a"]), frame(1, [b"b"])[:-1]),
    stream(frame(0, [b"a"]), end(1)[:-1]),
], ids=["cut", "no end frame", "cut in a frame", "cut in the end frame"])
def test_what_a_cut_stream_did_not_bring_is_asked_for_again(reply):
    def rest(asked):
        return stream(*(frame(i, [key.encode()]) for i, key in enumerate(keys_of(asked))), end(len(keys_of(asked))))

    with ScriptedServer(reply, rest) as server:
        got = list(client_of(server).get_many(["a", "b", "c"]))
        assert sorted(got) == [("a", [b"a"]), ("b", [b"b"]), ("c", [b"c"])]
        assert len(server.asked) == 2 and set(keys_of(server.asked[1])) < {"a", "b", "c"}


def test_a_stream_that_leaves_keys_out_is_given_up():
    with ScriptedServer(stream(end(0))) as server, pytest.raises(TransferBroken):
        list(client_of(server, retries=2).get_many(["a", "b"]))
    assert len(server.asked) == 3


@pytest.mark.parametrize("reply", [
    stream(frame(5, [b"x"]), end(1)), stream(frame(0, [b"x"]), frame(0, [b"x"]), end(2)),
    stream(frame(0, [b"x"]), end(7)), stream(frame(0, [b"x"]), end(1), b"more"),
    stream(HEADER.pack(9, 200, 0, 0, 0), end(1)),
    stream(HEADER.pack(1, 200, 0, 1, 5) + struct.pack("<Q", 4) + b"abcde"),
    stream(HEADER.pack(1, 200, 0, 2, 5) + struct.pack("<QQ", 4, 1 << 63) + b"abcde"),
    stream(HEADER.pack(1, 200, 0, 0xFFFFFFFF, 0)), stream(HEADER.pack(1, 200, 0, 1, 1 << 62)),
    answer(200, b"no frames at all, but long enough"),
], ids=lambda reply: str(len(reply)))
def test_a_stream_that_is_wrong_is_an_error_at_once(reply):
    with ScriptedServer(reply) as server, pytest.raises(ServerError):
        list(client_of(server, retries=2).get_many(["a", "b"]))
    assert len(server.asked) == 1


def test_keys_that_the_server_was_too_busy_for_are_asked_for_again():
    busy = stream(frame(0, [b"a"]), frame(1, None, 503, b"Overloaded"), end(2))
    with ScriptedServer(busy, stream(frame(0, [b"b"]), end(1))) as server:
        assert list(client_of(server).get_many(["a", "b"])) == [("a", [b"a"]), ("b", [b"b"])]
        assert keys_of(server.asked[1]) == ["b"]
    with ScriptedServer(stream(frame(0, None, 503, b"Overloaded"), end(1))) as server:
        with pytest.raises(ServerUnavailable, match="Overloaded"):
            list(client_of(server, retries=1).get_many(["b"]))


def test_keys_without_end_are_asked_for_by_windows(monkeypatch):
    monkeypatch.setattr(ciaos._batch, "WINDOW_KEYS", 10)
    taken = []

    def endless():
        for number in itertools.count():
            taken.append(number)
            yield f"key-{number}"

    def serve(asked):
        keys = keys_of(asked)
        return stream(*(frame(i, [key.encode()]) for i, key in enumerate(keys)), end(len(keys)))

    with ScriptedServer(serve) as server:
        got = list(itertools.islice(client_of(server).get_many(endless(), ordered=True), 25))
        assert got == [(f"key-{n}", [b"key-%d" % n]) for n in range(25)]
        assert len(taken) == 30 and json.loads(server.asked[0].body)["order"] == "given"


def test_a_server_that_takes_fewer_keys_is_asked_for_fewer():
    def serve(asked):
        keys = keys_of(asked)
        if len(keys) > 3:
            return answer(413, b"At most 3 keys")
        return stream(*(frame(i, [key.encode()]) for i, key in enumerate(keys)), end(len(keys)))

    with ScriptedServer(serve) as server:
        keys = [f"key-{n}" for n in range(10)]
        assert [key for key, _ in client_of(server).get_many(keys, ordered=True)] == keys


def items_of(body):
    """The frames of a put: mode, key, files of each; and that they end as they must."""
    items, at = [], 0
    while True:
        kind, mode, key_bytes, count, size = HEADER.unpack_from(body, at)
        at += HEADER.size
        if kind == 2:
            assert (mode, key_bytes, count, size, at) == (0, 0, 0, 0, len(body))
            return items
        key = body[at:at + key_bytes].decode()
        lengths = struct.unpack_from(f"<{count}Q", body, at + key_bytes)
        at += key_bytes + 8 * count
        files = []
        for length in lengths:
            files.append(body[at:at + length])
            at += length
        assert sum(lengths) == size
        items.append((mode, key, files))


def stored(asked):
    return answer(200, json.dumps({"results": [{"status": 201, "etag": "1"} for _ in items_of(asked.body)]}).encode())


def test_items_are_sent_as_frames():
    with ScriptedServer(stored) as server:
        results = client_of(server).put_many(
            [("ü/1", b"one"), ("2", [b"a", bytearray(b"bb"), memoryview(b"")]), ("3", b"x" * 300_000)], mode="append")
        [asked] = server.asked
        assert (asked.path, asked.headers["Content-Type"]) == ("/batch/put", FRAMES)
        assert int(asked.headers["Content-Length"]) == len(asked.body) and asked.headers["Idempotency-Key"]
        assert items_of(asked.body) == [
            (4, "ü/1", [b"one"]), (4, "2", [b"a", b"bb", b""]), (4, "3", [b"x" * 300_000])]
        assert [(each.key, each.status, each.etag, each.ok) for each in results] == [
            ("ü/1", 201, "1", True), ("2", 201, "1", True), ("3", 201, "1", True)]


def test_items_without_number_are_sent_by_windows(monkeypatch):
    monkeypatch.setattr(ciaos._batch, "PUT_ITEMS", 10)
    monkeypatch.setattr(ciaos._batch, "PUT_BYTES", 1000)
    items = [(f"key-{n}", b"x" * (600 if 12 <= n < 15 else 1)) for n in range(25)]
    with ScriptedServer(stored) as server:
        assert [each.key for each in client_of(server).put_many(iter(items))] == [key for key, _ in items]
        assert [len(items_of(asked.body)) for asked in server.asked] == [10, 3, 1, 10, 1]
        assert len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 5
    assert client_of(server).put_many([]) == []


def test_a_cut_or_busy_put_is_repeated_with_the_same_idempotency_key():
    def partly(asked):
        results = [{"status": 201, "etag": "1"}, {"status": 503, "error": "Overloaded"}]
        return answer(200, json.dumps({"results": results}).encode())

    with ScriptedServer(CUT, partly, stored) as server:
        results = client_of(server).put_many([("a", b"1"), ("b", b"2")])
        assert [each.status for each in results] == [201, 201]
        assert len(server.asked) == 3 and len({asked.headers["Idempotency-Key"] for asked in server.asked}) == 1
        assert len({asked.body for asked in server.asked}) == 1
    with ScriptedServer(partly) as server:
        results = client_of(server, retries=1).put_many([("a", b"1"), ("b", b"2")])
        assert [(each.ok, each.error) for each in results] == [(True, None), (False, "Overloaded")]


def test_wrong_items_are_refused_before_they_are_sent():
    with ScriptedServer(stored) as server:
        client = client_of(server)
        with pytest.raises(ValueError, match="mode"):
            client.put_many([("a", b"")], mode="perhaps")
        with pytest.raises(TypeError):
            client.put_many([("a", "text")])
        assert server.asked == []


def test_a_hundred_objects_come_back(client):
    wanted = {}
    for n in range(100):
        wanted[f"dir/{n:04}"] = files = [b"%d" % n * (n % 50), b"x" * n * n, b""][:1 + n % 3]
        client.put_binary(f"dir/{n:04}", files)
    client.put_bytes("large", bytes(3_000_000))
    keys = list(wanted)
    assert dict(client.get_many(keys)) == wanted
    assert list(client.get_many(reversed(keys), ordered=True)) == list(wanted.items())[::-1]
    twice = list(client.get_many(["dir/0007", "none", "large", "dir/0007"], missing="none", ordered=True))
    assert twice == [("dir/0007", wanted["dir/0007"]), ("none", None), ("large", [bytes(3_000_000)]),
                     ("dir/0007", wanted["dir/0007"])]
    with pytest.raises(KeyNotFound, match="none") as raised:
        list(client.get_many(["dir/0007", "none"]))
    assert raised.value.status == 404
    # What was left unread does not end up in the next answer.
    assert next(client.get_many(keys, ordered=True))[0] == "dir/0000" and client.read("dir/0001", 0, 1) == b"1"


def test_a_thousand_objects_are_stored(client):
    items = [(f"dir/{n:04}", [b"%d" % n * (n % 50), b"x" * n]) for n in range(1000)]
    results = client.put_many(items, mode="create")
    assert [(each.key, each.status) for each in results] == [(key, 201) for key, _ in items]
    assert dict(client.get_many(key for key, _ in items)) == dict(items)
    assert results[7].etag == client.stat("dir/0007").etag
    again = client.put_many([("dir/0001", b"no"), ("new", b"yes")], mode="create")
    assert [each.ok for each in again] == [False, True] and "exists" in again[0].error
    assert [each.status for each in client.put_many([("new", b"!"), ("none", b"!")], mode="append")] == [200, 404]
    assert client.get("new") == [b"yes", b"!"]
