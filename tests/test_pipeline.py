"""The example pipeline: one namespace copied into another while both are written to, and killed in between."""

import contextlib
import itertools
import json
import os
import random
import signal
import subprocess
import threading
import time

from client import Client
from node import ROOT

PROGRAM = os.path.join(ROOT, "examples/CopyNamespace/bin/Release/net10.0/CopyNamespace.dll")
PATIENCE_SECONDS = 60
LARGE_BYTES = 6_000_000

_pairs = itertools.count(1)


class Pipeline:
    def __init__(self, node, folder, *options):
        number = next(_pairs)
        self.source = Client(node.url, f"pipeline-source-{number}")
        self.target = Client(node.url, f"pipeline-target-{number}")
        self.positions = str(folder / "positions")
        self.command = [
            "dotnet", PROGRAM, "--source", node.url, "--source-user", f"pipeline-source-{number}",
            "--target-user", f"pipeline-target-{number}", "--positions", self.positions, *options]

    @contextlib.contextmanager
    def started(self):
        process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        try:
            yield process
        finally:
            process.kill()
            process.communicate()

    def run_once(self):
        return subprocess.run(
            [*self.command, "--once"], capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)

    def remembered(self):
        try:
            with open(self.positions, encoding="utf-8") as file:
                return json.load(file)["Positions"]
        except FileNotFoundError:
            return {"Source": "", "Target": ""}


def wait_for(condition, what):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def content(client):
    """All that a user has: the files of every key, and its content type."""
    found, after = {}, ""
    while after is not None:
        page = client.list(after=after)
        for entry in page["objects"]:
            key, files = entry["key"], client.files(entry["key"])
            if files is None:
                continue  # deleted since it was listed
            head = client.raw("HEAD", key) if len(files) == 1 else None
            found[key] = (files, head.headers.get("Content-Type") if head is not None else None)
        after = page["next"]
    return found


def difference(source, target):
    return sorted(key for key in source.keys() | target.keys() if source.get(key) != target.get(key))


class Writer(threading.Thread):
    """Does whatever can be done to some keys, until it is told to stop."""

    def __init__(self, client, seed, disturbs=False):
        super().__init__(daemon=True)
        self.client = Client(client.url, client.session.headers["User"])
        self.random = random.Random(seed)
        self.disturbs = disturbs
        self.stopped = threading.Event()
        self.writes = 0
        self.failure = None

    def run(self):
        try:
            while not self.stopped.is_set():
                self.write()
                self.writes += 1
                time.sleep(0.01 if not self.disturbs else 0.05)
        except Exception as failure:  # told by the test, which looks at it
            self.failure = failure

    def write(self):
        chance, key = self.random.random(), f"k{self.random.randrange(40)}/ä b"
        data = self.random.randbytes(self.random.randrange(20_000))
        if chance < 0.35:
            answer = self.client.raw("PUT", key, data=data, headers={"Content-Type": f"test/{len(data) % 7}"})
        elif chance < 0.5:
            answer = self.client.put(key, [data, b"", data[:10]])
        elif chance < 0.65:
            answer = self.client.append(key, [data])
        elif chance < 0.75:
            answer = self.client.update(key, [data, data])
        elif chance < 0.9 or self.disturbs:
            answer = self.client.delete(key)
        elif chance < 0.98:
            answer = self.client.session.put(
                f"{self.client.url}/update_key/{key.replace('/', '%2F')}/k{self.random.randrange(40)}%2F%C3%A4 b")
        else:
            answer = self.client.raw("PUT", key, data=self.random.randbytes(LARGE_BYTES))
        assert answer.status_code in (200, 201, 400, 404, 409), answer.text

    def finish(self):
        self.stopped.set()
        self.join(PATIENCE_SECONDS)
        assert self.failure is None and not self.is_alive(), self.failure


def test_two_namespaces_end_equal_though_both_are_written_to_and_the_pipeline_is_killed(node, tmp_path):
    pipeline = Pipeline(node, tmp_path, "--mirror")
    pipeline.target.raw("PUT", "left over", data=b"from before")
    writers = [Writer(pipeline.source, 1), Writer(pipeline.source, 2), Writer(pipeline.target, 3, disturbs=True)]
    for key in range(200):
        pipeline.source.raw("PUT", f"there before/{key}", data=b"x" * key)
    for writer in writers:
        writer.start()

    for _ in range(2):
        with pipeline.started() as process:
            seen = [pipeline.remembered()]

            def moves_on():
                assert process.poll() is None, process.stdout.read()
                if pipeline.remembered() != seen[-1]:
                    seen.append(pipeline.remembered())
                return len(seen) > 4

            wait_for(moves_on, "The pipeline does not move on")
            process.send_signal(signal.SIGKILL)
            process.wait()

    with pipeline.started() as process:
        written = [writer.writes for writer in writers]
        wait_for(lambda: all(w.writes > before + 5 for w, before in zip(writers, written)), "The writers do not write")
        for writer in writers:
            writer.finish()
        source = content(pipeline.source)
        wait_for(lambda: not difference(source, content(pipeline.target)), "The two stay different")
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0, process.stdout.read()

    assert len(source) > 200
    assert any(len(files) > 1 for files, _ in source.values())
    assert pipeline.run_once().returncode == 0
    assert content(pipeline.source) == source == content(pipeline.target)


def test_what_others_keep_at_the_target_stays_unless_it_is_to_be_a_mirror(node, tmp_path):
    pipeline = Pipeline(node, tmp_path, "--prefix", "a/")
    pipeline.source.put("a/several", [b"1", b"", b"333"])
    pipeline.source.raw("PUT", "a/one", data=b"x" * LARGE_BYTES, headers={"Content-Type": "image/png"})
    pipeline.source.raw("PUT", "b/other", data=b"not asked for")
    pipeline.target.raw("PUT", "a/theirs", data=b"theirs")
    pipeline.target.raw("PUT", "a/one", data=b"theirs")
    answer = pipeline.run_once()
    assert answer.returncode == 0, answer.stderr
    assert content(pipeline.target) == {
        "a/several": ([b"1", b"", b"333"], None),
        "a/one": ([b"x" * LARGE_BYTES], "image/png"),
        "a/theirs": ([b"theirs"], "application/octet-stream"),
    }

    # What is copied already is not copied again; what is new is, and what others did to it is undone.
    pipeline.source.delete("a/several")
    pipeline.target.delete("a/one")
    answer = pipeline.run_once()
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("Copied 1 objects of 6000000 bytes, deleted 1"), answer.stdout
    assert sorted(content(pipeline.target)) == ["a/one", "a/theirs"]


def test_a_pipeline_that_is_told_of_another_copy_or_finds_no_node_says_so(node, tmp_path):
    pipeline = Pipeline(node, tmp_path)
    assert pipeline.run_once().returncode == 0
    before = pipeline.remembered()
    other = Pipeline(node, tmp_path)
    answer = other.run_once()
    assert answer.returncode == 1 and "remembers another copy" in answer.stderr
    assert pipeline.remembered() == before
    with open(pipeline.positions, "w", encoding="utf-8") as file:
        file.write("{")
    answer = pipeline.run_once()
    assert answer.returncode == 1 and "is no file of positions" in answer.stderr
