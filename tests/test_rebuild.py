"""ciaos rebuild-index: journal and catalog deleted, every key comes back byte for byte, and no deleted one."""

import glob
import json
import os
import random
import subprocess
import threading
import time

import requests

from client import Client
from node import PROGRAM

OPERATIONS = 3000
THREADS = 8


class Worker(threading.Thread):
    """Changes keys of a user of its own in every way, and knows what they hold."""

    def __init__(self, url, number, operations, before=None):
        super().__init__()
        self.client = Client(url, f"user {number}")
        self.operations = operations
        self.dice = random.Random(number if before is None else 100 + number)
        self.state = {} if before is None else before.state
        self.deleted = set() if before is None else before.deleted
        self.error = None

    def run(self):
        try:
            for _ in range(self.operations):
                self.step()
        except Exception as error:  # shown by the test
            self.error = error

    def step(self):
        dice, state = self.dice, self.state
        key = f"key {dice.randrange(200)}"
        files = [dice.randbytes(dice.choice([0, 1, 100, 5000])) for _ in range(dice.choice([1, 1, 1, 3]))]
        if dice.random() < 0.002:
            files.append(dice.randbytes(9_000_000))
        if key not in state:
            if dice.random() < 0.5:
                self.check(self.client.raw("PUT", key, data=files[0], headers={"Content-Type": "text/x"}))
                state[key] = [files[0]]
            else:
                self.check(self.client.put(key, files))
                state[key] = files
            self.deleted.discard(key)
            return
        action = dice.choice(["append", "append", "update", "raw", "delete", "rename", "rename", "refused"])
        if action == "append":
            self.check(self.client.append(key, files))
            state[key] = state[key] + files
        elif action == "update":
            self.check(self.client.update(key, files))
            state[key] = files
        elif action == "raw":
            self.check(self.client.raw("PUT", key, data=files[0]))
            state[key] = [files[0]]
        elif action == "delete":
            self.check(self.client.delete(key))
            del state[key]
            self.deleted.add(key)
        elif action == "rename":
            new = f"key {dice.randrange(200)}"
            if new in state:
                assert self.client.update_key(key, new).status_code == 409
                return
            self.check(self.client.update_key(key, new))
            state[new] = state.pop(key)
            self.deleted.add(key)
            self.deleted.discard(new)
        else:
            assert self.client.put(key, files).status_code == 400
            answer = self.client.raw("PUT", key, data=files[0], headers={"If-Match": '"none"'})
            assert answer.status_code == 412

    @staticmethod
    def check(answer):
        assert answer.status_code in (200, 201), f"{answer.status_code} {answer.text}"


def rebuild(node, *options):
    """Exit code and report of the command on the folder of a node that does not run."""
    done = subprocess.run(
        ["dotnet", PROGRAM, "rebuild-index", "--data", node.data, "--json", *options],
        capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
    return done.returncode, json.loads(done.stdout) if done.stdout.strip() else {}, done.stderr


def delete_index(node):
    for name in glob.glob(os.path.join(node.data, "journal.db*")) + glob.glob(os.path.join(node.data, "catalog.db*")):
        os.remove(name)


def load(node, operations, before=(None,) * THREADS):
    """Eight clients at once; they go on where those before ended."""
    workers = [Worker(node.url, number, operations // THREADS, before[number]) for number in range(THREADS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
        assert worker.error is None, worker.error
    return workers


def contents(url, user):
    client = Client(url, user)
    found = {each["key"]: client.files(each["key"]) for each in client.list(limit=1000)["objects"]}
    return found


def compare(node, workers):
    for worker in workers:
        user = worker.client.session.headers["User"]
        assert contents(node.url, user) == worker.state
        client = Client(node.url, user)
        assert all(client.get(key).status_code == 404 for key in worker.deleted)


def test_every_key_comes_back_and_no_deleted_one_after_a_kill(make_node):
    node = make_node("ciaos.volumes.max-volume-bytes=16MiB").start()
    workers = load(node, OPERATIONS)
    node.kill()
    before = {name: open(name, "rb").read() for name in glob.glob(os.path.join(node.data, "volumes", "*.vol"))}
    delete_index(node)
    code, report, errors = rebuild(node)
    assert (code, report["isComplete"]) == (0, True), (report, errors)
    assert report["keys"] == sum(len(worker.state) for worker in workers)
    assert report["liveBytes"] == sum(len(file) for worker in workers for files in worker.state.values()
                                      for file in files)
    assert before == {name: open(name, "rb").read() for name in before}
    node.start()
    compare(node, workers)
    workers = load(node, 400, workers)
    node.kill()
    delete_index(node)
    assert rebuild(node, "--verify")[0] == 0
    node.start()
    compare(node, workers)


def test_a_rebuilt_store_goes_on_and_can_be_rebuilt_again(make_node):
    node = make_node().start()
    client = Client(node.url, "me")
    for i in range(50):
        client.raw("PUT", f"key {i}", data=b"one")
    tag = client.raw("GET", "key 7").headers["ETag"]
    assert node.stop() == 0
    for round_ in range(3):
        delete_index(node)
        assert rebuild(node)[0] == 0
        node.start()
        client = Client(node.url, "me")
        assert client.raw("GET", "key 7").headers["ETag"] == tag
        assert client.raw("GET", "key 0").content == (b"one" if round_ == 0 else b"changed %d" % (round_ - 1))
        client.raw("PUT", "key 0", data=b"changed %d" % round_)
        node.kill()
    delete_index(node)
    assert rebuild(node)[0] == 0
    node.start()
    assert Client(node.url, "me").raw("GET", "key 0").content == b"changed 2"


def test_it_refuses_where_there_is_a_journal_and_force_moves_it_aside(make_node):
    node = make_node().start()
    Client(node.url, "me").raw("PUT", "key", data=b"x")
    code, _, errors = rebuild(node)
    assert code == 2 and "node" in errors
    assert node.stop() == 0
    code, _, errors = rebuild(node)
    assert code == 2 and "--force" in errors and "journal.db" in errors
    code, report, errors = rebuild(node, "--force", "--verify")
    assert code == 0, errors
    assert len(glob.glob(os.path.join(node.data, "journal.db.replaced-*"))) == 1
    assert len(report["movedAside"]) >= 2
    node.start()
    assert Client(node.url, "me").raw("GET", "key").content == b"x"


def test_what_a_missing_volume_held_is_reported_and_the_rest_comes_back(make_node):
    node = make_node("ciaos.volumes.max-volume-bytes=1MiB", "ciaos.objects.chunk-size=64KiB").start()
    client = Client(node.url, "me")
    bodies = {f"key {i}": random.Random(i).randbytes(50_000) for i in range(100)}
    for key, body in bodies.items():
        client.raw("PUT", key, data=body)
    assert node.stop() == 0
    delete_index(node)
    volumes = sorted(glob.glob(os.path.join(node.data, "volumes", "*.vol")))
    assert len(volumes) > 4
    os.remove(volumes[1])
    code, report, _ = rebuild(node)
    assert code == 1
    assert report["missingVolumes"] == [2]
    node.start()
    client = Client(node.url, "me" if not report["recoveredBuckets"] else report["recoveredBuckets"][0]["owner"])
    found = {each["key"] for each in client.list()["objects"]}
    assert 0 < len(found) < 100
    assert all(client.raw("GET", key).content == bodies[key] for key in found)
    lost = {each["key"] for each in report["lost"]}
    assert not lost & found
    client.raw("PUT", "new", data=b"goes on")
    assert client.raw("GET", "new").content == b"goes on"


def test_a_rebuild_that_is_killed_leaves_no_journal_or_the_whole_one(make_node):
    node = make_node().start()
    workers = load(node, 2000)
    node.kill()
    delete_index(node)
    for milliseconds in (200, 300, 400, 500, 700):
        started = subprocess.Popen(
            ["dotnet", PROGRAM, "rebuild-index", "--data", node.data],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(milliseconds / 1000)
        started.kill()
        started.wait()
        if os.path.exists(os.path.join(node.data, "journal.db")):
            break
    else:
        assert rebuild(node)[0] == 0
    node.start()
    compare(node, workers)
