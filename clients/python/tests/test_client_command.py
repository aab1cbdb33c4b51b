"""The command: what it prints, and with which code it ends."""

import io
import json
import os
import subprocess
import sys

import pytest
from ciaos.cli import main
from scripted import ScriptedServer, answer
from ciaos._progress import PlainBar, human


@pytest.fixture
def run(config, tmp_path, monkeypatch, capfdbinary):
    """Runs the command in the test's folder. Within this process: to start Python takes longer than most of it."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"URL": config.api_url, "USER": config.user_id, "ACCESS_KEY": ""}.items():
        monkeypatch.setenv(f"CIAOS_{name}", value)

    def run(*arguments, given=b""):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = ended.code
        return subprocess.CompletedProcess(arguments, code, *capfdbinary.readouterr())
    return run


def test_a_file_up_and_down_and_all_about_it(run, client, tmp_path):
    (tmp_path / "file.txt").write_bytes(b"hello\n")
    done = run("put", "file.txt")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"put file.txt, 6 B\n", b"")
    assert run("put", "file.txt", "dir/").stdout == b"put dir/file.txt, 6 B\n"
    assert run("put", "-", "from/stdin", given=b"piped").returncode == 0
    assert run("ls").stdout.decode().splitlines() == ["dir/file.txt", "file.txt", "from/stdin"]
    assert run("ls", "dir/", "-l").stdout.split()[0] == b"6"
    assert run("cat", "file.txt", "from/stdin").stdout == b"hello\npiped"
    assert run("cat", "file.txt", "--offset", "1", "--length", "3").stdout == b"ell"
    assert run("get", "from/stdin").returncode == 0 and (tmp_path / "stdin").read_bytes() == b"piped"
    assert run("get", "from/stdin", "-").stdout == b"piped"
    assert run("mv", "from/stdin", "moved").returncode == 0
    assert run("append", "moved", "file.txt").returncode == 0
    assert client.get("moved") == [b"piped", b"hello\n"]
    told = json.loads(run("stat", "moved", "--json").stdout)
    assert (told["key"], told["size"], told["files"]) == ("moved", 11, 2)
    assert b"size:         11" in run("stat", "moved").stdout
    assert run("rm", "moved", "file.txt").returncode == 0 and not client.exists("moved")


def test_folders_and_json(run, tmp_path):
    for name in ("a", "b"):
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(name.encode())
    lines = run("--json", "upload", "in", "p/").stdout.splitlines()
    assert [json.loads(line)["key"] for line in lines] == ["p/a", "p/b"]
    assert run("download", "p/", "out", "--workers", "2").returncode == 0
    assert (tmp_path / "out" / "b").read_bytes() == b"b"
    assert [json.loads(line)["size"] for line in run("ls", "p/", "--json").stdout.splitlines()] == [1, 1]


@pytest.mark.parametrize("arguments, code, text", [
    (["stat", "none"], 3, "none"), (["get", "none", "x"], 3, "No data found"), (["rm", "none"], 3, "none"),
    (["put", "no-file"], 7, "no-file"), (["put", "-"], 2, "needs a key"), (["nonsense"], 2, "nonsense"),
    ([], 2, "COMMAND"),
    (["put", "-", "there", "--create"], 4, "already exists"), (["ls", "--user", ""], 2, "CIAOS_USER"),
    (["mv", "none", "other"], 3, "none"), (["ls", "--url", "nonsense"], 1, "nonsense"),
    (["ls", "--url", "http://127.0.0.1:1", "--retries", "0"], 6, "refused")])
def test_failures_have_codes_and_say_why(run, client, arguments, code, text):
    client.put_bytes("there", b"x")
    done = run(*arguments)
    assert done.returncode == code and text in done.stderr.decode() and b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_failures_in_json_and_all_are_tried(run, client):
    client.put_bytes("there", b"x")
    done = run("rm", "none", "there", "--json")
    assert done.returncode == 3 and json.loads(done.stdout) == {"removed": "there"}
    assert json.loads(done.stderr)["status"] == 404 and json.loads(done.stderr)["kind"] == "KeyNotFound"


def test_an_access_key_alone_says_who_asks(run):
    with ScriptedServer(answer(200, b'{"key":"k","size":1}')) as server:
        assert run("stat", "k", "--url", server.url, "--user", "", "--access-key", "id:secret").returncode == 0
        [asked] = server.asked
        assert asked.headers["Authorization"] == "Bearer id:secret" and "User" not in asked.headers


def test_a_reader_that_has_enough_is_no_failure(client, config):
    client.put_bytes("large", bytes(5_000_000))
    command = f"{sys.executable} -m ciaos cat large | head -c 5 | wc -c"
    done = subprocess.run(command, shell=True, capture_output=True, env={
        **os.environ, "CIAOS_URL": config.api_url, "CIAOS_USER": config.user_id})
    assert (done.stdout.strip(), done.stderr) == (b"5", b"")


def test_bars():
    out = io.StringIO()
    bar = PlainBar("file", out)
    bar(512, 2048)
    bar(2048, 2048)
    bar.close()
    assert "file:  25% 512 B of 2.0 KiB" in out.getvalue() and "100% 2.0 KiB" in out.getvalue()
    assert [human(n) for n in (0, 1023, 1024, 3 << 30, 5 << 40)] == ["0 B", "1023 B", "1.0 KiB", "3.0 GiB", "5.0 TiB"]


@pytest.mark.parametrize("has_tqdm", [True, False])
def test_true_shows_a_bar(client, capfd, monkeypatch, has_tqdm):
    if not has_tqdm:
        monkeypatch.setitem(sys.modules, "tqdm", None)
    client.put_stream("bar", io.BytesIO(bytes(3 << 20)), progress=True)
    out, shown = capfd.readouterr()
    assert out == "" and "bar" in shown and "3.0" in shown and "100%" in shown
