"""ciaos backup: a copy of a node that is written to is a node as it was at one moment."""

import json
import os
import random
import shutil
import subprocess
import threading

import requests
from node import PROGRAM, Node

USER = {"User": "me"}
SMALL_VOLUMES = ["ciaos.volumes.max-volume-bytes=1MiB", "ciaos.objects.chunk-size=64KiB"]


def ciaos(*arguments):
    return subprocess.run(
        ["dotnet", PROGRAM, *arguments], capture_output=True, text=True, timeout=300, stdin=subprocess.DEVNULL)


def backup(data, to, *more):
    done = ciaos("backup", "--data", str(data), "--to", str(to), "--json", *more)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def read_all(url):
    found, after = {}, ""
    with requests.Session() as session:
        while True:
            page = session.get(url + "/list", headers=USER, params={"after": after}, timeout=60).json()
            for entry in page["objects"]:
                answer = session.get(url + "/raw/" + entry["key"], headers=USER, timeout=60)
                assert answer.status_code == 200 and len(answer.content) == entry["size"]
                found[entry["key"]] = answer.content
            after = page["next"]
            if after is None:
                return found


class Writer(threading.Thread):
    """Writes, replaces, renames and deletes keys of its own; remembers what every key may hold."""

    def __init__(self, url, number):
        super().__init__(daemon=True)
        self.url, self.number, self.stopped = url, number, threading.Event()
        self.random = random.Random(number)
        self.settled = {}  # key -> bytes: acknowledged, and not touched since
        self.touched = set()
        self.writes = 0
        self.lock = threading.Lock()

    def run(self):
        with requests.Session() as session:
            while not self.stopped.is_set():
                self.step(session)
                self.writes += 1

    def step(self, session):
        key = f"w{self.number}-{self.random.randrange(60)}"
        choice = self.random.random()
        with self.lock:
            self.touched.add(key)
            known = self.settled.pop(key, None)
        if choice < 0.8 or known is None:
            body = self.random.randbytes(self.random.choice([10, 3000, 20000, 150000]))
            answer = session.put(f"{self.url}/raw/{key}", data=body, headers=USER, timeout=60)
            assert answer.status_code in (200, 201), answer.text
            self.settle(key, body)
        elif choice < 0.9:
            new = f"{key}-moved-{self.writes}"
            self.touched.add(new)
            answer = session.put(f"{self.url}/update_key/{key}/{new}", headers=USER, timeout=60)
            assert answer.status_code == 200, answer.text
            self.settle(new, known)
        else:
            answer = session.delete(f"{self.url}/raw/{key}", headers=USER, timeout=60)
            assert answer.status_code == 200, answer.text

    def settle(self, key, body):
        with self.lock:
            self.settled[key] = body

    def snapshot(self):
        """What is settled now; from now on it is known which keys are touched."""
        with self.lock:
            self.touched = set()
            return dict(self.settled)


def test_backup_while_written_to_is_a_whole_store(tmp_path):
    live, first, second = tmp_path / "live", tmp_path / "first", tmp_path / "second"
    live.mkdir()
    node = Node(live, SMALL_VOLUMES).start()
    writers = [Writer(node.url, number) for number in range(4)]
    try:
        for writer in writers:
            writer.start()
        while sum(writer.writes for writer in writers) < 300:
            assert all(writer.is_alive() for writer in writers)
        backup(live, first)
        before = [writer.snapshot() for writer in writers]
        report = backup(live, second, "--previous", str(first))
        untouched = {
            key: body
            for writer, settled in zip(writers, before, strict=True)
            for key, body in settled.items() if key not in writer.touched
        }
    finally:
        for writer in writers:
            writer.stopped.set()
        for writer in writers:
            if writer.is_alive():
                writer.join()
        node.kill()
    assert report["problems"] == [] and report["volumesTaken"] > 0 and report["volumes"] > report["volumesTaken"]
    assert untouched, "no key was left alone during the backup"
    check = ciaos("fsck", "--data", str(second))
    assert check.returncode == 0, check.stdout
    assert not os.path.exists(str(second) + ".partial")

    restored = tmp_path / "restored"
    shutil.copytree(second, restored)
    copy = Node(restored, SMALL_VOLUMES).start()
    try:
        found = read_all(copy.url)
        assert {key: found.get(key) for key in untouched} == untouched
        for number in range(40):
            assert requests.put(
                f"{copy.url}/raw/after-{number}", data=b"%d" % number, headers=USER, timeout=60).status_code == 201
            found[f"after-{number}"] = b"%d" % number
        assert copy.stop() == 0
    finally:
        copy.kill()

    # The events that the node has written since have the numbers of those that the backup has left out.
    rebuilt = ciaos("rebuild-index", "--data", str(restored), "--force", "--json")
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    copy.start()
    try:
        assert read_all(copy.url) == found
    finally:
        copy.kill()


def test_backup_keeps_users_and_their_keys(tmp_path):
    live, saved = tmp_path / "live", tmp_path / "saved"
    live.mkdir()
    node = Node(live).start()
    try:
        assert requests.put(node.url + "/raw/one", data=b"1", headers=USER, timeout=60).status_code == 201
        credentials = (live / "root-credentials").read_text(encoding="utf-8")
        values = dict(line.split(" = ") for line in credentials.splitlines() if " = " in line)
        bearer = {"Authorization": f"Bearer {values['access_key']}:{values['secret_key']}"}
        made = requests.post(
            node.url + "/admin/v1/users", json={"name": "ada"}, headers=bearer, timeout=60)
        assert made.status_code in (200, 201), made.text
        backup(live, saved, "--verify")
        without = tmp_path / "without"
        backup(live, without, "--without-key")
        assert not (without / "identity.key").exists()
    finally:
        node.kill()
    assert os.stat(saved / "identity.key").st_mode & 0o777 == 0o600
    copy = Node(saved).start()
    try:
        users = requests.get(copy.url + "/admin/v1/users", headers=bearer, timeout=60)
        assert users.status_code == 200 and "ada" in users.text
        assert requests.get(copy.url + "/raw/one", headers=USER, timeout=60).content == b"1"
        assert copy.stop() == 0
    finally:
        copy.kill()


def test_backup_of_a_stopped_node_and_refusals(tmp_path):
    live, saved = tmp_path / "live", tmp_path / "saved"
    live.mkdir()
    node = Node(live).start()
    assert requests.put(node.url + "/raw/one", data=b"1", headers=USER, timeout=60).status_code == 201
    assert node.stop() == 0
    backup(live, saved)
    again = ciaos("backup", "--data", str(live), "--to", str(saved))
    assert again.returncode == 2 and "already" in again.stderr
    nothing = ciaos("backup", "--data", str(tmp_path / "none"), "--to", str(tmp_path / "x"))
    assert nothing.returncode == 2 and "no folder" in nothing.stderr
    previous = ciaos(
        "backup", "--data", str(live), "--to", str(tmp_path / "x"), "--previous", str(tmp_path / "none"))
    assert previous.returncode == 2 and "no earlier backup" in previous.stderr
    assert not (tmp_path / "x").exists()
