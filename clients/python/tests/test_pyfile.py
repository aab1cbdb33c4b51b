"""File objects over keys: as other files are, and never two versions in one."""

import csv
import gc
import io
import multiprocessing
import os
import pickle
import shutil
import threading
import zipfile

import pytest

from ciaos import Ciaos, KeyNotFound, PreconditionFailed
from ciaos.file import CiaosFile
from pychildren import read_part

CONTENT = bytes(index * 7 % 251 for index in range(100_000))


@pytest.fixture
def stored(client):
    client.put_bytes("numbers", CONTENT)
    return client


@pytest.mark.parametrize("block_bytes", [1, 100, 4096, 1 << 20])
def test_reads_whatever_the_block(stored, block_bytes):
    content = CONTENT[:2000] if block_bytes == 1 else CONTENT
    stored.put_bytes("numbers", content)
    with stored.open("numbers", block_bytes=block_bytes) as file:
        assert file.read(10) == content[:10]
        assert file.read() == content[10:]
        assert file.read() == b"" and file.read(5) == b""
    with stored.open("numbers", block_bytes=block_bytes) as file:
        assert b"".join(iter(lambda: file.read(777), b"")) == content


def test_seeks_from_start_here_and_end(stored):
    with stored.open("numbers", block_bytes=1000) as file:
        assert file.seekable() and file.readable() and not file.writable()
        assert file.size == len(CONTENT)
        for offset in (50_000, 3, 99_999, 50_001, 0):
            assert file.seek(offset) == offset
            assert file.tell() == offset
            assert file.read(2) == CONTENT[offset:offset + 2]
        file.seek(10)
        assert file.seek(5, io.SEEK_CUR) == 15
        assert file.seek(-4, io.SEEK_END) == len(CONTENT) - 4
        assert file.read() == CONTENT[-4:]
        assert file.seek(10, io.SEEK_END) == len(CONTENT) + 10
        assert file.read(1) == b""
        with pytest.raises((OSError, ValueError)):
            file.seek(-1)


def test_readinto_fills_what_it_is_given(stored):
    with stored.open("numbers", block_bytes=64) as file:
        target = bytearray(1000)
        assert file.readinto(target) == 1000
        assert target == CONTENT[:1000]
        assert file.readinto1(memoryview(target)) > 0
        file.seek(-10, io.SEEK_END)
        assert file.readinto(target) == 10
        assert target[:10] == CONTENT[-10:]


def test_a_block_is_asked_for_once(stored, monkeypatch):
    asked = []
    read = Ciaos.read
    monkeypatch.setattr(Ciaos, "read", lambda self, key, offset=0, length=None, **more: (
        asked.append((offset, length)), read(self, key, offset, length, **more))[1])
    with stored.open("numbers", block_bytes=1000) as file:
        for _ in range(250):
            file.read(10)
    assert asked == [(0, 1000), (1000, 1000), (2000, 1000)]


def test_an_object_that_is_replaced_is_not_mixed_with_its_successor(stored):
    with stored.open("numbers", block_bytes=1000) as file:
        file.read(10)
        stored.put_bytes("numbers", b"x" * len(CONTENT))
        assert file.read(10) == CONTENT[10:20], "what is read ahead is of the old one"
        file.seek(50_000)
        with pytest.raises(PreconditionFailed):
            file.read(10)


def test_an_object_that_is_appended_to_is_another_one(stored):
    with stored.open("numbers", block_bytes=1000) as file:
        file.read(10)
        stored.append_bytes("numbers", [b"more"])
        with pytest.raises(PreconditionFailed):
            file.read()


def test_an_empty_object(client):
    with client.open("empty", "wb"):
        pass
    with client.open("empty") as file:
        assert file.read() == b"" and file.size == 0 and file.readline() == b""


def test_a_key_that_is_not_there(client):
    with pytest.raises(KeyNotFound):
        client.open("nothing")


@pytest.mark.parametrize("mode", ["r", "rw", "rb+", "w", ""])
def test_modes_that_are_none(client, mode):
    with pytest.raises(ValueError, match="mode must be one of"):
        client.open("key", mode)


def test_text_lines_zip_and_copies(client, tmp_path):
    with io.TextIOWrapper(client.open("people.csv", "wb"), encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([["name", "town"], ["Zoë", "Gießen"]])
    with io.TextIOWrapper(client.open("people.csv"), encoding="utf-8", newline="") as text:
        assert list(csv.reader(text)) == [["name", "town"], ["Zoë", "Gießen"]]
    with client.open("people.csv") as file:
        assert [len(line) for line in file] == [11, 14]

    with client.open("archive.zip", "wb") as file, zipfile.ZipFile(file, "w") as archive:
        archive.writestr("one", b"1" * 1000)
        archive.writestr("two", b"2")
    with client.open("archive.zip", block_bytes=50) as file, zipfile.ZipFile(file) as archive:
        assert archive.read("one") == b"1" * 1000 and archive.read("two") == b"2"

    (tmp_path / "local").write_bytes(CONTENT)
    with open(tmp_path / "local", "rb") as source, client.open("copy", "wb") as target:
        shutil.copyfileobj(source, target, 999)
    with client.open("copy") as source, open(tmp_path / "back", "wb") as target:
        shutil.copyfileobj(source, target, 1001)
    assert (tmp_path / "back").read_bytes() == CONTENT


@pytest.mark.parametrize("block_bytes", [10, 1000, 100_000, 1 << 20])
def test_what_is_written_is_there_once_it_is_closed(client, block_bytes):
    with client.open("new", "wb", block_bytes=block_bytes) as file:
        assert file.writable() and not file.readable() and not file.seekable()
        content = CONTENT if block_bytes > 10 else CONTENT[:3000]
        for start in range(0, len(content), 777):
            assert file.write(content[start:start + 777]) == len(content[start:start + 777])
        assert file.tell() == len(content)
        assert not client.exists("new")
    assert client.read("new") == content
    assert file.closed and file.info.etag == client.stat("new").etag


def test_writes_bytearrays_and_views_of_anything(client):
    with client.open("views", "wb") as file:
        reused = bytearray(b"first")
        file.write(reused)
        reused[:] = b"xxxxx"
        file.write(memoryview(b"second")[1:3])
        file.write(memoryview(b"\1\0\2\0").cast("H"))
        with pytest.raises(TypeError):
            file.write("text")
    assert client.read("views") == b"firstec\1\0\2\0"


@pytest.mark.parametrize("written", [10, 100_000])
@pytest.mark.parametrize("mode", ["wb", "xb", "ab"])
def test_a_block_that_fails_leaves_no_trace(client, mode, written):
    if mode != "xb":
        client.put_bytes("old", b"as it was")
    with pytest.raises(RuntimeError, match="mine"):
        with client.open("old", mode, block_bytes=1000) as file:
            file.write(CONTENT[:written])
            raise RuntimeError("mine")
    assert file.closed
    if mode == "xb":
        assert not client.exists("old")
    else:
        assert client.read("old") == b"as it was"


@pytest.mark.parametrize("written", [10, 100_000])
def test_a_file_that_nobody_closes_is_not_stored(client, written):
    with pytest.warns(ResourceWarning, match="never closed"):
        file = client.open("forgotten", "wb", block_bytes=1000)
        file.write(CONTENT[:written])
        del file
        gc.collect()
    assert not client.exists("forgotten")
    assert not [each for each in threading.enumerate() if each.name == "ciaos-upload"]


@pytest.mark.parametrize("written", [0, 10, 100_000])
def test_xb_makes_what_is_not_there(client, written):
    with client.open("once", "xb", block_bytes=1000) as file:
        file.write(CONTENT[:written])
    assert client.read("once") == CONTENT[:written]
    with pytest.raises(FileExistsError):
        client.open("once", "xb")


@pytest.mark.parametrize("written", [10, 100_000])
def test_xb_loses_against_one_who_was_faster(client, written):
    file = client.open("race", "xb", block_bytes=1000)
    file.write(CONTENT[:written])
    client.put_bytes("race", b"faster")
    with pytest.raises(FileExistsError):
        file.close()
    assert file.closed and client.read("race") == b"faster"


@pytest.mark.parametrize("written", [0, 10, 100_000])
def test_ab_appends_or_makes(client, written):
    for times in (1, 2):
        with client.open("log", "ab", block_bytes=1000) as file:
            file.write(CONTENT[:written // 2])
            file.write(CONTENT[written // 2:written])
            assert client.exists("log") == (times == 2)
        assert client.read("log") == CONTENT[:written] * times


def test_writing_tells_that_the_upload_failed(make_node):
    node = make_node().start()
    from ciaos import CiaosError, Config
    client = Ciaos(Config(node.url, "writer", "", retries=0))
    file = client.open("lost", "wb", block_bytes=1000)
    file.write(CONTENT)
    node.kill()
    with pytest.raises(CiaosError):
        for _ in range(1000):
            file.write(CONTENT)
    with pytest.raises(CiaosError):
        file.close()
    assert file.closed


def test_writes_more_than_is_held_in_memory(client):
    """200 MiB pass, and the process does not grow by a tenth of them."""
    import resource
    block = CONTENT * 10
    with client.open("large", "wb") as file:
        file.write(block)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(200):
            file.write(block)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert client.stat("large").size == 201 * len(block)
    assert grown < 20 * 1024, f"grew by {grown} KiB"
    client.remove("large")


def test_a_file_goes_on_after_it_was_pickled(stored):
    with stored.open("numbers", block_bytes=1000) as file:
        file.seek(12_345)
        with pickle.loads(pickle.dumps(file)) as copy:
            assert copy.tell() == 12_345
            assert copy.read(10) == file.read(10) == CONTENT[12_345:12_355]
        stored.put_bytes("numbers", CONTENT[::-1])
        with pickle.loads(pickle.dumps(file)) as copy, pytest.raises(PreconditionFailed):
            copy.read()
    with stored.open("other", "wb") as file, pytest.raises(TypeError):
        pickle.dumps(file)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_eight_processes_share_a_file(stored, method):
    """All read at once what the parent opened, by fork with the parent's connections still open, by spawn pickled."""
    context = multiprocessing.get_context(method)
    results = context.Queue()
    with stored.open("numbers", block_bytes=1000) as file:
        file.read(10)
        offsets = range(0, 80_000, 10_000)
        children = [context.Process(target=read_part, args=(file, offset, results)) for offset in offsets]
        for child in children:
            child.start()
        assert file.read(10) == CONTENT[10:20]
        got = dict(results.get(timeout=60) for _ in children)
        for child in children:
            child.join(60)
            assert child.exitcode == 0
        assert file.read(10) == CONTENT[20:30]
    assert got == {offset: CONTENT[offset:offset + 5000] for offset in offsets}


@pytest.mark.parametrize("written", [10, 100_000])
def test_a_forked_copy_of_a_file_being_written_is_nobodys(client, written):
    file = client.open("mine", "wb", block_bytes=1000)
    file.write(CONTENT[:written])
    child = os.fork()
    if child == 0:
        del file
        gc.collect()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    assert not client.exists("mine")
    file.close()
    assert client.read("mine") == CONTENT[:written]


def test_is_what_open_gives(stored):
    with stored.open("numbers") as file:
        assert isinstance(file, CiaosFile) and isinstance(file, io.BufferedIOBase)
        assert file.name == file.key == "numbers" and file.mode == "rb"
        assert file.peek(3)[:3] == CONTENT[:3] and file.tell() == 0
    with pytest.raises(ValueError):
        file.read(1)
    with stored.open("numbers", "wb") as file, pytest.raises(io.UnsupportedOperation):
        file.read(1)
