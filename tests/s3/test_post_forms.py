"""Uploads by the forms of browsers."""

import base64
import datetime
import hashlib
import hmac
import json
import xml.etree.ElementTree

import pytest
import requests


@pytest.fixture
def post(s3_node, bucket):
    def send(*fields, file=("file", "bar"), **more):
        parts = [(name, (None, value)) for name, value in fields]
        if file is not None:
            parts.append(("file", file))
        return requests.post(f"{s3_node.s3_url}/{bucket}", files=parts, allow_redirects=False, timeout=60, **more)

    return send


def code_of(answer):
    return answer.status_code, xml.etree.ElementTree.fromstring(answer.content).find("Code").text


def signed(user, conditions, expires=6000):
    """Fields that sign a policy in the older way."""
    until = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=expires)
    policy = base64.b64encode(json.dumps(
        {"expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"), "conditions": conditions}).encode()).decode()
    signature = base64.b64encode(hmac.new(user.secret.encode(), policy.encode(), hashlib.sha1).digest()).decode()
    return [("AWSAccessKeyId", user.key), ("policy", policy), ("signature", signature)]


def test_a_presigned_form_uploads_a_file(s3, bucket, post):
    form = s3.generate_presigned_post(
        bucket, "a b/${filename}", Fields={"acl": "public-read", "x-amz-meta-foo": "bar", "Content-Type": "text/plain"},
        Conditions=[{"acl": "public-read"}, ["starts-with", "$x-amz-meta-foo", "b"],
                    ["starts-with", "$Content-Type", "text/"], ["content-length-range", 1, 10_000_000]])
    body = b"x" * 3_000_000
    answer = post(*form["fields"].items(), file=("dir/photo.txt", body))
    assert answer.status_code == 204 and answer.content == b""
    assert answer.headers["ETag"] == f'"{hashlib.md5(body).hexdigest()}"'
    found = s3.get_object(Bucket=bucket, Key="a b/photo.txt")
    assert found["Body"].read() == body
    assert found["ContentType"] == "text/plain" and found["Metadata"] == {"foo": "bar"}
    grants = s3.get_object_acl(Bucket=bucket, Key="a b/photo.txt")["Grants"]
    assert any(grant["Grantee"].get("URI", "").endswith("AllUsers") for grant in grants)


def test_anybody_may_post_where_everybody_may_write(s3, bucket, post):
    assert code_of(post(("key", "foo.txt"))) == (403, "AccessDenied")
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    assert post(("key", "foo.txt"), ("Content-Type", "text/plain")).status_code == 204
    assert s3.get_object(Bucket=bucket, Key="foo.txt")["Body"].read() == b"bar"


def test_the_answer_is_as_the_form_asks(s3, bucket, post, s3_node):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    key = ("key", "foo+bar.txt")
    created = post(key, ("success_action_status", "201"))
    assert created.status_code == 201
    document = xml.etree.ElementTree.fromstring(created.content)
    assert document.find("Key").text == "foo+bar.txt" and document.find("Bucket").text == bucket
    assert document.find("ETag").text == f'"{hashlib.md5(b"bar").hexdigest()}"'
    assert requests.get(document.find("Location").text, timeout=60).status_code in (200, 403)
    for asked, status in (("200", 200), ("404", 204), ("", 204)):
        answer = post(key, ("success_action_status", asked))
        assert (answer.status_code, answer.content) == (status, b"")
    page = f"{s3_node.s3_url}/page"
    answer = post(key, ("success_action_redirect", page))
    assert answer.status_code == 303
    assert answer.headers["Location"] == (
        f"{page}?bucket={bucket}&key=foo%2Bbar.txt&etag=%22{hashlib.md5(b'bar').hexdigest()}%22")
    assert post(key, ("success_action_redirect", "javascript:alert(1)")).status_code == 204


def test_tags_come_as_a_document(s3, bucket, post, alice):
    tags = "<Tagging><TagSet><Tag><Key>0</Key><Value>zero</Value></Tag></TagSet></Tagging>"
    fields = signed(alice, [{"bucket": bucket}, ["starts-with", "$key", "foo"], ["starts-with", "$tagging", ""]])
    assert post(("key", "foo.txt"), ("tagging", tags), *fields).status_code == 204
    assert s3.get_object_tagging(Bucket=bucket, Key="foo.txt")["TagSet"] == [{"Key": "0", "Value": "zero"}]
    assert code_of(post(("key", "foo.txt"), ("tagging", "<Tagging/>"), *fields)) == (400, "MalformedXML")


def test_a_policy_is_held_to(bucket, post, alice, bob):
    conditions = [{"bucket": bucket}, ["starts-with", "$key", "foo"], ["content-length-range", 2, 5]]
    fields = signed(alice, conditions)
    assert post(("key", "foo.txt"), *fields).status_code == 204
    assert post(("kEy", "foo.txt"), ("x-ignore-foo", "bar"), *fields).status_code == 204
    assert post(("key", "bar.txt"), *fields).status_code == 403
    assert post(("key", "foo.txt"), ("x-amz-meta-foo", "bar"), *fields).status_code == 403
    assert code_of(post(("key", "foo.txt"), *fields, file=("file", "123456"))) == (400, "EntityTooLarge")
    assert code_of(post(("key", "foo.txt"), *fields, file=("file", "1"))) == (400, "EntityTooSmall")
    assert post(("key", "foo.txt"), *signed(alice, conditions, expires=-60)).status_code == 403
    assert post(("key", "foo.txt"), *signed(bob, conditions)).status_code == 403
    altered = [(name, value[:-4] + "AAA=" if name == "signature" else value) for name, value in fields]
    assert code_of(post(("key", "foo.txt"), *altered)) == (403, "SignatureDoesNotMatch")
    for left_out, status in (("signature", 400), ("policy", 400), ("AWSAccessKeyId", 400)):
        rest = [field for field in fields if field[0] != left_out]
        assert post(("key", "foo.txt"), *rest).status_code == status
    assert post(*fields).status_code == 400
    assert post(("key", "foo.txt"), *fields, file=None).status_code == 400


def test_a_checksum_is_checked(s3, bucket, post, alice):
    # The policy need not name it: a checksum can only refuse.
    fields = signed(alice, [{"bucket": bucket}, ["starts-with", "$key", "foo"]])
    right = base64.b64encode(hashlib.sha256(b"bar").digest()).decode()
    wrong = base64.b64encode(hashlib.sha256(b"foo").digest()).decode()
    assert code_of(post(("key", "foo.txt"), ("x-amz-checksum-sha256", wrong), *fields)) == (400, "BadDigest")
    sent = [("x-amz-checksum-algorithm", "SHA256"), ("x-amz-checksum-sha256", right)]
    assert post(("key", "foo.txt"), *sent, *fields).status_code == 204
    assert s3.head_object(Bucket=bucket, Key="foo.txt", ChecksumMode="ENABLED")["ChecksumSHA256"] == right


def test_headers_beside_the_form_grant_nothing(s3, bucket, post, alice):
    fields = signed(alice, [{"bucket": bucket}, ["starts-with", "$key", "foo"]])
    assert post(("key", "foo.txt"), *fields, headers={"x-amz-acl": "public-read"}).status_code == 204
    assert len(s3.get_object_acl(Bucket=bucket, Key="foo.txt")["Grants"]) == 1
