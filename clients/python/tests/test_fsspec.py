"""``ciaos://`` as pandas and others use it."""

import datetime
import gzip
import io
import json
import multiprocessing
import os
import pickle
import shutil

import fsspec
import pandas
import pytest
from fsspec.callbacks import Callback

from ciaos import Ciaos, CiaosError
from ciaos.fs import CiaosFileSystem
from pychildren import read_twice

TREE = {
    "a": b"file and folder",
    "a/one.txt": b"1",
    "a/two.txt": b"22",
    "a/deep/three.txt": b"333",
    "a/deep/er/four.txt": b"4444",
    "b c/ü#?%.txt": b"odd",
    "top.txt": b"top",
}


@pytest.fixture(autouse=True)
def known_protocol():
    # An installed package is found by its entry point, which test_packaging.py shows.
    fsspec.register_implementation("ciaos", CiaosFileSystem, clobber=True)


@pytest.fixture
def options(config):
    return {"api_url": config.api_url, "user_id": config.user_id, "user_access_key": config.user_access_key}


@pytest.fixture
def fs(options):
    return CiaosFileSystem(**options)


@pytest.fixture
def tree(fs):
    for key, data in TREE.items():
        fs.client.put_bytes(key, data)
    return fs


def names(entries):
    return sorted((entry["name"], entry["type"]) for entry in entries)


def test_ls_shows_files_and_what_slashes_imply(tree):
    assert names(tree.ls("")) == [
        ("a", "directory"), ("a", "file"), ("b c", "directory"), ("top.txt", "file")]
    assert names(tree.ls("ciaos://a/")) == [
        ("a/deep", "directory"), ("a/one.txt", "file"), ("a/two.txt", "file")]
    assert tree.ls("a/deep", detail=False) == ["a/deep/er", "a/deep/three.txt"]
    assert tree.ls("top.txt")[0]["size"] == 3
    with pytest.raises(FileNotFoundError):
        tree.ls("nothing")
    with pytest.raises(FileNotFoundError):
        tree.ls("to")


def test_ls_skips_what_lies_deep(fs, monkeypatch):
    """3,500 keys in a folder within the folder: they are not all fetched to tell that there is one."""
    fs.client.put_many((f"x/many/{number:05}", b"1") for number in range(3500))
    fs.client.put_many([("x/many/\U0010ffff\U0010ffff", b"1"), ("x/many0", b"1"), ("x/more/1", b"1")])
    fetched = []
    listing = Ciaos.list

    def counted(self, *arguments, **more):
        for info in listing(self, *arguments, **more):
            fetched.append(info.key)
            yield info

    monkeypatch.setattr(Ciaos, "list", counted)
    assert names(fs.ls("x")) == [("x/many", "directory"), ("x/many0", "file"), ("x/more", "directory")]
    assert len(fetched) < 1100


def test_info_of_files_and_folders(tree):
    info = tree.info("a/two.txt")
    assert (info["name"], info["size"], info["type"]) == ("a/two.txt", 2, "file")
    assert info["etag"] == tree.client.stat("a/two.txt").etag
    assert tree.info("a/deep") == {"name": "a/deep", "size": 0, "type": "directory"}
    assert tree.info("")["type"] == "directory"
    assert tree.isfile("a") and tree.isdir("b c") and not tree.isdir("top.txt")
    assert tree.exists("b c/ü#?%.txt") and not tree.exists("b")
    with pytest.raises(FileNotFoundError):
        tree.info("a/de")


def test_find_walk_glob_du(tree):
    assert tree.find("") == sorted(TREE)
    assert tree.find("a/deep") == ["a/deep/er/four.txt", "a/deep/three.txt"]
    assert tree.find("top.txt") == ["top.txt"]
    assert tree.find("nothing") == []
    assert tree.find("b c", maxdepth=1) == ["b c/ü#?%.txt"]
    assert "a/deep/er" in tree.find("a", withdirs=True)
    assert {name: info["size"] for name, info in tree.find("a/deep", detail=True).items()} == {
        "a/deep/er/four.txt": 4, "a/deep/three.txt": 3}
    assert tree.glob("a/*.txt") == ["a/one.txt", "a/two.txt"]
    assert tree.glob("ciaos://a/t?o.*") == ["a/two.txt"]
    assert [path for path in tree.glob("a/**") if tree.isfile(path)] == [
        "a/deep/er/four.txt", "a/deep/three.txt", "a/one.txt", "a/two.txt"]
    assert tree.glob("b c/*") == ["b c/ü#?%.txt"]
    assert [(path, sorted(folders), sorted(files)) for path, folders, files in tree.walk("a/deep")] == [
        ("a/deep", ["er"], ["three.txt"]), ("a/deep/er", [], ["four.txt"])]
    assert tree.du("a/deep") == 7


def test_cat_and_ranges(tree):
    assert tree.cat("top.txt") == b"top"
    assert tree.cat_file("a/deep/er/four.txt", 1, 3) == b"44"
    tree.pipe_file("digits", b"0123456789")
    for start, end in [(None, None), (2, None), (None, 4), (3, 7), (-4, None), (-4, -1), (None, -9), (7, 3), (8, 20),
                       (20, 30), (-20, 3)]:
        assert tree.cat_file("digits", start, end) == b"0123456789"[start:end], (start, end)
    assert tree.cat(["a/one.txt", "top.txt"]) == {"a/one.txt": b"1", "top.txt": b"top"}
    assert tree.cat("a/deep", recursive=True) == {"a/deep/er/four.txt": b"4444", "a/deep/three.txt": b"333"}
    assert tree.cat("a/*.txt") == {"a/one.txt": b"1", "a/two.txt": b"22"}
    with pytest.raises(FileNotFoundError):
        tree.cat("nothing")
    with pytest.raises(FileNotFoundError):
        tree.cat(["top.txt", "nothing"])
    assert tree.cat(["top.txt", "nothing"], on_error="omit") == {"top.txt": b"top"}
    assert isinstance(tree.cat(["top.txt", "nothing"], on_error="return")["nothing"], FileNotFoundError)
    assert tree.cat_ranges(["digits", "digits", "top.txt"], [0, 5, -2], [2, 8, None]) == [b"01", b"567", b"op"]
    first, second = tree.cat_ranges(["digits", "nothing"], 0, 3)
    assert first == b"012" and isinstance(second, FileNotFoundError)
    with pytest.raises(FileNotFoundError):
        tree.cat_ranges(["nothing"], [0], [1], on_error="raise")
    assert tree.head("digits", 3) == b"012" and tree.tail("digits", 3) == b"789"
    assert tree.read_block("digits", 2, 3) == b"234"


def test_pipe_one_and_many(fs):
    fs.pipe("single", b"one")
    many = {f"ciaos://many/{number}": b"%d" % number for number in range(300)}
    fs.pipe(many)
    assert fs.cat("single") == b"one"
    assert fs.cat("many", recursive=True) == {f"many/{number}": b"%d" % number for number in range(300)}
    with pytest.raises(FileExistsError):
        fs.pipe_file("single", b"two", mode="create")
    assert fs.cat("single") == b"one"


def test_remove(tree):
    tree.rm("a/one.txt")
    assert not tree.exists("a/one.txt")
    with pytest.raises(FileNotFoundError):
        tree.rm("a/one.txt")
    with pytest.raises(OSError):
        tree.rmdir("a")
    tree.rm("a", recursive=True)
    assert tree.find("") == ["b c/ü#?%.txt", "top.txt"]
    with pytest.raises(FileNotFoundError):
        tree.rm("nothing", recursive=True)
    tree.rm("*.txt")
    assert tree.find("") == ["b c/ü#?%.txt"]


def test_copy_and_move(tree, monkeypatch):
    tree.client.put_bytes("page", b"<p>", content_type="text/html")
    tree.cp_file("page", "page2")
    assert tree.cat("page2") == b"<p>" and tree.info("page2")["content_type"] == "text/html"
    tree.cp("a/deep", "copied", recursive=True)
    assert [path.rsplit("/", 1)[1] for path in tree.find("copied")] == ["four.txt", "three.txt"]
    with monkeypatch.context() as renamed_only:
        renamed_only.setattr(Ciaos, "put_stream", None)
        tree.mv("page", "moved/page")
        assert tree.cat("moved/page") == b"<p>" and not tree.exists("page")
        with pytest.raises(IsADirectoryError):
            tree.mv("a/deep", "elsewhere")
        tree.mv("a/deep", "elsewhere", recursive=True)
        assert [path.rsplit("/", 1)[1] for path in tree.find("elsewhere")] == ["four.txt", "three.txt"]
        assert not tree.exists("a/deep")
    tree.mv("moved/page", "top.txt")
    assert tree.cat("top.txt") == b"<p>" and not tree.exists("moved/page")
    with pytest.raises(FileNotFoundError):
        tree.mv("nothing", "anything")


class Told(Callback):
    def __init__(self):
        super().__init__()
        self.values = []

    def call(self, *arguments, **more):
        self.values.append(self.value)


def test_put_and_get_files(tree, tmp_path):
    content = os.urandom(3_000_000)
    (tmp_path / "local").write_bytes(content)
    told = Told()
    tree.put_file(str(tmp_path / "local"), "up/loaded", callback=told)
    assert tree.size("up/loaded") == told.size == told.values[-1] == 3_000_000
    assert told.values == sorted(told.values) and len(told.values) > 2
    told = Told()
    tree.get_file("up/loaded", str(tmp_path / "new" / "folder" / "back"), callback=told)
    assert (tmp_path / "new" / "folder" / "back").read_bytes() == content
    assert told.size == told.values[-1] == 3_000_000
    buffer = io.BytesIO()
    tree.get_file("up/loaded", buffer)
    assert buffer.getvalue() == content
    with pytest.raises(FileNotFoundError):
        tree.get_file("nothing", str(tmp_path / "nothing"))
    assert not (tmp_path / "nothing").exists()

    tree.get("a/deep", str(tmp_path / "got"), recursive=True)
    assert sorted(path.name for path in (tmp_path / "got").rglob("*.txt")) == ["four.txt", "three.txt"]
    tree.put(str(tmp_path / "got"), "put", recursive=True)
    assert sorted(path.rsplit("/", 1)[1] for path in tree.find("put")) == ["four.txt", "three.txt"]


def test_times_and_checksums(fs):
    fs.pipe("key", b"1")
    assert abs(fs.modified("key") - datetime.datetime.now(datetime.timezone.utc)) < datetime.timedelta(minutes=5)
    created, checksum, ukey = fs.created("key"), fs.checksum("key"), fs.ukey("key")
    assert fs.checksum("key") == checksum and fs.ukey("key") == ukey
    fs.pipe("key", b"2")
    assert fs.checksum("key") != checksum and fs.ukey("key") != ukey
    assert fs.created("key") >= created
    with pytest.raises(FileNotFoundError):
        fs.modified("nothing")


def test_open_reads_writes_appends(fs):
    with fs.open("dir/file", "wb") as file:
        file.write(b"12345")
    with fs.open("dir/file", "ab") as file:
        file.write(b"678")
    with fs.open("ciaos://dir/file") as file:
        file.seek(3)
        assert file.read(3) == b"456"
    with fs.open("dir/file", block_size=2) as file:
        assert file.block_bytes == 2 and file.read() == b"12345678"
    with fs.open("text", "w", encoding="latin-1") as file:
        file.write("Größe\n")
    assert fs.cat("text").decode("latin-1") == "Größe\n"
    with fs.open("text", "r", encoding="latin-1") as file:
        assert file.readlines() == ["Größe\n"]
    with pytest.raises(FileNotFoundError):
        fs.open("nothing")
    with pytest.raises(FileExistsError):
        fs.open("dir/file", "xb")
    fs.touch("touched")
    assert fs.cat("touched") == b""


def test_compression_stores_whole_files(fs):
    with fs.open("log.gz", "wb", compression="infer") as file:
        file.write(b"line\n" * 1000)
    assert gzip.decompress(fs.cat("log.gz")) == b"line\n" * 1000
    with fs.open("log.gz", "rt", compression="gzip") as file:
        assert file.readline() == "line\n"
    with fs.open("more.gz", "wt", compression="gzip") as file:
        file.write("text")
    assert gzip.decompress(fs.cat("more.gz")) == b"text"


@pytest.mark.parametrize("mode, compression", [("wb", None), ("w", None), ("wb", "gzip"), ("w", "gzip")])
def test_a_block_that_fails_stores_nothing(fs, mode, compression):
    with pytest.raises(RuntimeError, match="mine"):
        with fs.open("half", mode, compression=compression) as file:
            file.write("x" if mode == "w" else b"x")
            raise RuntimeError("mine")
    assert not fs.exists("half")


def test_a_transaction_stores_all_or_nothing(fs):
    with fs.transaction:
        for name in ("one", "two"):
            with fs.open(name, "wb", block_size=10) as file:
                file.write(b"x" * 100)
        assert not fs.exists("one")
    assert fs.cat(["one", "two"]) == {"one": b"x" * 100, "two": b"x" * 100}
    with pytest.raises(RuntimeError), fs.transaction:
        with fs.open("three", "wb", block_size=10) as file:
            file.write(b"x" * 100)
        raise RuntimeError
    assert not fs.exists("three")


def test_listings_are_never_old(fs, options):
    assert fs.find("") == []
    other = CiaosFileSystem(**options, skip_instance_cache=True)
    other.pipe("new/file", b"1")
    assert fs.ls("new", detail=False) == ["new/file"]


def test_a_listing_cache_is_forgotten_by_every_change(options, tmp_path):
    fs = CiaosFileSystem(**options, use_listings_cache=True, skip_instance_cache=True)

    def shown():
        return fs.ls("f", detail=False)

    fs.pipe("f/1", b"1")
    assert shown() == ["f/1"]
    fs.client.put_bytes("f/2", b"1")
    assert shown() == ["f/1"], "it is a cache"
    assert fs.ls("f", detail=False, refresh=True) == ["f/1", "f/2"]
    fs.pipe({"f/3": b"1"})
    assert shown() == ["f/1", "f/2", "f/3"]
    fs.rm("f/1")
    assert shown() == ["f/2", "f/3"]
    with fs.open("f/4", "wb") as file:
        file.write(b"1")
    assert shown() == ["f/2", "f/3", "f/4"]
    fs.mv("f/2", "f/5")
    assert shown() == ["f/3", "f/4", "f/5"]
    fs.cp_file("f/5", "f/6")
    assert shown() == ["f/3", "f/4", "f/5", "f/6"]
    (tmp_path / "7").write_bytes(b"")
    fs.put_file(str(tmp_path / "7"), "f/7")
    assert shown()[-1] == "f/7"
    fs.client.put_bytes("f/8", b"1")
    fs.invalidate_cache()
    assert shown()[-1] == "f/8"


def test_who_and_where_come_from_the_environment(options, monkeypatch):
    monkeypatch.setenv("CIAOS_URL", options["api_url"])
    monkeypatch.setenv("CIAOS_USER", options["user_id"])
    CiaosFileSystem.clear_instance_cache()
    CiaosFileSystem(**options).pipe("key", b"1")
    assert fsspec.filesystem("ciaos").cat("key") == b"1"
    CiaosFileSystem.clear_instance_cache()


def test_other_failures_are_not_taken_for_absence():
    fs = CiaosFileSystem(client=_refused(), skip_instance_cache=True)
    with pytest.raises(CiaosError):
        fs.exists("anything")


def _refused():
    from ciaos import Config
    return Ciaos(Config("http://127.0.0.1:9", "nobody", "", retries=0))


def test_pandas_reads_and_writes_csv(fs, options):
    table = pandas.DataFrame({"name": ["Zoë", "Ann, Lee", 'q"'], "count": [1, 2, 3]})
    table.to_csv("ciaos://tables/people.csv", index=False, storage_options=options)
    assert fs.cat("tables/people.csv").decode() == 'name,count\nZoë,1\n"Ann, Lee",2\n"q""",3\n'
    read = pandas.read_csv("ciaos://tables/people.csv", storage_options=options)
    pandas.testing.assert_frame_equal(read, table)
    table.to_csv("ciaos://tables/people.csv.gz", index=False, storage_options=options)
    pandas.testing.assert_frame_equal(
        pandas.read_csv("ciaos://tables/people.csv.gz", storage_options=options), table)
    pieces = pandas.read_csv("ciaos://tables/people.csv", storage_options=options, chunksize=1)
    assert [len(piece) for piece in pieces] == [1, 1, 1]
    with pytest.raises(FileNotFoundError):
        pandas.read_csv("ciaos://tables/nothing.csv", storage_options=options)


def test_pandas_reads_and_writes_json_lines(options, fs):
    table = pandas.DataFrame({"id": range(5000), "text": [f"row {number} ü" for number in range(5000)]})
    table.to_json("ciaos://rows.jsonl", orient="records", lines=True, storage_options=options)
    assert json.loads(fs.cat("rows.jsonl").splitlines()[7]) == {"id": 7, "text": "row 7 ü"}
    read = pandas.read_json("ciaos://rows.jsonl", lines=True, storage_options=options)
    pandas.testing.assert_frame_equal(read, table)


def test_a_glob_of_files_becomes_one_table(fs, options):
    for part in range(5):
        fs.pipe(f"parts/part-{part}.csv", b"x\n%d\n" % part)
    fs.pipe("parts/readme", b"")
    files = fsspec.open_files("ciaos://parts/part-*.csv", "rt", **options)
    tables = []
    for each in files:
        with each as file:
            tables.append(pandas.read_csv(file))
    assert list(pandas.concat(tables)["x"]) == [0, 1, 2, 3, 4]


def test_copies_between_file_systems(fs, options, tmp_path):
    (tmp_path / "source").write_bytes(os.urandom(2_500_000))
    with open(tmp_path / "source", "rb") as source, \
            fsspec.open("ciaos://far/away", "wb", **options) as target:
        shutil.copyfileobj(source, target)
    with fsspec.open("ciaos://far/away", "rb", **options) as source, open(tmp_path / "back", "wb") as target:
        shutil.copyfileobj(source, target)
    assert (tmp_path / "back").read_bytes() == (tmp_path / "source").read_bytes()


def test_a_mapper_is_a_dictionary(options):
    mapper = fsspec.get_mapper("ciaos://array", **options)
    mapper["0.0"] = b"00"
    mapper.setitems({"0.1": b"01", ".meta": b"{}"})
    assert dict(mapper) == {"0.0": b"00", "0.1": b"01", ".meta": b"{}"}
    assert mapper.getitems(["0.0", "0.9", "0.1"], on_error="omit") == {"0.0": b"00", "0.1": b"01"}
    assert "0.0" in mapper and "0.9" not in mapper and len(mapper) == 3
    with pytest.raises(KeyError):
        mapper["0.9"]
    del mapper["0.0"]
    assert set(mapper) == {"0.1", ".meta"}
    mapper.clear()
    assert len(mapper) == 0


def test_pickled_it_reads_the_same(tree):
    copy = pickle.loads(pickle.dumps(tree))
    assert copy == tree and copy.cat("top.txt") == b"top"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_eight_processes_share_a_file_system(tree, method):
    context = multiprocessing.get_context(method)
    results = context.Queue()
    children = [context.Process(target=read_twice, args=(tree, "top.txt", results)) for _ in range(8)]
    for child in children:
        child.start()
    assert tree.cat("top.txt") == b"top"
    got = [results.get(timeout=60) for _ in children]
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    assert len({pid for pid, _ in got}) == 8 and {data for _, data in got} == {b"toptop"}
