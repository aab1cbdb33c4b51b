"""The audit log of buckets: who made, configured or removed one."""

import json
import subprocess

import requests

from node import PROGRAM
from test_sts import client_of, session, sts

KEYS = ("action", "by", "by_key", "from", "subject", "detail")


def since(node, number):
    page = node.admin("GET", f"audit/buckets?after={number}&limit=1000")
    return page["entries"]


def last(node):
    entries = since(node, 0)
    assert [each["number"] for each in entries] == list(range(1, len(entries) + 1))
    return len(entries)


def test_the_log_tells_who_did_what_to_a_bucket(make_s3_node):
    node = make_s3_node().start()
    alice = node.add_user("alice")
    s3, before = node.boto3(alice), last(node)
    s3.create_bucket(Bucket="box")
    s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})
    node.boto3(node.root).put_bucket_tagging(Bucket="box", Tagging={"TagSet": [{"Key": "a", "Value": "secret"}]})
    temporary = session("alice", sts(node, alice).get_session_token())
    client_of(node, temporary).delete_bucket(Bucket="box")
    requests.put(node.url + "/raw/k", data=b"", timeout=20, headers={"User": "bob"})
    entries = since(node, before)
    number = entries[0]["detail"]["bucket_id"]
    assert [tuple(each[key] for key in KEYS) for each in entries[:4]] == [
        ("bucket-made", "alice", alice.key, "127.0.0.1", "box", {"bucket_id": number, "owner": "alice"}),
        ("bucket-configured", "alice", alice.key, "127.0.0.1", "box", {"bucket_id": number, "set": "versioning"}),
        ("bucket-configured", "root", node.root.key, "127.0.0.1", "box", {"bucket_id": number, "set": "tagging"}),
        ("bucket-deleted", "alice", temporary.key, "127.0.0.1", "box", {"bucket_id": number})]
    assert (entries[4]["action"], entries[4]["by"], entries[4]["subject"]) == ("bucket-created", "bob", "bob")
    assert "secret" not in json.dumps(entries)
    page = node.admin("GET", f"audit/buckets?after={before}&limit=2")
    assert page["entries"] == entries[:2] and page["next"] == before + 2
    refused = requests.get(
        f"{node.url}/admin/v1/audit/buckets", headers={"Authorization": f"Bearer {alice.key}:{alice.secret}"}, timeout=20)
    assert refused.status_code == 403
    assert node.stop() == 0
    for command in ("fsck", "rebuild-index --force --json", "fsck"):
        done = subprocess.run(
            ["dotnet", PROGRAM, *command.split(), "--data", node.data], capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    node.start()
    assert since(node, before) == entries
    assert node.stop() == 0
