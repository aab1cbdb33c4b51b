"""kill -9 amid versions, deletions and uploads in parts: what was acknowledged is there, and nothing half done is."""

import hashlib
import random
import threading
import time

import botocore.exceptions

PART_BYTES = 5 * 1024 * 1024
ROUNDS = 4
WRITERS = 4
GONE = (botocore.exceptions.BotoCoreError, OSError)


class Writer(threading.Thread):
    """Writes keys of its own, one request at a time: only the last one may be in doubt when the node dies."""

    def __init__(self, node, user, name, history):
        super().__init__(daemon=True)
        self.s3 = node.boto3(user, read_timeout=20, connect_timeout=5)
        self.name, self.history, self.dice = name, history, random.Random(name)
        self.failure = None

    def run(self):
        try:
            while True:
                action = self.dice.choice([self.put, self.put, self.delete, self.delete_version, self.parts])
                action(f"{self.name}/{self.dice.randrange(5)}")
        except GONE:
            pass
        except botocore.exceptions.ClientError as error:
            # The node may still answer that it cannot; then the outcome is in doubt as well.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] not in (500, 503):
                self.failure = error
        except Exception as error:
            self.failure = error

    def put(self, key):
        body = self.dice.randbytes(self.dice.choice([0, 100, 70_000]))
        self.change(key, body, lambda: self.s3.put_object(Bucket="kills", Key=key, Body=body))

    def delete(self, key):
        self.change(key, None, lambda: self.s3.delete_object(Bucket="kills", Key=key))

    def delete_version(self, key):
        versions = [version for version, _ in self.history.versions(key)]
        if versions:
            chosen = self.dice.choice(versions)
            self.history.begin(key, ("gone", chosen))
            self.s3.delete_object(Bucket="kills", Key=key, VersionId=chosen)
            self.history.end(key, ("gone", chosen))

    def parts(self, key):
        upload = {"Bucket": "kills", "Key": key}
        upload["UploadId"] = self.s3.create_multipart_upload(**upload)["UploadId"]
        self.history.upload(upload["UploadId"], key)
        bodies = [bytes([self.dice.randrange(256)]) * PART_BYTES, self.dice.randbytes(20)]
        tags = [self.s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
                for number, body in enumerate(bodies, 1)]
        if self.dice.random() < 0.3:
            self.s3.abort_multipart_upload(**upload)
            self.history.upload(upload["UploadId"], None)
            return
        named = {"Parts": [{"PartNumber": number, "ETag": tag} for number, tag in enumerate(tags, 1)]}
        self.change(key, b"".join(bodies), lambda: self.s3.complete_multipart_upload(**upload, MultipartUpload=named))
        self.history.upload(upload["UploadId"], None)

    def change(self, key, body, call):
        content = None if body is None else hashlib.sha256(body).hexdigest()
        self.history.begin(key, ("new", content))
        self.history.end(key, ("new", content), call()["VersionId"])


class History:
    """What was acknowledged of each key: version id to content (None: a delete marker), the newest last."""

    def __init__(self):
        self.acknowledged, self.doubtful, self.uploads = {}, {}, {}

    def begin(self, key, action):
        self.doubtful[key] = action

    def end(self, key, action, version=None):
        kind, value = action
        versions = self.acknowledged.setdefault(key, {})
        if kind == "new":
            versions[version] = value
        else:
            del versions[value]
        self.doubtful.pop(key, None)

    def versions(self, key):
        return list(self.acknowledged.get(key, {}).items())

    def upload(self, upload, key):
        if key is None:
            self.uploads.pop(upload, None)
        else:
            self.uploads[upload] = key


def found_in(s3):
    """All versions of all keys with their content, the oldest first."""
    found, latest = {}, {}
    for page in s3.get_paginator("list_object_versions").paginate(Bucket="kills", PaginationConfig={"PageSize": 50}):
        entries = [(entry, True) for entry in page.get("Versions", [])]
        entries += [(entry, False) for entry in page.get("DeleteMarkers", [])]
        for entry, has_content in entries:
            content = None
            if has_content:
                one = {"Bucket": "kills", "Key": entry["Key"], "VersionId": entry["VersionId"]}
                content = hashlib.sha256(s3.get_object(**one)["Body"].read()).hexdigest()
            found.setdefault(entry["Key"], {})[entry["VersionId"]] = content
            if entry["IsLatest"]:
                assert entry["Key"] not in latest
                latest[entry["Key"]] = entry["VersionId"]
    assert latest.keys() == found.keys()
    return found, latest


def check(s3, history):
    found, latest = found_in(s3)
    for key in found.keys() | history.acknowledged.keys():
        expected, there = dict(history.acknowledged.get(key, {})), found.get(key, {})
        kind, value = history.doubtful.pop(key, (None, None))
        if kind == "gone" and value not in there:
            expected.pop(value)
        extra = there.keys() - expected.keys()
        if kind == "new" and extra:
            (version,) = extra
            assert there[version] == value
            expected[version] = value
        assert there == expected, key
        if there:
            assert latest[key] == list(expected)[-1], key
        history.acknowledged[key] = expected
    open_uploads = {upload["UploadId"]
                    for page in s3.get_paginator("list_multipart_uploads").paginate(Bucket="kills")
                    for upload in page.get("Uploads", [])}
    # One that was begun without an answer may be there; one that was completed or aborted may not.
    for upload, key in list(history.uploads.items()):
        if upload in open_uploads:
            s3.list_parts(Bucket="kills", Key=key, UploadId=upload)
            s3.abort_multipart_upload(Bucket="kills", Key=key, UploadId=upload)
        del history.uploads[upload]


def test_whatever_was_acknowledged_is_there_after_each_kill(make_s3_node):
    node = make_s3_node().start()
    alice = node.add_user("alice")
    s3 = node.boto3(alice)
    s3.create_bucket(Bucket="kills")
    s3.put_bucket_versioning(Bucket="kills", VersioningConfiguration={"Status": "Enabled"})
    dice, history = random.Random(3), History()
    for _ in range(ROUNDS):
        writers = [Writer(node, alice, f"w{number}", history) for number in range(WRITERS)]
        for writer in writers:
            writer.start()
        time.sleep(dice.uniform(1, 3))
        node.kill()
        for writer in writers:
            writer.join(60)
            assert writer.failure is None, writer.failure
        node.start()
        check(node.boto3(alice), history)
    assert sum(map(len, history.acknowledged.values())) > 20
    assert node.stop() == 0
