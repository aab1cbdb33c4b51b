#!/usr/bin/env python3
"""By hand: 100,000 keys with every kind of operation in their past, then rebuild-index, timed and compared.

    tests/rebuild_100k.py [KEYS] [FOLDER]
"""

import hashlib
import os
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from client import Client  # noqa: E402
from node import Node  # noqa: E402
from test_rebuild import delete_index, rebuild  # noqa: E402

THREADS = 8


def body(key, version):
    digest = hashlib.sha256(f"{key} {version}".encode()).digest()
    return digest * (1 + digest[0] // 8)


def write(url, number, keys, state, errors):
    """Every key is put; one in so many is also overwritten, appended to, renamed, deleted, or deleted and put again."""
    client = Client(url, f"user {number % 3}")
    try:
        for i in range(number, keys, THREADS):
            key = f"key {i}"
            files = [body(key, 0)]
            assert client.raw("PUT", key, data=files[0]).status_code == 201
            if i % 5 == 1:
                files = [body(key, 1)]
                assert client.raw("PUT", key, data=files[0]).status_code == 200
            if i % 7 == 2:
                files.append(body(key, 2))
                assert client.append(key, files[-1:]).status_code == 200
            if i % 11 == 3:
                key, old = f"renamed {i}", key
                assert client.update_key(old, key).status_code == 200
            if i % 13 == 4:
                assert client.delete(key).status_code == 200
                files = None
            if i % 26 == 4:
                files = [body(key, 3)]
                assert client.raw("PUT", key, data=files[0]).status_code == 201
            state[(number % 3, key)] = files
    except Exception as error:  # shown below
        errors.append(error)


def read(url, number, state, errors):
    client = Client(url, f"user {number % 3}")
    try:
        for at, ((user, key), files) in enumerate(sorted(state.items(), key=str)):
            if at % THREADS != number:
                continue
            client.session.headers["User"] = f"user {user}"
            answer = client.raw("GET", key)
            if files is None:
                assert answer.status_code == 404, key
            else:
                assert answer.content == b"".join(files), key
    except Exception as error:  # shown below
        errors.append(error)


def in_threads(action, *arguments):
    errors = []
    started = time.monotonic()
    threads = [threading.Thread(target=action, args=(arguments[0], n, *arguments[1:], errors)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors[0]
    return time.monotonic() - started


def main():
    keys = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        node = Node(folder).start()
        state = {}
        print(f"written in {in_threads(write, node.url, keys, state):.1f} s")
        node.kill()
        delete_index(node)
        started = time.monotonic()
        code, report, errors = rebuild(node)
        print(f"rebuilt in {time.monotonic() - started:.1f} s, exit code {code}")
        print({name: report[name] for name in
               ("volumes", "volumeBytes", "needles", "events", "keys", "liveBytes", "isComplete", "seconds")})
        assert code == 0, errors
        assert report["keys"] == sum(files is not None for files in state.values())
        node.start()
        print(f"every key compared in {in_threads(read, node.url, state):.1f} s")
        node.stop()


if __name__ == "__main__":
    main()
