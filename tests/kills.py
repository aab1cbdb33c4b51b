#!/usr/bin/python3
"""Kills a node again and again under a heavy mixed load, and looks at everything after each restart.

    tests/kills.py [--rounds 50] [--seed N] [--owners 8] [--folder DIR]

What was acknowledged is there and exact. What was not acknowledged is there whole or not at all, and stays what it was
found to be. Listings agree with reads, a rename leaves one key, nothing deleted returns, and no read fails. The kills
come at random moments: under load, while the node starts, and while it stops in order.

On a failure it prints the seed, the round and what differed, and leaves the data where it is. Exit code 1.
"""

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time

from killload import Failure, Owner
from node import Node

READY_SECONDS = 30
SETTINGS = [
    # Small volumes and chunks: volumes roll, seal and checkpoint all the time, and most bodies are several needles.
    "ciaos.objects.chunk-size=1MiB", "ciaos.volumes.max-volume-bytes=24MiB", "ciaos.volumes.preallocation-bytes=2MiB",
    "ciaos.volumes.checkpoint-interval-bytes=4MiB", "ciaos.volumes.max-open-readers=16",
    "ciaos.index.cache-entries=64",
]


class Run:
    """One data folder through many lives of its node."""

    def __init__(self, folder, seed, owners):
        self.folder = folder
        self.seed = seed
        self.dice = random.Random(seed)
        self.owners = [Owner(number, seed) for number in range(owners)]
        shards = self.dice.choice([1, 4, 16])
        self.node = Node(folder, SETTINGS + [f"ciaos.index.shards={shards}"])
        self.slowest_start = 0.0
        self.kinds = {}
        self.log = open(os.path.join(folder, "nodes.log"), "w", encoding="utf-8")

    def rounds(self, count, progress=lambda text: None):
        try:
            self.start()
            for number in range(count):
                kind = self.dice.choices(["load", "start", "stop", "orderly"], [6, 2, 2, 1])[0]
                self.kinds[kind] = self.kinds.get(kind, 0) + 1
                try:
                    self.round(kind)
                except (Failure, RuntimeError, OSError) as error:
                    raise Failure(f"seed {self.seed}, round {number} ({kind}): {error}") from error
                done = sum(owner.acknowledged for owner in self.owners)
                keys = sum(len(owner.state) for owner in self.owners)
                progress(f"round {number} ({kind}): {done} writes acknowledged, {keys} keys, "
                         f"slowest start {self.slowest_start:.1f} s")
        finally:
            self.end_life()
            self.log.close()

    @property
    def acknowledged(self):
        return sum(owner.acknowledged for owner in self.owners)

    def start(self):
        began = time.monotonic()
        self.node.start()
        took = time.monotonic() - began
        self.slowest_start = max(self.slowest_start, took)
        if took > READY_SECONDS:
            raise Failure(f"the node took {took:.1f} s to get ready")

    def round(self, kind):
        stopping = threading.Event()
        workers = [threading.Thread(target=owner.work, args=(self.node.port, stopping)) for owner in self.owners]
        for worker in workers:
            worker.start()
        time.sleep(self.dice.uniform(0.1, 3))
        if kind in ("stop", "orderly"):
            stopping.set()
            self.stop(orderly=kind == "orderly")
        self.end_life()
        for worker in workers:
            worker.join()
        for owner in self.owners:
            if owner.failure is not None:
                raise owner.failure
        if kind == "start":
            self.kill_while_starting()
        self.start()
        self.verify()

    def stop(self, orderly):
        process = self.node.process
        if orderly:
            code = self.node.stop()
            if code != 0:
                raise Failure(f"the node stopped with {code}:\n{self.node.log()}")
            return
        process.send_signal(signal.SIGTERM)
        time.sleep(self.dice.choice([0, 0.02, 0.1, 0.3, 0.6]) * self.dice.random())

    def kill_while_starting(self):
        for _ in range(self.dice.randint(1, 3)):
            self.node.spawn()
            time.sleep(self.dice.uniform(0.05, 1.5))
            self.end_life()

    def end_life(self):
        self.node.kill()
        self.log.writelines(self.node.output)
        self.log.write("-- killed --\n")
        bad = [line for line in self.node.output if "Unhandled exception" in line or "is corrupt at" in line]
        self.node.output = []
        if bad:
            raise Failure("the node complains:\n" + "".join(bad[:5]))

    def verify(self):
        readers = [threading.Thread(target=owner.verify, args=(self.node.port,)) for owner in self.owners]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        for owner in self.owners:
            if owner.failure is not None:
                raise owner.failure


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rounds", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 31))
    arguments.add_argument("--owners", type=int, default=8, help="clients at once, each with keys of its own")
    arguments.add_argument("--folder", help="where the data goes; a temporary one by default")
    given = arguments.parse_args()
    folder = given.folder or tempfile.mkdtemp(prefix="ciaos-kills-")
    os.makedirs(folder, exist_ok=True)
    began = time.monotonic()
    run = Run(folder, given.seed, given.owners)
    print(f"seed {given.seed}, data in {folder}", flush=True)
    try:
        run.rounds(given.rounds, lambda text: print(f"{time.monotonic() - began:6.0f} s  {text}", flush=True))
    except Failure as failure:
        print(f"FAILED: {failure}\nThe data and nodes.log are in {folder}. Again: "
              f"tests/kills.py --rounds {given.rounds} --seed {given.seed} --owners {given.owners}")
        return 1
    print(f"{given.rounds} rounds, {run.acknowledged} acknowledged writes, {run.kinds}, "
          f"slowest start {run.slowest_start:.1f} s: nothing was lost")
    if not given.folder:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
