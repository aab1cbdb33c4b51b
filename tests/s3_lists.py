#!/usr/bin/env python3
"""By hand: listings of S3 over a million keys under one prefix, also of versions, and behind many deleted keys.

    /usr/bin/python3 tests/s3_lists.py [KEYS [DELETED]]

Fills the bucket of root by /batch/put, lists it, switches versions on, writes every tenth key again, lists it once more; then
writes and deletes keys before one that stays, and lists that. Prints p50 and p99 of pages of 1,000 entries in milliseconds, as
a client on the same machine sees them, and the node's resident memory.
"""

import os
import statistics
import sys
import tempfile
import threading
import time

import requests

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "s3")]

import batches  # noqa: E402 (the path is set above)
from s3node import S3Node  # noqa: E402

ROUNDS = 25
BATCH = 5_000
THREADS = 4
PAGE = 1_000


def fill(node, keys, folder="many", step=1):
    """Keys of one prefix, in the bucket of root: every tenth one lies in a folder of its own."""
    headers = {"User": node.root.name}

    def work(number):
        with requests.Session() as session:
            for begin in range(number * BATCH, keys, THREADS * BATCH):
                numbers = range(begin, min(begin + BATCH, keys), step)
                items = [(batches.UPSERT, name(i, folder), [b"x" * 16]) for i in numbers]
                answer = session.post(f"{node.url}/batch/put", data=batches.put_body(items), headers=headers)
                assert answer.ok and len(answer.json()["results"]) == len(items), answer.text[:200]

    in_threads(work)


def name(i, folder="many"):
    return f"{folder}/{i:08d}/in a folder" if i % 10 == 5 else f"{folder}/{i:08d}"


def in_threads(work):
    failures = []

    def guarded(number):
        try:
            work(number)
        except BaseException as failure:  # raised below
            failures.append(failure)

    threads = [threading.Thread(target=guarded, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def resident(node):
    with open(f"/proc/{node.process.pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS")) // 1024


def times(node, s3, what, call, expect):
    """One line of the table: a page again and again, on one connection; as signed addresses, so that little of the time is
    this program's."""
    operation, parameters = call
    address = s3.generate_presigned_url(operation, parameters, ExpiresIn=3600)
    taken = []
    kinds = (b"Contents", b"CommonPrefixes", b"Version", b"DeleteMarker")
    with requests.Session() as session:
        for _ in range(ROUNDS + 2):
            began = time.perf_counter()
            answer = session.get(address)
            taken.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 200, answer.text
            found = sum(answer.content.count(b"<" + kind + b">") for kind in kinds)
            assert found == expect, (what, found, expect)
    taken = sorted(taken[2:])
    slowest = taken[int(len(taken) * 0.99)]
    print(f"| {what} | {statistics.median(taken):.1f} | {slowest:.1f} | {resident(node)} |", flush=True)


def pages(node, s3, bucket, keys, is_versioned):
    for delimiter in ("", "/"):
        for place, at in (("first", None), ("middle", keys // 2), ("last", keys - PAGE - 1)):
            told = f"{'versioned, ' if is_versioned else ''}{'' if delimiter else 'no '}delimiter, {place} page"
            common = {"Bucket": bucket, "Prefix": "many/", **({"Delimiter": delimiter} if delimiter else {})}
            after = {} if at is None else {"StartAfter": name(at)}
            times(node, s3, told, ("list_objects_v2", {**common, **after}), PAGE)
            if is_versioned:
                marker = {} if at is None else {"KeyMarker": after["StartAfter"]}
                times(node, s3, told + " of versions", ("list_object_versions", {**common, **marker}), PAGE)


def markers(node, s3, bucket, deleted):
    """Keys that are all deleted, before one that is not."""
    fill(node, deleted, "gone")
    s3.put_object(Bucket=bucket, Key="gone/~live", Body=b"x")
    names = [name(i, "gone") for i in range(deleted)]

    def work(number):
        for begin in range(number * PAGE, deleted, THREADS * PAGE):
            answer = s3.delete_objects(
                Bucket=bucket, Delete={"Objects": [{"Key": key} for key in names[begin:begin + PAGE]], "Quiet": True})
            assert not answer.get("Errors"), answer["Errors"][:1]

    in_threads(work)
    common = {"Bucket": bucket, "Prefix": "gone/"}
    times(node, s3, f"the one key behind {deleted:,} deleted ones", ("list_objects_v2", common), 1)
    times(node, s3, "the same, delimiter", ("list_objects_v2", {**common, "Delimiter": "/"}), 1)
    times(node, s3, "the same, versions of the first page", ("list_object_versions", common), PAGE)


def main(keys, deleted):
    with tempfile.TemporaryDirectory() as folder:
        node = S3Node(folder, ["ciaos.log.level=error"]).start()
        try:
            s3 = node.boto3(node.root)
            began = time.monotonic()
            fill(node, keys)
            print(f"{keys:,} keys in {time.monotonic() - began:.0f} s; {resident(node)} MiB resident\n", flush=True)
            print("| page of 1,000 | p50 ms | p99 ms | resident MiB |\n| --- | ---: | ---: | ---: |", flush=True)
            pages(node, s3, "root", keys, is_versioned=False)
            s3.put_bucket_versioning(Bucket="root", VersioningConfiguration={"Status": "Enabled"})
            fill(node, keys, step=10)
            pages(node, s3, "root", keys, is_versioned=True)
            markers(node, s3, "root", deleted)
        finally:
            node.kill()


if __name__ == "__main__":
    main(*(int(argument) for argument in (sys.argv[1:] + ["1000000", "100000"][len(sys.argv) - 1:])[:2]))
