"""ciaos fsck with the real command: exit codes, the report for people and for programs, and that it changes nothing."""

import glob
import json
import os
import random
import sqlite3
import subprocess

from client import Client
from node import PROGRAM

TIMEOUT_SECONDS = 120
SETTINGS = ("ciaos.volumes.max-volume-bytes=1MiB", "ciaos.objects.chunk-size=64KiB")


def fsck(node, *arguments):
    done = subprocess.run(
        ["dotnet", PROGRAM, "fsck", "--data", node.data, *arguments],
        capture_output=True, text=True, timeout=TIMEOUT_SECONDS, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def report(node, *arguments):
    code, output, errors = fsck(node, "--json", *arguments)
    assert output, errors
    return code, json.loads(output)


def contents(node):
    """All files but those that SQLite makes anew for every reader."""
    found = {}
    for name in glob.glob(os.path.join(node.data, "**"), recursive=True):
        if os.path.isfile(name) and not name.endswith("-shm"):
            with open(name, "rb") as file:
                found[name] = file.read()
    return found


def write(node, operations=300):
    dice, client, state = random.Random(5), Client(node.url, "me"), {}
    for _ in range(operations):
        key = f"key {dice.randrange(40)}"
        files = [dice.randbytes(dice.choice([0, 10, 5000, 100_000])) for _ in range(dice.choice([1, 1, 4]))]
        action = dice.choice(["append", "update", "delete", "rename"]) if key in state else "put"
        if action == "rename":
            new = f"key {dice.randrange(40)}"
            if new in state:
                continue
            assert client.update_key(key, new).status_code == 200
            state[new] = state.pop(key)
        elif action == "delete":
            assert client.delete(key).status_code == 200
            del state[key]
        else:
            assert getattr(client, action)(key, files).status_code == 200
            state[key] = (state[key] if action == "append" else []) + files
    return state


def test_a_running_node_is_not_checked_and_a_stopped_or_killed_one_is_clean(make_node):
    node = make_node(*SETTINGS).start()
    state = write(node)
    code, output, errors = fsck(node)
    assert (code, output) == (2, "") and "another node" in errors
    for end in (node.kill, node.stop):
        if node.process is None:
            node.start()
        end()
        before = contents(node)
        code, found = report(node)
        assert (code, found["isClean"], found["advice"], found["problems"]) == (0, True, "nothing", []), found
        assert found["keys"] == len(state)
        assert found["keyBytes"] == sum(len(file) for files in state.values() for file in files)
        assert found["total"]["fileBytes"] == sum(
            len(data) for name, data in before.items() if name.endswith(".vol"))
        assert report(node, "--quick")[0] == 0
        code, output, _ = fsck(node)
        assert code == 0 and output.rstrip().endswith("CLEAN")
        assert contents(node) == before


def test_problems_are_named_with_what_to_do(make_node):
    node = make_node(*SETTINGS).start()
    write(node)
    assert node.stop() == 0
    with sqlite3.connect(os.path.join(node.data, "catalog.db")) as catalog:
        (key,) = catalog.execute("SELECT key FROM object LIMIT 1").fetchone()
        catalog.execute("DELETE FROM object WHERE key = ?", (key,))
    catalog.close()
    before = contents(node)
    code, found = report(node)
    assert (code, found["advice"], found["counts"]) == (1, "remake-catalog", {"catalog-row-missing": 1})
    assert (found["problems"][0]["kind"], found["problems"][0]["key"]) == ("catalog-row-missing", key.decode())
    assert contents(node) == before
    for name in glob.glob(os.path.join(node.data, "catalog.db*")):
        os.remove(name)
    assert report(node)[0] == 0
    node.start()
    assert node.stop() == 0
    code, found = report(node)
    assert (code, found["notes"]) == (0, [])

    # How events and data share the volumes depends on timing: the last ones may be small.
    volumes = sorted(glob.glob(os.path.join(node.data, "volumes", "*.vol")))
    volume = [name for name in volumes if os.path.getsize(name) > 600_000][-2]
    with open(volume, "r+b") as file:
        file.seek(500_000)
        byte = file.read(1)
        file.seek(500_000)
        file.write(bytes([byte[0] ^ 4]))
    code, output, _ = fsck(node)
    assert code == 1
    assert "volume-damaged: 1" in output and "NOT CLEAN" in output
    os.remove(volume)
    code, found = report(node)
    assert (code, found["advice"]) == (1, "restore")
    assert found["counts"]["volume-missing"] == 1 and found["counts"]["segment-missing"] > 0


def test_what_is_damaged_in_the_journal_a_rebuild_makes_good(make_node):
    node = make_node(*SETTINGS).start()
    state = write(node)
    assert node.stop() == 0
    with sqlite3.connect(os.path.join(node.data, "journal.db")) as journal:
        position, message = journal.execute(
            "SELECT ordering, message FROM journal WHERE manifest = 'object-put' LIMIT 1").fetchone()
        journal.execute("UPDATE journal SET message = ? WHERE ordering = ?",
                        (message[:-1] + bytes([message[-1] ^ 1]), position))
    journal.close()
    code, found = report(node)
    assert (code, found["advice"]) == (1, "rebuild-index")
    assert found["problems"][0]["kind"] in ("event-differs", "event-unreadable")
    done = subprocess.run(
        ["dotnet", PROGRAM, "rebuild-index", "--force", "--data", node.data],
        capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    assert done.returncode == 0, done.stdout + done.stderr
    code, found = report(node)
    assert (code, found["keys"]) == (0, len(state)), found["problems"]
    node.start()
    client = Client(node.url, "me")
    assert all(client.files(key) == files for key, files in state.items())
    assert node.stop() == 0
    assert report(node)[0] == 0


def test_it_says_when_there_is_no_store(make_node, tmp_path):
    node = make_node()
    code, output, errors = fsck(node)
    assert (code, output) == (2, "") and "no store" in errors
    node.data = str(tmp_path / "nowhere")
    code, _, errors = fsck(node)
    assert code == 2 and "no folder" in errors
    assert not os.path.exists(node.data)
    assert fsck(node, "--set", "ciaos.dat=1")[0] == 2
