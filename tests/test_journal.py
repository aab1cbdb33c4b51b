"""ciaos journal dump and tail: what has happened, also while a node writes, and where rows are damaged."""

import json
import os
import signal
import sqlite3
import subprocess

from client import Client
from node import PROGRAM

TIMEOUT_SECONDS = 60


def journal(node, *arguments):
    done = subprocess.run(
        ["dotnet", PROGRAM, "journal", *arguments, "--data", node.data],
        capture_output=True, text=True, timeout=TIMEOUT_SECONDS, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout, done.stderr


def objects(output):
    return [json.loads(line) for line in output.splitlines()]


def write_all_kinds(node):
    client = Client(node.url, "me")
    assert client.put("cats", [b"x" * 5000, b"", b"y"]).status_code == 200
    assert client.append("cats", [b"more"]).status_code == 200
    assert client.raw("PUT", "dog", data=b"w" * 100, headers={"Content-Type": "text/x"}).status_code == 201
    for i in range(12):
        assert client.update_key("dog" if i == 0 else f"dog{i - 1}", f"dog{i}").status_code == 200
    assert client.delete("dog11").status_code == 200


def files(node):
    found = {}
    for folder, _, names in os.walk(node.data):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                found[os.path.relpath(os.path.join(folder, name), node.data)] = file.read()
    return found


def test_all_kinds_of_events_are_shown_while_the_node_runs(make_node):
    node = make_node().start()
    write_all_kinds(node)
    code, output, errors = journal(node, "dump", "--json")
    assert code == 0, errors
    events = objects(output)
    assert [event["position"] for event in events] == sorted(event["position"] for event in events)
    assert {"volume-created", "index-created", "bucket-created", "object-put", "object-appended", "rename-started",
            "object-renamed-from", "object-renamed-to", "object-deleted"} <= {each["manifest"] for each in events}
    put = next(each for each in events if each["manifest"] == "object-put" and each["event"]["key"] == "cats")
    assert (put["event"]["owner"], put["event"]["sizeBytes"], put["event"]["files"]) == ("me", 5001, 3)
    assert [segment["length"] for segment in put["event"]["segments"]] == [5000, 0, 1]
    raw = next(each for each in events if each["manifest"] == "object-put" and each["event"]["key"] == "dog")
    assert raw["event"]["metadata"]["content-type"] == "text/x"
    code, output, _ = journal(node, "dump", "--verbose")
    assert code == 0
    assert 'bucket 1 (me) "cats": 5,001 bytes in 3 files, 3 segments' in output
    assert '"content-type" = "text/x"' in output
    assert f"{put['event']['segments'][0]['needle']}, 5000 bytes" in output


def test_a_part_can_be_chosen(make_node):
    node = make_node().start()
    write_all_kinds(node)
    everything = objects(journal(node, "dump", "--json")[1])
    assert objects(journal(node, "tail", "-n", "3", "--json")[1]) == everything[-3:]
    assert objects(journal(node, "dump", "--json", "--limit", "4")[1]) == everything[:4]
    middle = everything[7]["position"]
    assert objects(journal(node, "dump", "--json", "--after", str(middle))[1]) == everything[8:]
    stream = everything[-1]["stream"]
    of_stream = [event for event in everything if event["stream"] == stream]
    assert objects(journal(node, "dump", "--json", "--stream", stream)[1]) == of_stream
    assert objects(journal(node, "tail", "--json", "-n", "1", "--stream", stream)[1]) == of_stream[-1:]


def test_tail_follows_what_a_node_writes_until_it_is_told_to_stop(make_node):
    node = make_node().start()
    client = Client(node.url, "me")
    assert client.raw("PUT", "before", data=b"1").status_code == 201
    tail = subprocess.Popen(
        ["dotnet", PROGRAM, "journal", "tail", "--follow", "--json", "-n", "1", "--data", node.data],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
        # A shell has its background jobs ignore the interrupt, and this process may run in one.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
    try:
        assert json.loads(tail.stdout.readline())["event"]["key"] == "before"
        for number in range(20):
            assert client.raw("PUT", f"key {number}", data=b"1").status_code == 201
            assert json.loads(tail.stdout.readline())["event"]["key"] == f"key {number}"
        tail.send_signal(signal.SIGINT)
        assert tail.wait(TIMEOUT_SECONDS) == 0
    finally:
        tail.kill()


def test_nothing_is_changed_whether_the_node_was_stopped_or_killed(make_node):
    node = make_node().start()
    write_all_kinds(node)
    node.kill()
    before = files(node)
    assert len(before["journal.db-wal"]) > 0
    assert journal(node, "dump")[0] == 0
    after = files(node)
    for kind in (before, after):
        kind.pop("journal.db-shm")  # every reader makes it anew
    assert after == before
    node.start()
    assert node.stop() == 0
    before = files(node)
    code, output, _ = journal(node, "dump")
    assert code == 0 and "object-put" in output
    assert files(node) == before


def test_what_cannot_be_understood_is_shown_and_the_rest_too(make_node):
    node = make_node().start()
    write_all_kinds(node)
    assert node.stop() == 0
    everything = objects(journal(node, "dump", "--json")[1])
    damaged = [event["position"] for event in everything if event["stream"].startswith("index-shard-")][:4]
    with sqlite3.connect(os.path.join(node.data, "journal.db")) as database:
        for change, position in zip(
                ["manifest = 'object-bought'", "message = x'01'", "message = 7", "identifier = 4711"], damaged):
            database.execute(f"UPDATE journal SET {change} WHERE ordering = ?", (position,))
    database.close()
    code, output, _ = journal(node, "dump", "--json")
    events = objects(output)
    assert code == 1
    assert [event["position"] for event in events] == [event["position"] for event in everything]
    bad = {event["position"]: event for event in events if "problem" in event}
    assert sorted(bad) == damaged
    assert "no event of this name" in bad[damaged[0]]["problem"]
    assert bad[damaged[1]]["payload"] == "AQ=="
    assert "message" in bad[damaged[2]]["problem"]
    assert "4711" in bad[damaged[3]]["problem"]
    code, output, _ = journal(node, "dump")
    assert code == 1 and output.count("NOT UNDERSTOOD") == 4
    assert journal(node, "tail", "-n", "3")[0] == 0


def test_a_reader_that_goes_ends_it_silently(make_node):
    node = make_node().start()
    write_all_kinds(node)
    assert node.stop() == 0
    with sqlite3.connect(os.path.join(node.data, "journal.db")) as database:
        database.execute("""
            WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
            INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier)
            SELECT created, 0, 'copies', i, message, manifest, identifier FROM journal, n WHERE ordering = 5""")
        database.execute("UPDATE journal SET message = x'00' WHERE sequence_number = 200000")  # it would end with 1
    database.close()
    done = subprocess.run(
        f"set -o pipefail; dotnet {PROGRAM} journal dump --data {node.data} | head -n 3",
        shell=True, executable="/bin/bash", capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    assert (done.returncode, len(done.stdout.splitlines()), done.stderr) == (0, 3, "")


def test_it_says_when_there_is_no_journal(make_node):
    node = make_node()
    code, output, errors = journal(node, "dump")
    assert (code, output) == (2, "")
    assert errors == f"ciaos: There is no journal database {node.data}/journal.db\n"
    assert os.listdir(node.data) == []
    sqlite3.connect(os.path.join(node.data, "journal.db")).execute("CREATE TABLE other (x)").connection.close()
    code, _, errors = journal(node, "tail")
    assert code == 2 and "holds no journal" in errors
    assert journal(node, "tail", "-n", "-1")[0] != 0
