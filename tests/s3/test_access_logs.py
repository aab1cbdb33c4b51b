"""Access logs of buckets, as readers of S3's own logs expect them."""

import json
import re
import shlex
import time
import urllib.request

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest
import requests

from s3node import REGION

PATIENCE = 60
FIELDS = [
    "owner", "bucket", "time", "address", "requester", "request", "operation", "key", "uri", "status", "error", "sent",
    "size", "total", "turnaround", "referrer", "agent", "version", "host_id", "signature", "cipher", "auth", "host",
    "tls", "access_point", "acl"]


@pytest.fixture
def node(make_s3_node):
    return make_s3_node("ciaos.s3.access-log.first-delay=200ms", "ciaos.s3.access-log.max-delay=1s").start()


@pytest.fixture
def owner(node):
    return node.add_user("owner")


@pytest.fixture
def client(node, owner):
    made = node.boto3(owner)
    for name in ("source", "logs"):
        made.create_bucket(Bucket=name)
    return made


def allow_delivery(client, owner, bucket="logs", prefix="*", **change):
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}, "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/{prefix}",
        "Condition": {
            "ArnLike": {"aws:SourceArn": "arn:aws:s3:::source"},
            "StringEquals": {"aws:SourceAccount": owner.canonical_id}}} | change]}))


def switch_on(client, prefix="log/", **more):
    client.put_bucket_logging(Bucket="source", BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": prefix, **more}})


def keys_of_logs(client):
    return [found["Key"] for found in client.list_objects_v2(Bucket="logs").get("Contents", [])]


def parse(text):
    for line in text.splitlines():
        fields = shlex.split(re.sub(r"\[([^]]*)\]", r'"\1"', line, count=1))
        assert len(fields) == len(FIELDS), line
        yield dict(zip(FIELDS, fields))


def read_logs(client):
    return [
        line for key in keys_of_logs(client)
        for line in parse(client.get_object(Bucket="logs", Key=key)["Body"].read().decode())]


def await_lines(client, count, **wanted):
    """The lines that are so, once there are so many."""
    deadline = time.monotonic() + PATIENCE
    while True:
        all_lines = read_logs(client)
        lines = [line for line in all_lines if all(line[name] == value for name, value in wanted.items())]
        if len(lines) >= count:
            assert len(lines) == count, lines
            return lines
        assert time.monotonic() < deadline, all_lines
        time.sleep(0.1)


def signed(user, method, url, body=b""):
    request = botocore.awsrequest.AWSRequest(method, url, data=body)
    botocore.auth.S3SigV4Auth(botocore.credentials.Credentials(user.key, user.secret), "s3", REGION).add_auth(request)
    return requests.request(method, url, data=body, headers=dict(request.headers), timeout=60)


def refused(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as refusal:
        call(**arguments)
    return refusal.value.response["Error"]["Code"]


@pytest.mark.shows("boto3", "PutBucketLogging", "GetBucketLogging")
def test_requests_are_told_in_the_format_of_s3(client, node, owner):
    allow_delivery(client, owner)
    switch_on(client)
    client.put_object(Bucket="source", Key='a b/"c"', Body=b"hello")
    client.get_object(Bucket="source", Key='a b/"c"', Range="bytes=1-2")["Body"].read()
    assert refused(client.get_object, Bucket="source", Key="missing") == "NoSuchKey"

    put, = await_lines(client, 1, operation="REST.PUT.OBJECT")
    assert put["owner"] == put["requester"] == owner.canonical_id
    assert (put["bucket"], put["key"]) == ("source", "a%20b/%22c%22")
    assert (put["status"], put["error"], put["size"], put["address"]) == ("200", "-", "5", "127.0.0.1")
    assert re.fullmatch(r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000", put["time"])
    assert put["uri"].startswith("PUT /source/a%20b/%22c%22") and put["uri"].endswith(" HTTP/1.1")
    assert (put["signature"], put["auth"], put["acl"]) == ("SigV4", "AuthHeader", "-")
    assert "oto" in put["agent"] and put["total"].isdigit() and put["tls"] == "-"
    got, = await_lines(client, 1, operation="REST.GET.OBJECT", status="206")
    assert (got["sent"], got["size"]) == ("2", "5")
    missing, = await_lines(client, 1, operation="REST.GET.OBJECT", status="404")
    assert (missing["error"], missing["key"]) == ("NoSuchKey", "missing")

    for key in keys_of_logs(client):
        assert re.fullmatch(r"log/\d{4}(-\d\d){5}-[0-9A-F]{32}", key), key
        head = client.head_object(Bucket="logs", Key=key)
        assert head["ContentType"] == "text/plain"


def test_nothing_that_a_client_sends_breaks_out_of_its_field(client, owner):
    allow_delivery(client, owner)
    switch_on(client)
    key = 'a" 200 - "b\nc d'
    client.put_object(Bucket="source", Key=key, Body=b"1")
    url = client.generate_presigned_url("get_object", Params={"Bucket": "source", "Key": key})
    forged = 'evil" 200 - - [x] "'
    assert requests.get(url, headers={"User-Agent": forged, "Referer": forged}, timeout=60).status_code == 200
    line, = await_lines(client, 1, auth="QueryString")
    assert line["key"] == "a%22%20200%20-%20%22b%0Ac%20d"
    assert line["agent"] == line["referrer"] == "evil%22 200 - - [x] %22"


def test_who_may_not_and_who_did_not_say_who_they_are_are_told_too(client, node, owner):
    allow_delivery(client, owner)
    switch_on(client)
    client.put_object(Bucket="source", Key="open", Body=b"1", ACL="public-read")
    other = node.add_user("other")
    assert refused(node.boto3(other).put_object, Bucket="source", Key="k", Body=b"2") == "AccessDenied"
    node.boto3(other).get_object(Bucket="source", Key="open")
    with urllib.request.urlopen(f"{node.s3_url}/source/open", timeout=60) as answer:
        assert answer.read() == b"1"
    presigned = client.generate_presigned_url("get_object", Params={"Bucket": "source", "Key": "open"})
    with urllib.request.urlopen(presigned, timeout=60) as answer:
        assert answer.read() == b"1"
    owner.secret = owner.secret[::-1]
    assert refused(node.boto3(owner).get_object, Bucket="source", Key="open") == "SignatureDoesNotMatch"

    denied, = await_lines(client, 1, error="AccessDenied")
    assert (denied["requester"], denied["status"]) == (other.canonical_id, "403")
    by_acl, = await_lines(client, 1, operation="REST.GET.OBJECT", requester=other.canonical_id)
    assert by_acl["acl"] == "Yes"
    anonymous, = await_lines(client, 1, requester="-", status="200")
    assert (anonymous["auth"], anonymous["signature"], anonymous["acl"]) == ("-", "-", "Yes")
    by_query, = await_lines(client, 1, auth="QueryString")
    assert re.search("[?&]X-Amz-Signature=[& ]", by_query["uri"]) and by_query["acl"] == "-"
    forged, = await_lines(client, 1, error="SignatureDoesNotMatch")
    assert forged["requester"] == "-"


def test_each_deleted_object_and_the_source_of_a_copy_have_lines(client, owner):
    allow_delivery(client, owner)
    client.create_bucket(Bucket="unlogged")
    client.put_object(Bucket="source", Key="one", Body=b"1")
    switch_on(client)
    client.copy_object(Bucket="unlogged", Key="copy", CopySource={"Bucket": "source", "Key": "one"})
    client.copy_object(Bucket="source", Key="two", CopySource={"Bucket": "unlogged", "Key": "copy"})
    client.delete_objects(Bucket="source", Delete={"Objects": [{"Key": "one"}, {"Key": "two"}]})
    upload = client.create_multipart_upload(Bucket="source", Key="parts")["UploadId"]
    part = client.upload_part(Bucket="source", Key="parts", UploadId=upload, PartNumber=1, Body=b"p")
    client.complete_multipart_upload(Bucket="source", Key="parts", UploadId=upload, MultipartUpload={
        "Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})

    assert await_lines(client, 1, operation="REST.COPY.OBJECT_GET")[0]["key"] == "one"
    assert await_lines(client, 1, operation="REST.COPY.OBJECT")[0]["key"] == "two"
    assert {line["key"] for line in await_lines(client, 2, operation="BATCH.DELETE.OBJECT")} == {"one", "two"}
    await_lines(client, 1, operation="REST.POST.MULTI_OBJECT_DELETE")
    for operation in ("REST.POST.UPLOADS", "REST.PUT.PART", "REST.POST.UPLOAD"):
        assert await_lines(client, 1, operation=operation)[0]["key"] == "parts"


@pytest.mark.parametrize("source", ["EventTime", "DeliveryTime"])
def test_log_objects_can_be_parted_by_day(client, node, owner, source):
    allow_delivery(client, owner)
    # The client does not know this part of the document yet.
    status = (
        '<BucketLoggingStatus xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LoggingEnabled>'
        "<TargetBucket>logs</TargetBucket><TargetPrefix>log/</TargetPrefix><TargetObjectKeyFormat><PartitionedPrefix>"
        f"<PartitionDateSource>{source}</PartitionDateSource></PartitionedPrefix></TargetObjectKeyFormat>"
        "</LoggingEnabled></BucketLoggingStatus>")
    url = f"{node.s3_url}/source?logging"
    assert signed(owner, "PUT", url, status).status_code == 200
    assert signed(owner, "GET", url).text.endswith(status)
    client.head_bucket(Bucket="source")
    await_lines(client, 1, operation="REST.HEAD.BUCKET")
    time_of_day = "00-00-00" if source == "EventTime" else r"\d\d-\d\d-\d\d"
    for key in keys_of_logs(client):
        assert re.fullmatch(
            rf"log/{owner.canonical_id}/us-east-1/source/(\d{{4}})/(\d\d)/(\d\d)/\1-\2-\3-{time_of_day}-[0-9A-F]{{32}}",
            key), key


def test_a_bucket_takes_logs_only_where_its_owner_says_so(client, node, owner):
    def code():
        return refused(client.put_bucket_logging, Bucket="source", BucketLoggingStatus={
            "LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": "log/"}})

    assert code() == "InvalidTargetBucketForLogging"
    for change in (
            {"Principal": {"AWS": "*"}}, {"Principal": {"Service": "other.amazonaws.com"}}, {"Action": "s3:GetObject"},
            {"Resource": "arn:aws:s3:::logs/elsewhere/*"}, {"Effect": "Deny"},
            {"Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::another"}}},
            {"Condition": {"StringEquals": {"aws:SourceAccount": "nobody"}}}):
        allow_delivery(client, owner, **change)
        assert code() == "InvalidTargetBucketForLogging", change
    client.delete_bucket_policy(Bucket="logs")
    client.put_bucket_acl(Bucket="logs", ACL="log-delivery-write")
    switch_on(client)
    client.put_bucket_logging(Bucket="source", BucketLoggingStatus={})

    # Logs of somebody else's bucket would tell him what is none of his business.
    stranger = node.boto3(node.add_user("stranger"))
    stranger.create_bucket(Bucket="theirs")
    allow_delivery(stranger, owner, bucket="theirs")
    assert refused(client.put_bucket_logging, Bucket="source", BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": "theirs", "TargetPrefix": ""}}) == "InvalidTargetBucketForLogging"


def test_log_objects_are_as_their_bucket_wants_its_objects(client, owner):
    allow_delivery(client, owner)
    client.put_bucket_encryption(Bucket="logs", ServerSideEncryptionConfiguration={
        "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]})
    client.put_bucket_versioning(Bucket="logs", VersioningConfiguration={"Status": "Enabled"})
    readers = "http://acs.amazonaws.com/groups/global/AllUsers"
    switch_on(client, TargetGrants=[{"Grantee": {"Type": "Group", "URI": readers}, "Permission": "READ"}])
    client.head_bucket(Bucket="source")
    await_lines(client, 1, operation="REST.HEAD.BUCKET")
    key = keys_of_logs(client)[0]
    head = client.head_object(Bucket="logs", Key=key)
    assert head["ServerSideEncryption"] == "AES256" and head["VersionId"] != "null"
    grants = client.get_object_acl(Bucket="logs", Key=key)["Grants"]
    assert {(grant["Grantee"].get("URI"), grant["Permission"]) for grant in grants} == {
        (None, "FULL_CONTROL"), (readers, "READ")}


def test_what_waits_is_written_when_the_node_stops(make_s3_node):
    node = make_s3_node("ciaos.s3.access-log.first-delay=1h", "ciaos.s3.access-log.max-delay=1h").start()
    owner = node.add_user("owner")
    client = node.boto3(owner)
    for name in ("source", "logs"):
        client.create_bucket(Bucket=name)
    allow_delivery(client, owner)
    switch_on(client)
    for number in range(20):
        client.put_object(Bucket="source", Key=str(number), Body=b"1")
    assert keys_of_logs(client) == []
    assert node.stop() == 0
    node.start()
    client = node.boto3(owner)
    assert len(keys_of_logs(client)) == 1
    assert [line["key"] for line in await_lines(client, 20, operation="REST.PUT.OBJECT")] == [
        str(number) for number in range(20)]


def test_a_log_that_may_not_be_written_any_more_is_lost_and_counted(client, node, owner):
    allow_delivery(client, owner)
    switch_on(client)
    client.delete_bucket_policy(Bucket="logs")
    client.head_bucket(Bucket="source")
    deadline = time.monotonic() + PATIENCE
    while 'ciaos_s3_access_log_lines_total{result="lost"} 0' in metrics(node):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert keys_of_logs(client) == [] and "does not let logging.s3.amazonaws.com write" in node.log()


def metrics(node):
    request = urllib.request.Request(
        f"{node.url}/metrics", headers={"Authorization": f"Bearer {node.root.key}:{node.root.secret}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.read().decode()
