"""kill -9 in the middle of a mixed load: what was acknowledged is there, and nothing is there by half."""

import random
import threading
import time

import requests

import filelists
from client import Client

WRITERS = 6
ROUNDS = 3


class Writer(threading.Thread):
    """Changes keys of its own, one request at a time, and knows what must be there: what the last acknowledged request
    made, or what the one without an answer would have made."""

    def __init__(self, url, number, state, seed):
        super().__init__()
        self.url = url
        self.user = f"writer {number}"
        self.state = state
        self.dice = random.Random(seed)
        self.pending = None
        self.acknowledged = 0
        self.error = None

    def run(self):
        client = Client(self.url, self.user)
        try:
            while True:
                after, send = self.choose(client)
                self.pending = after
                answer = send()
                if answer.status_code not in (200, 201):
                    raise AssertionError(f"{answer.status_code} {answer.text}")
                self.state, self.pending = after, None
                self.acknowledged += 1
        except requests.exceptions.RequestException:
            pass
        except Exception as error:  # shown by the test
            self.error = error

    def choose(self, client):
        """The next request, and what the keys hold behind it."""
        state = dict(self.state)
        key = f"key {self.dice.randrange(8)}"
        size = self.dice.choice([0, 10, 1000, 100_000, 5_000_000])
        files = [self.dice.randbytes(size), b"end"]
        if key not in state:
            if self.dice.random() < 0.3:
                state[key] = [files[0]]
                return state, lambda: client.raw("PUT", key, data=files[0])
            state[key] = files
            return state, lambda: client.put(key, files)
        action = self.dice.choice(["append", "append", "update", "rename", "delete"])
        if action == "append":
            state[key] = state[key] + [files[0][:1000]]
            return state, lambda: client.append(key, [files[0][:1000]])
        if action == "update":
            state[key] = files
            return state, lambda: client.update(key, files)
        if action == "delete":
            del state[key]
            return state, lambda: client.delete(key)
        free = [f"key {i}" for i in range(8) if f"key {i}" not in state]
        if not free:
            del state[key]
            return state, lambda: client.delete(key)
        state[free[0]] = state.pop(key)
        return state, lambda: client.update_key(key, free[0])


def contents(url, user):
    client = Client(url, user)
    found = {}
    for each in client.list()["objects"]:
        found[each["key"]] = client.files(each["key"])
        assert each["files"] == len(found[each["key"]])
        assert each["size"] == sum(map(len, found[each["key"]]))
    return found


def test_every_acknowledged_write_survives_a_kill(make_node):
    node = make_node()
    states = [{} for _ in range(WRITERS)]
    acknowledged = 0
    for round_ in range(ROUNDS):
        node.start()
        writers = [Writer(node.url, number, states[number], 100 * round_ + number) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(1.5 + 0.37 * round_)
        node.kill()
        for writer in writers:
            writer.join()
            assert writer.error is None, writer.error
        node.start()
        for number, writer in enumerate(writers):
            found = contents(node.url, writer.user)
            possible = [writer.state] + ([writer.pending] if writer.pending is not None else [])
            assert found in possible, (writer.user, sorted(found), [sorted(each) for each in possible])
            states[number] = found
            acknowledged += writer.acknowledged
        node.kill()
    assert acknowledged > WRITERS * ROUNDS * 3


def test_a_stopped_node_finishes_what_it_has_begun(make_node):
    node = make_node().start()
    client = Client(node.url, "me")
    body = random.Random(1).randbytes(20_000_000)
    started = threading.Event()

    def slow_body():
        for at in range(0, len(body), 1_000_000):
            yield body[at:at + 1_000_000]
            started.set()
            time.sleep(0.05)

    answers = []
    upload = threading.Thread(target=lambda: answers.append(client.raw("PUT", "key", data=slow_body())))
    upload.start()
    started.wait()
    assert node.stop() == 0, node.log()
    upload.join()
    assert answers and answers[0].status_code == 201
    node.start()
    assert Client(node.url, "me").raw("GET", "key").content == body


def test_a_second_node_on_the_same_data_is_refused(make_node):
    first = make_node().start()
    second = make_node()
    try:
        second.start()
        raise AssertionError("two nodes on one folder")
    except RuntimeError:
        pass
    assert Client(first.url, "me").put("key", [b"x"]).status_code == 200


def test_a_restart_keeps_order_sizes_and_tags(make_node):
    node = make_node().start()
    client = Client(node.url, "me")
    for i in range(50):
        client.put(f"key {i:02}", [b"x" * i])
        client.append(f"key {i:02}", [b"y"])
    before = client.list()
    assert node.stop() == 0, node.log()
    node.start()
    assert Client(node.url, "me").list() == before
    assert filelists.read(Client(node.url, "me").get("key 10").content)[1] == b"y"
