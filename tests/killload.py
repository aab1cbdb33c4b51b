"""The load of kills.py, and what it knows must be there.

Each owner has keys of its own and does one thing at a time, so that a plain dictionary tells what the node must hold:
what the last acknowledged write made of each key, and, where the node was killed before it answered, either that or
what the write would have made.
"""

import hashlib
import http.client
import json
import random
import struct
from urllib.parse import quote

import filelists

MIB = 1024 * 1024
POOL = random.Random(9710).randbytes(24 * MIB)
LOST = (OSError, http.client.HTTPException)
TIMEOUT_SECONDS = 60
NAMES = ["a", "b/c", "d e", "ключ", "𝄞/♫", "100%", "q?x=1&y", "#", "..", "ü" * 100, "+", "l" * 400]


class Failure(Exception):
    pass


class Stopped(Exception):
    """The node was told to stop, and says so."""


def content(file):
    """The bytes of a file, which is known by (tag, size): no two files of a run are alike."""
    tag, size = file
    start = tag * 7919 % (len(POOL) - size)
    stamp = struct.pack("<Q", tag)[:size]
    return stamp + POOL[start + len(stamp):start + size]


def tell(files):
    return "nothing" if files is None else f"{len(files)} files of {[size for _, size in files][:20]} bytes"


def digest(parts):
    return [(len(part), hashlib.sha1(part).hexdigest()[:8]) for part in parts][:20]


class Owner:
    def __init__(self, number, seed):
        self.dice = random.Random(seed * 1009 + number)
        self.user = f"user {number % 3}"
        self.keys = [f"{number}/{name}/{i}" for name in NAMES for i in range(2)]
        self.prefix = f"{number}/"
        self.state = {}
        self.pending = None
        self.tags = number << 40
        self.acknowledged = 0
        self.failure = None
        self.client = None
        self.stopping = None

    # What runs in a thread of its own

    def work(self, port, stopping):
        self.stopping = stopping
        self._guard(port, self._work)

    def verify(self, port):
        self._guard(port, self._verify)

    def _guard(self, port, what):
        self.client = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
        try:
            what()
        except Failure as failure:
            self.failure = failure
        except Exception as error:  # a thread has nobody to throw at
            self.failure = Failure(f"{type(error).__name__}: {error}")
        finally:
            self.client.close()

    # The load

    def _work(self):
        actions = [
            (self.put_raw, 20), (self.put_if, 8), (self.put_list, 12), (self.append, 16), (self.update, 6),
            (self.rename, 12), (self.delete, 8), (self.read, 6), (self.read_range, 8), (self.list, 3), (self.cut, 3),
        ]
        try:
            while True:
                self.dice.choices([action for action, _ in actions], [weight for _, weight in actions])[0]()
        except (*LOST, Stopped):
            pass

    def put_raw(self):
        key, file = self.any_key(), self.file()
        self.write("PUT", f"/raw/{quote(key, safe='')}", content(file), {key: [file]})

    def put_if(self):
        """Conditional: only the one that holds does anything."""
        key, file = self.any_key(), self.file()
        path = f"/raw/{quote(key, safe='')}"
        if key not in self.state:
            self.write("PUT", path, content(file), {key: [file]}, {"If-None-Match": "*"}, expected=201)
            return
        self.ask("PUT", path, content(file), {"If-None-Match": "*"}, expected=412)
        self.ask("PUT", path, content(file), {"If-Match": '"no-such-tag"'}, expected=412)
        tag = self.ask("HEAD", path, expected=200)[1]["ETag"]
        self.write("PUT", path, content(file), {key: [file]}, {"If-Match": tag}, expected=200)

    def put_list(self):
        key, files = self.any_key(), self.files()
        if key in self.state:
            self.ask("POST", f"/put/{quote(key, safe='')}", self.body(files), expected=400)
        else:
            self.write("POST", f"/put/{quote(key, safe='')}", self.body(files), {key: files})

    def append(self):
        key = self.known_key()
        if key is None:
            return
        files = self.files() if self.dice.random() < 0.2 else [self.file(limit=200_000)]
        path = f"/append/{quote(key, safe='')}"
        self.write("POST", path, self.body(files), {key: self.state[key] + files})

    def update(self):
        if (key := self.known_key()) is not None:
            files = self.files()
            self.write("POST", f"/update/{quote(key, safe='')}", self.body(files), {key: files})

    def rename(self):
        old, new = self.known_key(), self.any_key()
        if old is None:
            return
        path = f"/update_key/{quote(old, safe='')}/{quote(new, safe='')}"
        if new in self.state:
            self.ask("PUT", path, expected=409)
        else:
            self.write("PUT", path, None, {old: None, new: self.state[old]})

    def delete(self):
        key = self.any_key()
        path = f"/{self.dice.choice(['delete', 'raw'])}/{quote(key, safe='')}"
        if key in self.state:
            self.write("DELETE", path, None, {key: None})
        else:
            self.ask("DELETE", path, expected=404)

    def cut(self):
        """An upload that breaks off: nothing may ever come of it."""
        key, file = self.any_key(), self.file()
        body = content(file) + b"more that never comes"
        self.client.putrequest("PUT", f"/raw/{quote(key, safe='')}")
        self.client.putheader("User", self.user)
        self.client.putheader("Content-Length", str(len(body)))
        self.client.endheaders()
        self.client.send(body[:self.dice.randrange(len(body))])
        self.client.close()

    # Reads, under load and after a restart

    def read(self):
        self.check(self.any_key())

    def read_range(self):
        key = self.known_key()
        if key is None:
            return
        whole = b"".join(map(content, self.state[key]))
        if not whole:
            return
        first = self.dice.randrange(len(whole))
        last = min(len(whole) - 1, first + self.dice.choice([0, 10, 70_000, 3_000_000]))
        _, _, body = self.ask(
            "GET", f"/raw/{quote(key, safe='')}", None, {"Range": f"bytes={first}-{last}"}, expected=206)
        if body != whole[first:last + 1]:
            raise Failure(f"{self.user}, {key!r}, bytes {first}-{last}: "
                          f"expected {digest([whole[first:last + 1]])}, got {digest([body])}")

    def list(self):
        self.check_list()

    def _verify(self):
        self.settle()
        self.check_list()
        for key in self.keys:
            self.check(key)

    def settle(self):
        """A write without an answer has happened or it has not: whichever is found holds from now on."""
        if self.pending is None:
            return
        found = {key: self.fetch(key) for key in self.pending}
        before = {key: self.state.get(key) for key in self.pending}
        for possible in (before, self.pending):
            if all(self.matches(found[key], possible[key]) for key in possible):
                self.apply(possible)
                self.pending = None
                return
        raise Failure(
            f"{self.user}: a write without an answer is there by half: "
            + "; ".join(f"{key!r} was {tell(before[key])}, would be {tell(self.pending[key])}, is "
                        f"{'nothing' if found[key] is None else digest(found[key])}" for key in found))

    def check(self, key):
        expected, found = self.state.get(key), self.fetch(key)
        if not self.matches(found, expected):
            raise Failure(f"{self.user}, {key!r}: expected {tell(expected)} {digest(map(content, expected or []))}, "
                          f"got {'nothing' if found is None else digest(found)}")

    def check_list(self):
        found, after = {}, ""
        limit = self.dice.choice([1, 7, 1000])
        while True:
            path = f"/list?prefix={quote(self.prefix)}&after={quote(after, safe='')}&limit={limit}"
            page = json.loads(self.ask("GET", path, expected=200)[2])
            found.update({each["key"]: (each["files"], each["size"]) for each in page["objects"]})
            after = page["next"]
            if after is None:
                break
        expected = {key: (len(files), sum(size for _, size in files)) for key, files in self.state.items()}
        if found != expected:
            wrong = {key: (expected.get(key), found.get(key))
                     for key in found.keys() | expected.keys() if found.get(key) != expected.get(key)}
            raise Failure(f"{self.user}: the list differs (files and size, expected and got): {wrong}")

    def fetch(self, key):
        """The files of a key, or None."""
        path = f"/get/{quote(key, safe='')}"
        status, _, body = self.ask("GET", path, expected=None)
        if status == 404:
            return None
        if status != 200:
            raise Failure(f"GET {path} of {self.user}: {status} {body[:200]!r}")
        return filelists.read(body)

    @staticmethod
    def matches(found, files):
        if found is None or files is None:
            return found is None and files is None
        return len(found) == len(files) and all(
            len(is_) == size and is_ == content((tag, size)) for is_, (tag, size) in zip(found, files))

    # One request

    def write(self, method, path, body, changes, headers=None, expected=None):
        self.pending = changes
        self.ask(method, path, body, headers, expected or (200, 201))
        self.apply(changes)
        self.pending = None
        self.acknowledged += 1

    def ask(self, method, path, body=None, headers=None, expected=200):
        self.client.request(method, path, body, {"User": self.user, **(headers or {})})
        answer = self.client.getresponse()
        received = answer.read()
        if answer.status == 503 and self.stopping.is_set():
            raise Stopped
        wanted = expected if isinstance(expected, tuple) else (expected,)
        if expected is not None and answer.status not in wanted:
            raise Failure(f"{method} {path} of {self.user}: {answer.status} {received[:200]!r}, expected {wanted}")
        return answer.status, answer.headers, received

    def apply(self, changes):
        for key, files in changes.items():
            if files is None:
                self.state.pop(key, None)
            else:
                self.state[key] = files

    # Chance

    def any_key(self):
        return self.dice.choice(self.keys)

    def known_key(self):
        return self.dice.choice(sorted(self.state)) if self.state else None

    def file(self, limit=20 * MIB):
        self.tags += 1
        size = self.dice.choices(
            [0, self.dice.randrange(100), self.dice.randrange(70_000), MIB, self.dice.randrange(5 * MIB),
             self.dice.randrange(20 * MIB)],
            [1, 8, 8, 2, 2, 0.5])[0]
        return self.tags, min(size, limit)

    def files(self):
        if self.dice.random() < 0.7:
            return [self.file() for _ in range(self.dice.randint(1, 3))]
        return [self.file(limit=2000) for _ in range(self.dice.randint(50, 700))]

    @staticmethod
    def body(files):
        return filelists.build([content(file) for file in files])
