"""Batches against single requests, from one Python process with requests, on a node that it starts.

    /usr/bin/python3 tests/batch_speed.py [OBJECTS [BYTES]]

20,000 objects of 10 KiB by default, all read in an order of chance. What a batch brings is checked byte by byte once;
the rounds that are timed read the frames and count them. Medians of three rounds, of which single requests have one.
"""

import json
import os
import random
import statistics
import sys
import tempfile
import time

import requests

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import batches  # noqa: E402 (the path is set above)
from node import Node  # noqa: E402

ROUNDS = 3
BATCH = 10_000
SINGLES = 2000


def timed(count, work):
    began = time.monotonic()
    work()
    return count / (time.monotonic() - began)


def count_frames(session, url, body):
    """As little as Python can do: one read of everything, then from head to head."""
    answer = session.post(f"{url}/batch/get", data=body)
    view, at, frames = memoryview(answer.content), 0, 0
    while True:
        kind, status, index, files, size = batches.HEAD.unpack_from(view, at)
        if kind == batches.END:
            assert frames == index and at + batches.HEAD.size == len(view)
            return frames
        assert status == 200
        at += batches.HEAD.size + 8 * files + size
        frames += 1


def drain(session, url, body):
    """What the node can send: nobody looks at it."""
    with session.post(f"{url}/batch/get", data=body, stream=True) as answer:
        while answer.raw.read(1 << 20):
            pass


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    size = int(sys.argv[2]) if len(sys.argv) > 2 else 10 * 1024
    dice = random.Random(1)
    data = dice.randbytes(size + 64)
    objects = {f"data/{i:07d}": data[i % 64:i % 64 + size] for i in range(count)}
    with tempfile.TemporaryDirectory() as folder:
        node = Node(folder).start()
        try:
            measure(node, objects, dice)
        finally:
            node.stop()


def measure(node, objects, dice):
    session, url, keys = requests.Session(), node.url, list(objects)
    session.headers["User"] = "me"
    bodies = [batches.put_body([(batches.UPSERT, key, [objects[key]]) for key in keys[at:at + BATCH]])
              for at in range(0, len(keys), BATCH)]

    def put_all():
        for body in bodies:
            assert all(result["status"] in (200, 201)
                       for result in session.post(f"{url}/batch/put", data=body).json()["results"])

    def put_singles():
        for key in keys[:SINGLES]:
            assert session.put(f"{url}/raw/{key}", data=objects[key]).status_code == 200

    def get_singles():
        for key in keys[:SINGLES]:
            assert session.get(f"{url}/raw/{key}").content == objects[key]

    puts = statistics.median(timed(len(keys), put_all) for _ in range(ROUNDS))
    dice.shuffle(keys)
    body = json.dumps({"keys": keys}).encode()
    with session.post(f"{url}/batch/get", data=body, stream=True) as answer:
        assert sum(files == [objects[keys[index]]] for index, _, files in batches.read(answer.raw)) == len(keys)
    gets = statistics.median(timed(len(keys), lambda: count_frames(session, url, body)) for _ in range(ROUNDS))
    sent = statistics.median(timed(len(keys), lambda: drain(session, url, body)) for _ in range(ROUNDS))
    rows = [
        ("put, one by one", timed(SINGLES, put_singles)), (f"put, batches of {BATCH}", puts),
        ("get, one by one", timed(SINGLES, get_singles)), ("get, one batch", gets),
        ("get, one batch, nobody looks", sent),
    ]
    mib = len(objects[keys[0]]) / 2**20
    for name, rate in rows:
        print(f"{name:32}{rate:10,.0f} /s{rate * mib:10,.1f} MiB/s")
    print(f"{'peak memory of the node':32}{node.memory_bytes('VmHWM') / 2**20:10,.0f} MiB")
    print("load average", os.getloadavg()[0])


if __name__ == "__main__":
    main()
