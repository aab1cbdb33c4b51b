#!/usr/bin/env python3
"""By hand: 100,000 keys with every kind of operation in their past, then rebuild-index, timed and compared.

    /usr/bin/python3 tests/rebuild_100k.py [KEYS] [FOLDER]

A twentieth of as many keys more are written by S3 into a bucket that keeps versions.
"""

import hashlib
import os
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "s3")]

from botocore.exceptions import ClientError  # noqa: E402
from client import Client  # noqa: E402
from s3node import S3Node  # noqa: E402
from test_rebuild import delete_index, rebuild  # noqa: E402

THREADS = 8
BUCKET = "versions"
S3_SHARE = 20


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


def write_s3(node, number, keys, state, errors):
    """Every key gets a version or two; one in so many also tags, an upload in parts, or one that was given up, a delete
    marker, which may be taken away again, and loses its first version. The state is what there is of a key, the oldest
    first: version id, body (None: a delete marker), tags."""
    s3 = node.boto3(node.root)
    try:
        for i in range(number, keys, THREADS):
            key, there = f"key {i}", []

            def put(version, **options):
                content = body(key, version)
                made = s3.put_object(Bucket=BUCKET, Key=key, Body=content, **options)
                there.append((made["VersionId"], content, []))

            put(0, Metadata={"number": str(i)})
            if i % 3:
                put(1, ContentType="text/x")
            if i % 5 == 1:
                tags = [{"Key": "number", "Value": str(i)}]
                s3.put_object_tagging(Bucket=BUCKET, Key=key, Tagging={"TagSet": tags})
                there[-1] = (*there[-1][:2], tags)
            if i % 13 == 5:
                upload = dict(Bucket=BUCKET, Key=key)
                upload["UploadId"] = s3.create_multipart_upload(**upload)["UploadId"]
                part = s3.upload_part(PartNumber=1, Body=body(key, 2), **upload)
                if i % 2:
                    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
                    made = s3.complete_multipart_upload(MultipartUpload=parts, **upload)
                    there.append((made["VersionId"], body(key, 2), []))
                else:
                    s3.abort_multipart_upload(**upload)
            if i % 7 == 2:
                there.append((s3.delete_object(Bucket=BUCKET, Key=key)["VersionId"], None, []))
                if i % 2:
                    s3.delete_object(Bucket=BUCKET, Key=key, VersionId=there.pop()[0])
            if i % 11 == 3:
                s3.delete_object(Bucket=BUCKET, Key=key, VersionId=there.pop(0)[0])
            state[key] = there
    except Exception as error:  # shown below
        errors.append(error)


def read_s3(node, number, state, errors):
    s3 = node.boto3(node.root)
    try:
        for at, (key, there) in enumerate(sorted(state.items())):
            if at % THREADS != number:
                continue
            for version, content, tags in there:
                if content is not None:
                    found = s3.get_object(Bucket=BUCKET, Key=key, VersionId=version)
                    assert found["Body"].read() == content, key
                    found = s3.get_object_tagging(Bucket=BUCKET, Key=key, VersionId=version)
                    assert found["TagSet"] == tags, key
            try:
                content = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()
            except ClientError as error:
                assert error.response["Error"]["Code"] == "NoSuchKey", key
                content = None
            assert content == (there[-1][1] if there else None), key
    except Exception as error:  # shown below
        errors.append(error)


def listed(node):
    """Of each key its versions and delete markers."""
    found = {}
    for page in node.boto3(node.root).get_paginator("list_object_versions").paginate(Bucket=BUCKET):
        for version in page.get("Versions", []) + page.get("DeleteMarkers", []):
            found.setdefault(version["Key"], set()).add(version["VersionId"])
    return found


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
        node = S3Node(folder).start()
        s3 = node.boto3(node.root)
        s3.create_bucket(Bucket=BUCKET)
        s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        state, versions = {}, {}
        print(f"written in {in_threads(write, node.url, keys, state):.1f} s")
        print(f"by S3 in {in_threads(write_s3, node, keys // S3_SHARE, versions):.1f} s: {len(versions)} keys, "
              f"{sum(map(len, versions.values()))} versions")
        node.kill()
        delete_index(node)
        started = time.monotonic()
        code, report, errors = rebuild(node)
        print(f"rebuilt in {time.monotonic() - started:.1f} s, exit code {code}")
        print({name: report[name] for name in
               ("volumes", "volumeBytes", "needles", "events", "keys", "liveBytes", "isComplete", "seconds")})
        assert code == 0, errors
        live = sum(files is not None for files in state.values())
        assert report["keys"] == live + sum(bool(there) and there[-1][1] is not None for there in versions.values())
        node.start()
        print(f"every key compared in {in_threads(read, node.url, state):.1f} s")
        print(f"every version in {in_threads(read_s3, node, versions):.1f} s")
        assert listed(node) == {key: {version for version, _, _ in there} for key, there in versions.items() if there}
        node.stop()


if __name__ == "__main__":
    main()
