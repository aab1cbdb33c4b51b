"""Stops, restarts, and what a node finds when it starts. Kills under load are in test_kills.py."""

import random
import threading
import time

import filelists
from client import Client


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
