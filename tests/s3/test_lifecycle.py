"""Lifecycle rules on nodes whose days last two seconds."""

import re
import time

import pytest

DAY = 2
PATIENCE = 60


def eventually(condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.2)
    assert condition()


@pytest.fixture
def node(make_s3_node):
    return make_s3_node(f"ciaos.lifecycle.day={DAY}s", "ciaos.lifecycle.interval=1s").start()


@pytest.fixture
def s3(node):
    client = node.boto3(node.root)
    client.create_bucket(Bucket="box")
    return client


def rule(prefix="", **parts):
    return {"ID": "the rule", "Status": "Enabled", "Filter": {"Prefix": prefix}, **parts}


def set_rules(s3, *rules):
    s3.put_bucket_lifecycle_configuration(Bucket="box", LifecycleConfiguration={"Rules": list(rules)})


def set_versioning(s3):
    s3.put_bucket_versioning(Bucket="box", VersioningConfiguration={"Status": "Enabled"})


def keys(s3):
    return [found["Key"] for found in s3.list_objects_v2(Bucket="box").get("Contents", [])]


def history(s3):
    page = s3.list_object_versions(Bucket="box")
    return len(page.get("Versions", [])), len(page.get("DeleteMarkers", []))


def test_objects_expire_by_prefix_tag_and_size(s3):
    set_rules(
        s3,
        rule("old/", Expiration={"Days": 1}),
        {"ID": "tagged", "Status": "Enabled", "Filter": {"Tag": {"Key": "keep", "Value": "no"}},
         "Expiration": {"Days": 1}},
        {"ID": "large", "Status": "Enabled", "Expiration": {"Days": 1},
         "Filter": {"And": {"Prefix": "new/", "ObjectSizeGreaterThan": 10}}},
        {"ID": "off", "Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}})
    for key in ("old/a", "old/b", "new/small", "untagged"):
        s3.put_object(Bucket="box", Key=key, Body=b"12345")
    s3.put_object(Bucket="box", Key="new/large", Body=b"1234567890+")
    s3.put_object(Bucket="box", Key="tagged", Body=b"1", Tagging="keep=no")
    s3.put_object(Bucket="box", Key="kept", Body=b"1", Tagging="keep=yes")
    eventually(lambda: keys(s3) == ["kept", "new/small", "untagged"])
    time.sleep(2 * DAY)
    assert keys(s3) == ["kept", "new/small", "untagged"]


def test_versions_expire_and_a_lone_marker_goes(s3):
    set_versioning(s3)
    for i in range(4):
        s3.put_object(Bucket="box", Key="a", Body=str(i).encode())
    set_rules(s3, rule(NoncurrentVersionExpiration={"NoncurrentDays": 1, "NewerNoncurrentVersions": 1}))
    eventually(lambda: history(s3) == (2, 0))
    assert s3.get_object(Bucket="box", Key="a")["Body"].read() == b"3"

    set_rules(s3, rule(Expiration={"Days": 1}))
    eventually(lambda: history(s3) == (2, 1))
    assert keys(s3) == []

    set_rules(
        s3, rule(Expiration={"ExpiredObjectDeleteMarker": True}, NoncurrentVersionExpiration={"NoncurrentDays": 1}))
    eventually(lambda: history(s3) == (0, 0))


def test_a_locked_version_outlives_the_rule(s3):
    s3.create_bucket(Bucket="safe", ObjectLockEnabledForBucket=True)
    for body in (b"1", b"2"):
        s3.put_object(Bucket="safe", Key="a", Body=body, ObjectLockLegalHoldStatus="ON")
    s3.put_bucket_lifecycle_configuration(Bucket="safe", LifecycleConfiguration={"Rules": [
        rule(NoncurrentVersionExpiration={"NoncurrentDays": 1})]})
    s3.put_object(Bucket="safe", Key="b", Body=b"1")
    s3.put_object(Bucket="safe", Key="b", Body=b"2")

    def left():
        return sorted(found["Key"] for found in s3.list_object_versions(Bucket="safe")["Versions"])

    eventually(lambda: left() == ["a", "a", "b"])


def test_uploads_are_aborted_and_told_so(s3):
    set_rules(s3, rule("part/", AbortIncompleteMultipartUpload={"DaysAfterInitiation": 1}))
    begun = s3.create_multipart_upload(Bucket="box", Key="part/a")
    assert begun["AbortRuleId"] == "the%20rule" and begun["AbortDate"]
    s3.upload_part(Bucket="box", Key="part/a", UploadId=begun["UploadId"], PartNumber=1, Body=b"1")
    other = s3.create_multipart_upload(Bucket="box", Key="b")
    assert "AbortDate" not in other
    eventually(lambda: [one["Key"] for one in s3.list_multipart_uploads(Bucket="box").get("Uploads", [])] == ["b"])
    with pytest.raises(s3.exceptions.NoSuchUpload):
        s3.list_parts(Bucket="box", Key="part/a", UploadId=begun["UploadId"])


def test_answers_tell_when_an_object_expires(make_s3_node):
    node = make_s3_node().start()
    s3 = node.boto3(node.root)
    s3.create_bucket(Bucket="box")
    set_rules(s3, rule("days/", Expiration={"Days": 8}))
    put = s3.put_object(Bucket="box", Key="days/a", Body=b"1")
    assert re.fullmatch(r'expiry-date="\w{3}, \d\d \w{3} \d{4} 00:00:00 GMT", rule-id="the%20rule"', put["Expiration"])
    assert s3.head_object(Bucket="box", Key="days/a")["Expiration"] == put["Expiration"]
    assert s3.get_object(Bucket="box", Key="days/a")["Expiration"] == put["Expiration"]
    assert "Expiration" not in s3.put_object(Bucket="box", Key="b", Body=b"1")


def test_a_node_that_is_killed_meanwhile_goes_on(node, s3):
    count = 300
    set_versioning(s3)
    for i in range(count):
        s3.put_object(Bucket="box", Key=f"a{i:03}", Body=b"1")
    set_rules(s3, rule(Expiration={"Days": 1}, NoncurrentVersionExpiration={"NoncurrentDays": 1}))
    for _ in range(3):
        time.sleep(0.7)
        node.kill()
        node.start()
        s3 = node.boto3(node.root)
        versions, markers = history(s3)
        assert versions <= count and markers <= count
    eventually(lambda: history(s3) == (0, 0))
    s3.put_object(Bucket="box", Key="new", Body=b"1")
    assert s3.get_object(Bucket="box", Key="new")["Body"].read() == b"1"
