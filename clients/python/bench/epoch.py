#!/usr/bin/env python3
"""Reads an epoch by several workers, is killed in the middle, goes on, and proves that each file came once, in order.

    bench/epoch.py                                   5,000 files, on a node of its own
    bench/epoch.py --files 100000 --kills 3          the figures of docs/benchmarks.md
    bench/epoch.py --torch                           by PyTorch's DataLoader instead of bare processes
    bench/epoch.py --url http://host:9710 --user me  on a node that runs; what was stored is deleted at the end

The reader (``epoch.py read``) is a process group of its own. For each batch it writes one line: the keys, and the token
with which to go on behind them. At a random batch all its processes get a SIGKILL, when half of the line is written.
"""

import argparse
import hashlib
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path[:0] = [os.path.join(PACKAGE, "src"), os.path.join(PACKAGE, "..", "..", "tests")]

from ciaos import Ciaos, Config  # noqa: E402
from ciaos.data import CiaosIterableDataset, Positioned, ResumePoint  # noqa: E402

BATCH = 32
SEED = 20261122


def content(key, size):
    return (hashlib.blake2b(key.encode()).digest() * (size // 64 + 1))[:size]


def checked(key, files):
    """The transform: what came is what was stored."""
    data = b"".join(files)
    if data != content(key, len(data)):
        raise AssertionError(f"{key} holds something else")
    return key, len(data)


# The reader.

def dataset_of(arguments, keys=None, worker=None):
    return CiaosIterableDataset(
        Config(arguments.url, arguments.user, ""), prefix=arguments.prefix if keys is None else None, keys=keys,
        seed=SEED, transform=checked, batch_size=BATCH, with_position=True, worker=worker)


def feed(dataset, batches):
    """One of the workers: as a DataLoader's do, it runs ahead of the consumer."""
    batch = []
    for sample in dataset:
        batch.append(tuple(sample))
        if len(batch) == BATCH:
            batches.put(batch)
            batch = []
    if batch:
        batches.put(batch)
    batches.put(None)


def batches_by_processes(arguments, token, keys):
    """A batch from each worker in turn."""
    context = multiprocessing.get_context("fork")
    queues = []
    for worker in range(arguments.workers):
        dataset = dataset_of(arguments, keys, (worker, arguments.workers))
        if token is not None:
            dataset.resume(token)
        queues.append(context.Queue(4))
        context.Process(target=feed, args=(dataset, queues[-1]), daemon=True).start()
    while queues:
        for queue in list(queues):
            batch = queue.get()
            if batch is None:
                queues.remove(queue)
            else:
                yield [Positioned(*sample) for sample in batch]


def batches_by_torch(arguments, dataset):
    from torch.utils.data import DataLoader
    return DataLoader(dataset, batch_size=BATCH, num_workers=arguments.workers, collate_fn=list)


def read(arguments):
    token, _, _ = whole_lines(arguments.log)
    dataset = dataset_of(arguments)
    if token is not None:
        dataset.resume(token)
    point, read_files = ResumePoint(dataset), 0
    batches = batches_by_torch(arguments, dataset) if arguments.torch else batches_by_processes(
        arguments, token, dataset.keys)
    with open(arguments.log, "ab", buffering=0) as log:
        for batch in batches:
            told = {"at": time.time(), "keys": [sample.value[0] for sample in batch],
                    "token": point.token_after(batch)}
            line = json.dumps(told).encode() + b"\n"
            read_files += len(batch)
            if read_files >= arguments.die_after > 0:
                log.write(line[:len(line) // 2])
                os.killpg(0, signal.SIGKILL)
            log.write(line)


def whole_lines(path):
    """The token of the last line, all keys, and when each batch came. Half a line is cut off."""
    token, keys, times = None, [], []
    if os.path.exists(path):
        with open(path, "r+b") as log:
            whole = 0
            for line in log:
                if not line.endswith(b"\n"):
                    log.truncate(whole)
                    break
                whole += len(line)
                told = json.loads(line)
                token = told["token"]
                keys += told["keys"]
                times.append(told["at"])
    return token, keys, times


# The one that stores, kills and checks.

def run(arguments, folder):
    client = Ciaos(Config(arguments.url, arguments.user, ""))
    keys = [f"{arguments.prefix}{number % 100:02}/{number:07}" for number in range(arguments.files)]
    began = time.monotonic()
    for result in client.put_many((key, content(key, arguments.bytes)) for key in keys):
        assert result.ok, result
    print(f"stored {len(keys)} files of {arguments.bytes} bytes in {time.monotonic() - began:.1f} s", flush=True)

    log = os.path.join(folder, "epoch.log")
    shares = random.Random(arguments.files)
    for kills_left in range(arguments.kills, -1, -1):
        began, (_, keys_before, batches_before) = time.monotonic(), whole_lines(log)
        # On average equally many between the kills; at least one batch, and the last one is never reached.
        left = len(keys) - len(keys_before) - BATCH
        die_after = int(left * shares.uniform(0.5, 1.5) / (kills_left + 1)) + 1 if kills_left else 0
        code = start_reader(arguments, log, die_after).wait(arguments.timeout)
        assert code == (-signal.SIGKILL if die_after else 0), f"the reader ended with {code}"
        seconds = time.monotonic() - began
        _, came, times = whole_lines(log)
        times = times[len(batches_before):]
        # From the first batch on: before, processes start and keys are listed.
        rate = BATCH * (len(times) - 1) / max(times[-1] - times[0], 1e-3) if times else 0
        ended = "killed" if die_after else "finished"
        print(f"{ended} after {seconds:.1f} s and {len(came) - len(keys_before)} files; "
              f"once it ran {rate:.0f} files/s, {rate * arguments.bytes / 2**20:.0f} MiB/s", flush=True)

    _, got, _ = whole_lines(log)
    assert len(got) == len(set(got)) == len(keys), f"{len(got)} came, {len(set(got))} of them different"
    assert got == dataset_of(arguments).order(), "the order is not that of the seed"
    print(f"each of {len(got)} files came once, in the order of the seed, over {arguments.kills} kills", flush=True)
    if arguments.delete:
        for key in keys:
            client.remove(key)


def start_reader(arguments, log, die_after):
    command = [sys.executable, os.path.abspath(__file__), "read", "--url", arguments.url, "--user", arguments.user,
               "--prefix", arguments.prefix, "--workers", str(arguments.workers), "--log", log,
               "--die-after", str(die_after)]
    return subprocess.Popen(command + ["--torch"] * arguments.torch, start_new_session=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="?", choices=["run", "read"], default="run", help=argparse.SUPPRESS)
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--bytes", type=int, default=10240)
    parser.add_argument("--workers", type=int, default=4)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--torch", action="store_true")
    parser.add_argument("--timeout", type=float, default=600, help="seconds that a reader may take")
    parser.add_argument("--url", help="a node that runs, instead of one for this")
    parser.add_argument("--keep", action="store_true", help="with --url: do not delete what was stored")
    parser.add_argument("--user", default="epoch")
    parser.add_argument("--prefix", default="epoch/")
    parser.add_argument("--log", help=argparse.SUPPRESS)
    parser.add_argument("--die-after", type=int, default=0, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.command == "read":
        read(arguments)
        return
    arguments.delete = arguments.url is not None and not arguments.keep
    with tempfile.TemporaryDirectory(prefix="ciaos-epoch-") as folder:
        if arguments.url is not None:
            run(arguments, folder)
            return
        from node import Node
        node = Node(folder).start()
        try:
            arguments.url = node.url
            run(arguments, folder)
        finally:
            node.stop()


if __name__ == "__main__":
    main()
