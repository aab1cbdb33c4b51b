"""Webhooks of buckets, on nodes that are killed while they tell."""

import collections
import http.server
import json
import threading
import time
import urllib.parse

import botocore.exceptions
import pytest

PATIENCE = 60


class Hook:
    """A webhook that writes down what it is sent, and can be told to refuse."""

    def __init__(self):
        self.records = []
        self.refuses = False
        self.server = None
        self.port = 0

    def start(self):
        hook = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if not hook.refuses:
                    hook.records += body["Records"]
                self.send_response(503 if hook.refuses else 200)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def arn(self):
        return f"arn:ciaos:webhook:::http://127.0.0.1:{self.port}/hook"

    def told(self):
        return collections.Counter(
            (urllib.parse.unquote_plus(record["s3"]["object"]["key"]), record["eventName"])
            for record in self.records)


@pytest.fixture
def hook():
    made = Hook().start()
    yield made
    made.stop()


@pytest.fixture
def node(make_s3_node):
    return make_s3_node("ciaos.notifications.poll-interval=100ms", "ciaos.notifications.retry-min=200ms",
                        "ciaos.notifications.retry-max=1s").start()


@pytest.fixture
def s3(node):
    client = node.boto3(node.root)
    client.create_bucket(Bucket="box")
    return client


def subscribe(s3, hook, *events, bucket="box", **parts):
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"TopicConfigurations": [
        {"Id": "hook", "TopicArn": hook.arn, "Events": list(events), **parts}]})


def eventually(condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.1)
    assert condition()


def test_a_webhook_is_told_what_it_wants(s3, hook):
    s3.put_object(Bucket="box", Key="before", Body=b"1")
    rules = [{"Name": "prefix", "Value": "in/"}]
    subscribe(s3, hook, "s3:ObjectCreated:*", "s3:ObjectRemoved:Delete", Filter={"Key": {"FilterRules": rules}})
    etag = s3.put_object(Bucket="box", Key="in/a b", Body=b"12345")["ETag"].strip('"')
    s3.put_object(Bucket="box", Key="out", Body=b"1")
    upload = s3.create_multipart_upload(Bucket="box", Key="in/parts")["UploadId"]
    part = s3.upload_part(Bucket="box", Key="in/parts", UploadId=upload, PartNumber=1, Body=b"123")
    s3.complete_multipart_upload(
        Bucket="box", Key="in/parts", UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    s3.delete_object(Bucket="box", Key="in/a b")
    expected = {
        ("in/a b", "ObjectCreated:Put"): 1, ("in/parts", "ObjectCreated:CompleteMultipartUpload"): 1,
        ("in/a b", "ObjectRemoved:Delete"): 1}
    eventually(lambda: hook.told() == expected)
    about = next(one["s3"]["object"] for one in hook.records if one["eventName"] == "ObjectCreated:Put")
    assert (about["size"], about["eTag"]) == (5, etag)
    time.sleep(1)
    assert hook.told() == expected


def test_a_dead_webhook_holds_up_no_other(s3, hook):
    dead = Hook()
    dead.port = 9
    s3.create_bucket(Bucket="dead")
    subscribe(s3, dead, "s3:ObjectCreated:*", bucket="dead")
    s3.put_bucket_notification_configuration(Bucket="box", NotificationConfiguration={"TopicConfigurations": [
        {"Id": name, "TopicArn": one.arn, "Events": ["s3:ObjectCreated:*"]}
        for name, one in (("dead", dead), ("alive", hook))]})
    for i in range(20):
        s3.put_object(Bucket="dead", Key=f"a{i}", Body=b"1")
        s3.put_object(Bucket="box", Key=f"a{i}", Body=b"1")
    eventually(lambda: len(hook.told()) == 20)


def test_a_node_calls_only_hosts_that_its_administrator_allows(make_s3_node, hook):
    node = make_s3_node("ciaos.notifications.allowed-hosts=10.0.0.0/8").start()
    s3 = node.boto3(node.root)
    s3.create_bucket(Bucket="box")
    with pytest.raises(botocore.exceptions.ClientError, match="InvalidArgument.*ciaos.notifications.allowed-hosts"):
        subscribe(s3, hook, "s3:ObjectCreated:*")
    assert "TopicConfigurations" not in s3.get_bucket_notification_configuration(Bucket="box")


def test_nothing_is_missed_by_a_node_that_is_killed(node, s3, hook):
    subscribe(s3, hook, "s3:ObjectCreated:*", "s3:ObjectRemoved:*")
    expected = set()
    for life in range(3):
        hook.refuses = life == 1
        for i in range(60):
            key = f"life{life}/{i}"
            s3.put_object(Bucket="box", Key=key, Body=b"1")
            expected.add((key, "ObjectCreated:Put"))
        s3.delete_object(Bucket="box", Key=f"life{life}/0")
        expected.add((f"life{life}/0", "ObjectRemoved:Delete"))
        node.kill()
        node.start()
        s3 = node.boto3(node.root)
    eventually(lambda: set(hook.told()) == expected)
    order = collections.defaultdict(list)
    for record in hook.records:
        order[record["s3"]["object"]["key"]].append(record["eventName"])
    for life in range(3):
        assert order[f"life{life}/0"][-1] == "ObjectRemoved:Delete"
