"""The commands for users, as a shell runs them, against a live node (docs/cli.md)."""

import fcntl
import http.client
import itertools
import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import termios
import time

import pytest

from client import Client
from node import PROGRAM

TIMEOUT_SECONDS = 60
DONE, FAILED, USAGE, NOT_FOUND, DENIED, PRECONDITION, UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 4, 5, 6, 130

_users = itertools.count(1)


class Cli:
    """ciaos with the environment of one user."""

    def __init__(self, url, user, folder):
        self.folder = folder
        names = ("CIAOS_ACCESS_KEY", "CIAOS_SECRET_KEY", "CIAOS_SESSION_TOKEN")
        self.environment = {name: value for name, value in os.environ.items() if name not in names}
        self.environment.update(CIAOS_URL=url, CIAOS_USER=user)

    def start(self, *arguments, **options):
        # Whoever runs the tests in the background has Ctrl-C ignored, which a child would take over.
        return subprocess.Popen(
            ["dotnet", PROGRAM, *arguments], cwd=self.folder, env=self.environment,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
            **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options})

    def run(self, *arguments, stdin=b""):
        """Exit code, output as bytes, error output as text."""
        process = self.start(*arguments, stdin=subprocess.PIPE)
        output, errors = process.communicate(stdin, timeout=TIMEOUT_SECONDS)
        return process.returncode, output, errors.decode()

    def __call__(self, *arguments, stdin=b"", code=DONE):
        """Output as text of a run that ends as it should."""
        ended, output, errors = self.run(*arguments, stdin=stdin)
        assert ended == code, f"{arguments}: exit code {ended}\n{output[:2000]}\n{errors}"
        return output.decode() if code == DONE else errors

    def json(self, *arguments):
        return [json.loads(line) for line in self(*arguments, "--json").splitlines()]


@pytest.fixture
def user():
    return f"cli-{next(_users)}"


@pytest.fixture
def cli(node, user, tmp_path):
    return Cli(node.url, user, tmp_path)


@pytest.fixture
def client(node, user):
    return Client(node.url, user)


def tree(folder):
    return {
        os.path.relpath(os.path.join(at, name), folder): open(os.path.join(at, name), "rb").read()
        for at, _, names in os.walk(folder) for name in names
    }


def stored(client):
    return {found["key"]: client.raw("GET", found["key"]).content for found in client.list()["objects"]}


def put_as_it_is(client, key):
    """requests would take the path apart."""
    connection = http.client.HTTPConnection("127.0.0.1", int(client.url.rsplit(":", 1)[1]), timeout=TIMEOUT_SECONDS)
    connection.request("PUT", f"/raw/{key}", b"x", {"User": client.session.headers["User"]})
    assert connection.getresponse().status == 201
    connection.close()


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def test_bytes_go_through_standard_input_and_output_unharmed(cli, client):
    content = bytes(range(256)) * 20_000
    cli("put", "-", "dir/b in", "--type", "image/x", stdin=content)
    assert client.raw("GET", "dir/b in").headers["Content-Type"] == "image/x"
    assert cli.run("cat", "dir/b in") == (DONE, content, "")
    assert cli.run("get", "dir/b in", "-") == (DONE, content, "")
    assert cli.run("cat", "dir/b in", "dir/b in", "--range", "-3") == (DONE, content[-3:] * 2, "")


def test_a_file_goes_up_and_comes_back_with_all_that_is_known_of_it(cli, client, tmp_path):
    write(tmp_path, {"a.txt": b"hello"})
    put, = cli.json("put", "a.txt", "texts/")
    assert (put["key"], put["size"]) == ("texts/a.txt", 5)
    stat, = cli.json("stat", "texts/a.txt")
    assert (stat["size"], stat["etag"], stat["files"]) == (5, put["etag"], 1)
    assert "size:      5\n" in cli("stat", "texts/a.txt")
    (tmp_path / "old").write_bytes(b"old content, which is longer")
    (tmp_path / "old").chmod(0o700)
    got, = cli.json("get", "texts/a.txt", "old")
    assert (tmp_path / "old").read_bytes() == b"hello"
    assert (tmp_path / "old").stat().st_mode & 0o777 == 0o700
    assert (got["path"], got["etag"]) == (str(tmp_path / "old"), put["etag"])
    cli("mv", "texts/a.txt", "archive/")
    assert stored(client) == {"archive/a.txt": b"hello"}
    cli("rm", "archive/a.txt")
    assert stored(client) == {}


def test_exit_codes_and_texts_say_what_is_the_matter(cli, client, tmp_path):
    client.raw("PUT", "there", data=b"x")
    assert "missing" in cli("cat", "missing", code=NOT_FOUND)
    assert "already exists" in cli("mv", "there", "there", code=PRECONDITION)
    write(tmp_path, {"there": b"y"})
    assert "exists already" in cli("put", "there", "--if-none-match", code=PRECONDITION)
    assert stored(client) == {"there": b"x"}
    assert "No key begins with no" in cli("ls", "no", code=NOT_FOUND)
    assert "no option --yess" in cli("rm", "--yess", "there", code=USAGE)
    assert "rm --help" in cli("rm", code=USAGE)
    assert "--yes" in cli("rm", "-r", "there", code=USAGE)
    assert "There is no file nowhere" in cli("put", "nowhere", code=FAILED)
    assert "Is a node running there?" in cli("ls", "--url", "http://127.0.0.1:1", code=UNAVAILABLE)
    code, output, errors = cli.run("cat", "missing", "there", "gone")
    assert (code, output) == (NOT_FOUND, b"x") and errors.count("does not exist") == 2
    cli.environment.pop("CIAOS_USER")
    assert "CIAOS_USER" in cli("ls", code=USAGE)


def test_an_access_key_alone_tells_who_one_is_and_a_wrong_one_is_denied(make_node, tmp_path):
    node = make_node(
        "ciaos.http.authentication=on", "ciaos.identity.root-access-key=ROOTKEY",
        "ciaos.identity.root-secret-key=root-secret-0123456789").start()
    cli = Cli(node.url, "root", tmp_path)
    cli.environment.pop("CIAOS_USER")
    cli.environment["CIAOS_ACCESS_KEY"] = "ROOTKEY:root-secret-0123456789"
    cli("put", "-", "mine", stdin=b"x")
    cli.environment["CIAOS_ACCESS_KEY"] = "ROOTKEY"
    cli.environment["CIAOS_SECRET_KEY"] = "root-secret-0123456789"
    assert cli("ls") == "mine\n"
    assert "--access-key" in cli("ls", "--access-key", "ROOTKEY:wrong", code=DENIED)


def test_folders_go_up_come_down_and_are_listed_and_counted(cli, client, tmp_path):
    files = {"a": b"1", "sub/b": b"22", "sub/deep/c d": b"333", "sub/é": b"4444", "-x": b"5"}
    write(tmp_path / "photos", files)
    assert sorted(each["key"] for each in cli.json("put", "-r", "photos")) == sorted(f"photos/{name}" for name in files)
    cli("get", "-r", "photos", "copy")
    assert tree(tmp_path / "copy") == {name: content for name, content in files.items()}
    assert cli("ls") == "photos/\n"
    assert cli("ls", "photos/") == "photos/-x\nphotos/a\nphotos/sub/\n"
    long = cli("ls", "-lR", "photos/sub").splitlines()
    assert [line.split()[0] for line in long] == ["2", "3", "4"] and long[0].endswith("  photos/sub/b")
    assert cli.json("ls", "photos/s") == [{"folder": "photos/sub/"}]
    usage, = cli.json("du", "--depth", "2")
    assert (usage["objects"], usage["size"]) == (5, 11)
    assert usage["folders"] == [
        {"prefix": "photos/", "size": 11, "objects": 5}, {"prefix": "photos/sub/", "size": 9, "objects": 3}]
    client.raw("PUT", "photos2", data=b"stays")
    cli("rm", "-r", "photos", "--yes")
    assert stored(client) == {"photos2": b"stays"}


def test_keys_that_lead_out_of_the_folder_are_not_written(cli, client, tmp_path):
    for key in ("p/../../out", "p//x", "p/link/out", "p/good", "p/a/"):
        put_as_it_is(client, key)
    inside, outside = tmp_path / "in", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (inside / "link").symlink_to(outside)
    for command in (("get", "-r", "p", "in"), ("sync", "ciaos:p", "in", "--delete")):
        code, _, errors = cli.run(*command)
        assert code == FAILED and errors.count("is left out") == 4
        assert tree(inside) == {"good": b"x"} and (inside / "link").is_symlink()
    assert not list(outside.iterdir()) and not (tmp_path / "out").exists()


def test_sync_brings_what_differs_and_removes_on_demand(cli, client, tmp_path):
    here, there = tmp_path / "here", tmp_path / "there"
    write(here, {f"d{i % 3}/f{i}": b"%d" % i for i in range(20)})
    assert cli("sync", "here", "ciaos:s").startswith("20 uploaded")
    assert cli("sync", "here", "ciaos:s").startswith("0 uploaded (0 B), 0 deleted, 20 unchanged")
    assert cli("sync", "ciaos:s", "there").startswith("20 downloaded")
    assert tree(there) == tree(here)

    # One is written anew with the same size, one grows, one goes, one comes.
    write(here, {"d1/f1": b"X", "d2/f2": b"longer", "new/one": b"n"})
    (here / "d0/f0").unlink()
    planned = cli("sync", "here", "ciaos:s", "--delete", "--dry-run").splitlines()
    assert sorted(line.split()[0] for line in planned[:-1]) == ["delete", "upload", "upload", "upload"]
    assert client.raw("GET", "s/d1/f1").content == b"1"
    done = cli.json("sync", "here", "ciaos:s", "--delete")
    assert {(each["action"], each["key"]) for each in done[:-1]} == {
        ("upload", "s/d1/f1"), ("upload", "s/d2/f2"), ("upload", "s/new/one"), ("delete", "s/d0/f0")}
    summary = done[-1]
    assert (summary["uploaded"], summary["deleted"], summary["unchanged"], summary["failed"]) == (3, 1, 17, 0)

    # And back, over a change on the other side that only its bytes tell.
    before = (there / "d1/f4").stat().st_mtime_ns
    write(there, {"d1/f4": b"Y", "mine/only": b"m"})
    os.utime(there / "d1/f4", ns=(before, before))
    cli("sync", "ciaos:s", "there", "--checksum", "--delete")
    assert tree(there) == tree(here) and not (there / "mine").exists()
    assert cli("sync", "ciaos:s", "there").startswith("0 downloaded")


def test_sync_does_not_take_an_empty_source_for_an_order_to_remove_all(cli, client, tmp_path):
    (tmp_path / "empty").mkdir()
    write(tmp_path / "full", {"a": b"1"})
    client.raw("PUT", "s/a", data=b"1")
    assert "is empty" in cli("sync", "empty", "ciaos:s", "--delete", code=FAILED)
    assert "is empty" in cli("sync", "ciaos:nothing", "full", "--delete", code=FAILED)
    assert stored(client) == {"s/a": b"1"} and tree(tmp_path / "full") == {"a": b"1"}
    assert "There is no folder" in cli("sync", "missing", "ciaos:s", "--delete", code=FAILED)


@pytest.mark.parametrize("direction", ["up", "down"])
def test_a_killed_sync_leaves_no_halves_and_the_next_does_the_rest(cli, client, tmp_path, direction):
    files = {f"f{i:03}": bytes([i % 256]) * 100_000 for i in range(300)}
    write(tmp_path / "here", files)
    if direction == "up":
        command, target = ("sync", "here", "ciaos:s", "-v", "--workers", "4"), "here"
    else:
        cli("sync", "here", "ciaos:s")
        command, target = ("sync", "ciaos:s", "there", "-v", "--workers", "4"), "there"
    process = cli.start(*command)
    for _ in range(10):
        assert process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=TIMEOUT_SECONDS)
    found = stored(client) if direction == "up" else tree(tmp_path / target)
    whole = {name.removeprefix("s/"): content for name, content in found.items() if ".ciaos-part." not in name}
    assert 10 <= len(whole) < len(files)
    assert all(files[name] == content for name, content in whole.items())
    summary = cli.json(*command)[-1]
    # What the node had received to its end when the client died it may have stored since, one for each worker at most.
    late = 4 if direction == "up" else 0
    assert summary["failed"] == 0 and len(whole) <= summary["unchanged"] <= len(whole) + late
    assert tree(tmp_path / target) == files
    assert {key.removeprefix("s/") for key in stored(client)} == set(files)


def test_ctrl_c_ends_with_130_and_leaves_nothing_behind(cli, client):
    read, feed = os.pipe()
    process = cli.start("put", "-", "half", stdin=read)
    os.write(feed, b"x" * 60_000)
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while int.from_bytes(fcntl.ioctl(read, termios.FIONREAD, b"    "), sys.byteorder) > 0:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=TIMEOUT_SECONDS)
    os.close(feed)
    os.close(read)
    assert process.returncode == INTERRUPTED and b"stopped" in errors
    assert stored(client) == {}


def test_bash_completes_commands_options_and_keys(cli, client, tmp_path):
    for key in ("photos/a b", "photos/sub/x", "phone", "we:ird"):
        client.raw("PUT", key, data=b"x")
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin/ciaos"
    program.write_text(f'#!/bin/sh\nexec dotnet {PROGRAM} "$@"\n')
    program.chmod(0o755)
    script = """
        set -u
        PATH=$PWD/bin:$PATH
        source <(ciaos completion bash)
        complete -p ciaos >/dev/null || exit 1
        try() {
            COMP_LINE=$1 COMP_POINT=${#1}
            read -ra COMP_WORDS <<<"$1"
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _ciaos
            (IFS='|'; echo "${COMPREPLY[*]-}")
        }
        try 'ciaos sta'
        try 'bin/ciaos put --if-n'
        try 'ciaos cat ph'
        try 'ciaos ls photos/'
        try 'ciaos cat we:'
        try 'ciaos completion z'
    """
    done = subprocess.run(
        ["bash", "-c", script], cwd=tmp_path, env=cli.environment, capture_output=True, text=True,
        timeout=TIMEOUT_SECONDS)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "stat", "--if-none-match", "phone|photos/", r"photos/a\ b|photos/sub/", "ird", "zsh"]
    for shell in ("zsh", "fish"):
        text = cli("completion", shell)
        if shutil.which(shell):
            assert subprocess.run([shell, "-n"], input=text, text=True, timeout=TIMEOUT_SECONDS).returncode == 0


def test_bench_measures_and_removes_what_it_stored_and_top_sees_it(cli, client, node):
    client.raw("PUT", "mine", data=b"x")
    bench = cli.start("bench", "--duration", "2s", "--connections", "4", "--mix", "50/50", "--json")
    time.sleep(1)
    top, = cli.json("top", "--once", "--interval", "500ms")
    output, errors = bench.communicate(timeout=TIMEOUT_SECONDS)
    assert bench.returncode == DONE, errors
    report = json.loads(output)
    assert report["errors"] == 0 and 2 <= report["seconds"] < 10
    for kind in ("put", "get"):
        assert report[kind]["operations"] > 10
        assert 0 < report[kind]["p50_seconds"] <= report[kind]["p99_seconds"] <= report[kind]["max_seconds"]
    assert stored(client) == {"mine": b"x"}
    assert top["requests_per_second"] > 1 and top["memory_bytes"] > 1 << 20
    assert top["volumes"]["active"] >= 1 and 0 < top["disk_free_bytes"] < top["disk_size_bytes"]
    assert top["commits_per_second"] > 0 and top["appends_per_commit"] >= 1
    assert any(each["operation"] == "raw_put" and each["per_second"] > 0 for each in top["operations"])
    text = cli("top", "--once", "--interval", "100ms")
    assert text.startswith("ciaos ") and re.search(r"^process: .* of memory$", text, re.MULTILINE)


def test_ctrl_c_in_a_bench_still_removes_what_it_stored(cli, client):
    bench = cli.start("bench", "--duration", "60s", "--connections", "2", "--mix", "put")
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not client.list()["objects"]:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    bench.send_signal(signal.SIGINT)
    bench.communicate(timeout=TIMEOUT_SECONDS)
    assert bench.returncode == INTERRUPTED
    assert client.list()["objects"] == []


def test_a_terminal_sees_a_bar_and_is_asked_before_a_folder_is_removed(cli, client):
    client.raw("PUT", "d/a", data=b"x")

    def on_a_terminal(answer, *arguments):
        master, slave = pty.openpty()
        process = cli.start(*arguments, stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        os.write(master, answer)
        seen = b""
        try:
            while chunk := os.read(master, 4096):
                seen += chunk
        except OSError:
            pass  # Nobody has the other side any more.
        os.close(master)
        return process.wait(TIMEOUT_SECONDS), seen.decode()

    code, seen = on_a_terminal(b"n\n", "rm", "-r", "d")
    assert code == FAILED and "Remove 1 object, all of d? [y/N]" in seen and stored(client) == {"d/a": b"x"}
    code, _ = on_a_terminal(b"y\n", "rm", "-r", "d")
    assert code == DONE and stored(client) == {}
    code, seen = on_a_terminal(b"", "bench", "--duration", "1500ms", "--connections", "1", "--mix", "put")
    assert code == DONE and "Measuring" in seen and "P99.9" in seen
    code, seen = on_a_terminal(b"q", "top", "--interval", "300ms")
    assert code == DONE and "\x1b[?1049h" in seen and seen.rstrip().endswith("\x1b[?1049l")
