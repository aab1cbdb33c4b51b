"""Objects up and down through a node."""

import datetime
import io
import os
import pickle
import subprocess
import sys
import textwrap
import threading

import pytest
from ciaos import (
    Ciaos, CiaosError, KeyExists, KeyNotFound, ObjectInfo, PreconditionFailed, ServerUnavailable, TransferIncomplete)

MEBIBYTE = 1 << 20
CONTENT = bytes(range(256)) * 12_345  # 3 MB, and no whole number of blocks


def test_a_file_goes_up_and_comes_down(client, tmp_path):
    path, copy = tmp_path / "model.bin", tmp_path / "copy.bin"
    path.write_bytes(CONTENT)
    told = []
    info = client.put_file(path, content_type="application/x-model", progress=lambda *now: told.append(now))
    assert (info.key, info.size, info.files, info.content_type) == (
        "model.bin", len(CONTENT), 1, "application/x-model")
    assert told == sorted(told) and len(told) > 3 and told[-1] == (len(CONTENT), len(CONTENT))
    stat = client.stat("model.bin")
    assert (stat.size, stat.etag, stat.content_type) == (len(CONTENT), info.etag, "application/x-model")
    assert abs(datetime.datetime.now(datetime.timezone.utc) - stat.modified) < datetime.timedelta(minutes=5)
    got = client.get_to("model.bin", copy)
    assert copy.read_bytes() == CONTENT
    assert (got.size, got.etag, got.content_type) == (len(CONTENT), info.etag, "application/x-model")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.bin", "model.bin"]


class Source:
    """Something to read from that is no file: no length, no way back, and reads of its own sizes."""

    def __init__(self, data):
        self._data = data

    def read(self, size):
        size = min(size, 77_777)
        data, self._data = self._data[:size], self._data[size:]
        return data


def test_streams_of_unknown_length_and_any_kind(client):
    reading, writing = os.pipe()
    threading.Thread(target=lambda: [os.write(writing, b"x" * 1000) for _ in range(100)] + [os.close(writing)]).start()
    with open(reading, "rb") as pipe:
        assert client.put_stream("pipe", pipe).size == 100_000
    assert client.put_stream("source", Source(CONTENT)).size == len(CONTENT)
    assert client.put_stream("memory", io.BytesIO(CONTENT)).size == len(CONTENT)
    assert client.put_stream("part", io.BytesIO(CONTENT), size=10).size == 10
    assert client.put_stream("empty", io.BytesIO()).size == 0
    assert client.put_file("/proc/self/status", "made up").size > 100
    assert client.read("pipe") == b"x" * 100_000 and client.read("source") == client.read("memory") == CONTENT
    assert client.read("part") == CONTENT[:10] and client.read("empty") == b""
    for data in (b"", b"b", bytearray(b"ba"), memoryview(CONTENT), memoryview(CONTENT)[::2]):
        assert client.put_bytes("bytes", data).size == len(data)
        assert client.read("bytes") == bytes(data)


def test_parts(client, tmp_path):
    client.put_bytes("k", b"0123456789")
    client.put_bytes("empty", b"")
    assert client.read("k", 3, 4) == b"3456" and client.read("k", 8) == b"89" and client.read("k", 8, 100) == b"89"
    for key, offset, length in (("k", 10, None), ("k", 99, 1), ("k", 3, 0), ("empty", 0, 9)):
        assert client.read(key, offset, length) == b""
    out = io.BytesIO()
    assert client.get_to("k", out, offset=2, length=3).size == 10 and out.getvalue() == b"234"
    assert client.get_to("k", tmp_path / "none", offset=10).size == 10 and (tmp_path / "none").read_bytes() == b""
    assert client.get_to("empty", tmp_path / "empty").size == 0 and (tmp_path / "empty").read_bytes() == b""
    with pytest.raises(ValueError):
        client.read("k", -1)
    with pytest.raises(ValueError):
        client.get_to("k", out, length=-1)


def test_conditions(client):
    first = client.put_bytes("k", b"1", overwrite=False)
    with pytest.raises(KeyExists) as exists:
        client.put_bytes("k", b"2", overwrite=False)
    assert exists.value.status == 412 and exists.value.key == "k" and exists.value.request_id
    with pytest.raises(PreconditionFailed):
        client.put_bytes("k", b"2", if_none_match="*")
    second = client.put_stream("k", io.BytesIO(b"2"), if_match=first.etag)
    with pytest.raises(PreconditionFailed):
        client.put_bytes("k", b"3", if_match=first.etag)
    with pytest.raises(PreconditionFailed):
        client.read("k", if_match=first.etag)
    with pytest.raises(PreconditionFailed):
        client.get_to("k", io.BytesIO(), if_match=first.etag)
    assert client.read("k", if_match=second.etag) == b"2"


def test_what_fails_leaves_no_file_and_does_not_touch_the_one_there(client, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"before")
    with pytest.raises(KeyNotFound):
        client.get_to("none", path)
    with pytest.raises(IsADirectoryError):
        client.get_to("none", tmp_path)
    assert path.read_bytes() == b"before" and len(list(tmp_path.iterdir())) == 1
    with pytest.raises(FileNotFoundError):
        client.put_file(tmp_path / "none")


def test_appends_files_and_lists(client):
    client.put_bytes("a/1", b"one")
    client.append_bytes("a/1", [b"two", b""])
    client.append_bytes("a/1", (each for each in [b"three"]))
    assert [bytes(file) for file in client.get_files("a/1")] == [b"one", b"two", b"", b"three"]
    assert client.stat("a/1").files == 4
    with pytest.raises(KeyNotFound):
        client.append_bytes("none", [b"x"])
    with pytest.raises(TypeError):
        client.append_bytes("a/1", ["text"])
    for n in range(5):
        client.put_bytes(f"b/{n}", b"x")
    assert [info.key for info in client.list("b/")] == [f"b/{n}" for n in range(5)]
    assert [info.key for info in client.list("b/", after="b/2")] == ["b/3", "b/4"]
    assert [info.key for info in client.list(limit=2)] == ["a/1", "b/0"] and list(client.list("c")) == []
    assert next(client.list()) == ObjectInfo(**{**vars(client.stat("a/1")), "created": None, "content_type": None})


def test_lists_of_more_than_a_page(client, monkeypatch):
    monkeypatch.setattr("ciaos._objects._PAGE", 3)
    for n in range(8):
        client.put_bytes(f"+ &/{n}", b"")
    assert [info.key for info in client.list("+ &/")] == [f"+ &/{n}" for n in range(8)]
    assert len(list(client.list(limit=7))) == 7 and len(list(client.list(limit=0))) == 0


def test_rename_and_remove(client):
    client.put_bytes("old", b"x")
    client.put_bytes("taken", b"y")
    with pytest.raises(KeyExists):
        client.rename("old", "taken")
    client.rename("old", "new")
    with pytest.raises(KeyNotFound):
        client.rename("old", "newer")
    client.remove("new")
    with pytest.raises(KeyNotFound) as missing:
        client.remove("new")
    assert "No data found for key: new" in str(missing.value) and not str(missing.value).startswith("'")


def test_folders(client, tmp_path):
    root, copy = tmp_path / "root", tmp_path / "copy"
    for name in ("a.txt", "sub/b.txt", "sub/deeper/c#d%.txt", "empty"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(name.encode() * 1000 if name != "empty" else b"")
    told = []
    infos = client.upload(root, "data/", workers=3, progress=lambda *now: told.append(now))
    assert [info.key for info in infos] == sorted(
        ["data/a.txt", "data/sub/b.txt", "data/sub/deeper/c#d%.txt", "data/empty"])
    assert told[-1][0] == sum(info.size for info in infos)
    got = client.download("data/", copy, workers=3)
    assert len(got) == 4
    for path in root.rglob("*"):
        if path.is_file():
            assert (copy / path.relative_to(root)).read_bytes() == path.read_bytes()
    client.download("data/sub", tmp_path / "part")
    assert (tmp_path / "part" / "b.txt").exists()
    with pytest.raises(NotADirectoryError):
        client.upload(root / "a.txt")


def test_one_bad_file_does_not_lose_the_others(client, tmp_path):
    for n in range(9):
        (tmp_path / f"{n}").write_bytes(b"x")
    (tmp_path / "5").unlink()
    (tmp_path / "5").symlink_to(tmp_path / "nowhere")
    with pytest.raises(TransferIncomplete) as some:
        client.upload(tmp_path, workers=2)
    assert len(some.value.done) == 8 and [type(error) for error in some.value.failures.values()] == [FileNotFoundError]
    assert "1 of 9 failed" in str(some.value)
    assert [info.key for info in client.list()] == [str(n) for n in range(9) if n != 5]


@pytest.mark.parametrize("key", ["p/../../outside", "p/..", "p//etc/passwd", "p/a//b", "p/./a", "p/a/../../../x", "p/"])
def test_a_key_that_leads_out_of_the_folder_is_refused(client, tmp_path, key):
    client.put_bytes(key, b"evil")
    client.put_bytes("p/good", b"good")
    folder = tmp_path / "in" / "folder"
    with pytest.raises(TransferIncomplete) as some:
        client.download("p/", folder)
    assert list(some.value.failures) == [key] and [info.key for info in some.value.done] == ["p/good"]
    assert [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()] == [
        "in/folder/good"]


def test_a_link_in_the_folder_leads_nowhere_else(client, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder" / "link").symlink_to(tmp_path / "elsewhere")
    client.put_bytes("p/link/file", b"evil")
    with pytest.raises(TransferIncomplete):
        client.download("p/", tmp_path / "folder")
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_large_file_takes_little_memory(config, tmp_path):
    """192 MiB up and down in a process that may not have grown by a quarter of that."""
    path = tmp_path / "large"
    with open(path, "wb") as file:
        file.truncate(192 * MEBIBYTE)
    program = textwrap.dedent("""
        import pickle, resource, sys
        client = pickle.loads(bytes.fromhex(sys.argv[1]))
        client.exists("none")
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        client.put_file(sys.argv[2], "large")
        client.put(sys.argv[2], "flat")
        client.get_to("large", sys.argv[2] + ".copy")
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
    """)
    out = subprocess.run(
        [sys.executable, "-c", program, pickle.dumps(Ciaos(config)).hex(), str(path)], check=True, capture_output=True)
    assert int(out.stdout) * 1024 < 48 * MEBIBYTE
    assert os.path.getsize(f"{path}.copy") == 192 * MEBIBYTE
    assert Ciaos(config).stat("flat").size == 192 * MEBIBYTE


def test_a_node_that_is_restarted_in_between(make_node, config):
    node = make_node().start()
    config.api_url, config.retries = node.url, 2
    client = Ciaos(config)
    client.put_bytes("k", b"1")
    node.kill()
    with pytest.raises(ServerUnavailable):
        client.read("k")
    node.start()
    config.api_url = node.url
    assert client.read("k") == b"1"


def test_errors_survive_pickling(client):
    with pytest.raises(CiaosError) as raised:
        client.stat("none")
    copy = pickle.loads(pickle.dumps(raised.value))
    assert type(copy) is KeyNotFound and vars(copy) == vars(raised.value) and str(copy) == str(raised.value)
    both = pickle.loads(pickle.dumps(TransferIncomplete({"k": raised.value}, [])))
    assert type(both.failures["k"]) is KeyNotFound
