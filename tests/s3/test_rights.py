"""Who may what under policies, as boto3 sees it: what conditions know of a request, and of whom it is expected."""

import json
import time

import pytest
import requests
from botocore.exceptions import ClientError

SIZE = b"part"


@pytest.fixture
def owner(s3):
    return s3


@pytest.fixture
def other(s3_node, bob):
    return s3_node.boto3(bob)


def set_policy(client, bucket, *statements):
    client.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Principal": "*", "Action": action, "Resource": f"arn:aws:s3:::{bucket}{path}",
         **({"Condition": condition} if condition else {})} for effect, action, path, condition in statements]}))


def refused(status, code, operation, **arguments):
    with pytest.raises(ClientError) as caught:
        operation(**arguments)
    answer = caught.value.response
    assert (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]) == (status, code), answer["Error"]


def with_headers(client, operation, **headers):
    client.meta.events.register_first(
        f"before-call.s3.{operation}", lambda params, **_: params["headers"].update(headers))


@pytest.mark.shows("boto3", "AbortMultipartUpload", "ListParts")
def test_who_began_an_upload_may_abort_it(owner, other, bucket):
    set_policy(owner, bucket, ("Allow", "s3:PutObject", "/*", None))
    upload = {"Bucket": bucket, "Key": "k", "UploadId": other.create_multipart_upload(
        Bucket=bucket, Key="k")["UploadId"]}
    other.upload_part(**upload, PartNumber=1, Body=SIZE)
    assert [part["Size"] for part in other.list_parts(**upload)["Parts"]] == [len(SIZE)]
    theirs = {**upload, "UploadId": owner.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]}
    refused(403, "AccessDenied", other.list_parts, **theirs)
    refused(403, "AccessDenied", other.abort_multipart_upload, **theirs)
    other.abort_multipart_upload(**upload)
    refused(404, "NoSuchUpload", owner.list_parts, **upload)


def test_a_policy_can_ask_that_nothing_is_written_over(s3_node, alice, owner, bucket):
    set_policy(owner, bucket, ("Deny", "s3:PutObject", "/*", {
        "Null": {"s3:if-none-match": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}))
    refused(403, "AccessDenied", owner.put_object, Bucket=bucket, Key="k", Body=b"")
    upload = {"Bucket": bucket, "Key": "k", "UploadId": owner.create_multipart_upload(
        Bucket=bucket, Key="k")["UploadId"]}
    part = {"PartNumber": 1, "ETag": owner.upload_part(**upload, PartNumber=1, Body=SIZE)["ETag"]}
    refused(403, "AccessDenied", owner.complete_multipart_upload, **upload, MultipartUpload={"Parts": [part]})
    careful = s3_node.boto3(alice)
    with_headers(careful, "CompleteMultipartUpload", **{"If-None-Match": "*"})
    careful.complete_multipart_upload(**upload, MultipartUpload={"Parts": [part]})


def test_a_policy_can_ask_how_old_a_signature_is(owner, other, bucket):
    owner.put_object(Bucket=bucket, Key="k", Body=b"1")
    set_policy(
        owner, bucket, ("Allow", "s3:GetObject", "/*", None),
        ("Deny", "s3:GetObject", "/*", {"NumericGreaterThan": {"s3:signatureAge": "1500"}}))
    address = other.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "k"})
    assert requests.get(address, timeout=30).status_code == 200
    time.sleep(2.6)
    assert requests.get(address, timeout=30).status_code == 403


def test_the_expected_owner_counts_for_lists_of_keys_and_for_sources(owner, bob, alice, bucket):
    owner.put_object(Bucket=bucket, Key="k", Body=b"1")
    keys = {"Objects": [{"Key": "k"}]}
    refused(403, "AccessDenied", owner.delete_objects, Bucket=bucket, Delete=keys,
            ExpectedBucketOwner=bob.canonical_id)
    copy = {"Bucket": bucket, "Key": "k2", "CopySource": f"{bucket}/k"}
    refused(403, "AccessDenied", owner.copy_object, **copy, ExpectedSourceBucketOwner=bob.canonical_id)
    owner.copy_object(**copy, ExpectedSourceBucketOwner=alice.canonical_id)
    refused(400, "InvalidBucketOwnerAWSAccountID", owner.get_bucket_policy, Bucket=bucket, ExpectedBucketOwner="0000")
    for nobody in ("123456789012", alice.canonical_id + "foo"):
        refused(403, "AccessDenied", owner.get_bucket_acl, Bucket=bucket, ExpectedBucketOwner=nobody)


def test_variables_of_policies_give_everybody_a_place(owner, other, bucket):
    owner.put_object(Bucket=bucket, Key="bob/k", Body=b"1")
    owner.put_object(Bucket=bucket, Key="carol/k", Body=b"1")
    set_policy(owner, bucket, ("Allow", "s3:GetObject", "/${aws:username}/*", None))
    other.get_object(Bucket=bucket, Key="bob/k")
    refused(403, "AccessDenied", other.get_object, Bucket=bucket, Key="carol/k")


def test_a_form_is_told_from_other_requests(owner, other, bucket):
    set_policy(owner, bucket, ("Allow", "s3:PutObject", "/*", {"StringEquals": {"s3:authType": "POST"}}))
    form = other.generate_presigned_post(bucket, "k")
    assert requests.post(form["url"], data=form["fields"], files={"file": b"1"}, timeout=30).status_code == 204
    refused(403, "AccessDenied", other.put_object, Bucket=bucket, Key="k", Body=b"")


@pytest.mark.parametrize("action, extra", [
    ("s3:PutObjectTagging", {"Tagging": "a=b"}), ("s3:PutObjectAcl", {"ACL": "public-read"})])
def test_what_is_denied_does_not_come_along_with_a_write(s3_node, alice, owner, bucket, action, extra):
    set_policy(owner, bucket, ("Deny", action, "/*", None))
    owner.put_object(Bucket=bucket, Key="k", Body=b"1")
    refused(403, "AccessDenied", s3_node.boto3(alice).put_object, Bucket=bucket, Key="k", Body=b"", **extra)
    refused(403, "AccessDenied", owner.create_multipart_upload, Bucket=bucket, Key="k", **extra)
    owner.delete_bucket_policy(Bucket=bucket)
    owner.put_object(Bucket=bucket, Key="k", Body=b"", **extra)
