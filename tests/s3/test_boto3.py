"""Every operation by boto3, as its documentation has it."""

import base64
import datetime
import hashlib
import json

import botocore.exceptions
import pytest

NOW = datetime.datetime.now(datetime.timezone.utc)


def shows(*operations):
    return pytest.mark.shows("boto3", *operations)


def refused(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"], error.value.response["ResponseMetadata"]["HTTPStatusCode"]


@shows("CreateBucket", "HeadBucket", "ListBuckets", "GetBucketLocation", "DeleteBucket")
def test_buckets_come_and_go(s3_node, alice, bob):
    s3 = s3_node.boto3(alice)
    s3.create_bucket(Bucket="comes-and-goes")
    assert s3.head_bucket(Bucket="comes-and-goes")["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "comes-and-goes" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert s3.list_buckets()["Owner"]["ID"] == alice.canonical_id
    assert "comes-and-goes" not in [bucket["Name"] for bucket in s3_node.boto3(bob).list_buckets()["Buckets"]]
    assert refused(s3_node.boto3(bob).create_bucket, Bucket="comes-and-goes") == ("BucketAlreadyExists", 409)
    assert s3.get_bucket_location(Bucket="comes-and-goes")["LocationConstraint"] is None
    s3.put_object(Bucket="comes-and-goes", Key="a")
    assert refused(s3.delete_bucket, Bucket="comes-and-goes") == ("BucketNotEmpty", 409)
    s3.delete_object(Bucket="comes-and-goes", Key="a")
    s3.delete_bucket(Bucket="comes-and-goes")
    assert refused(s3.head_bucket, Bucket="comes-and-goes")[1] == 404
    for name in ("A-B", "ab", "a..b", "1.2.3.4", "x" * 64, "-a-b"):
        assert refused(s3.create_bucket, Bucket=name) == ("InvalidBucketName", 400)


@shows("PutObject", "GetObject", "HeadObject", "GetObject (range)", "GetObject (conditional)", "DeleteObject")
def test_an_object_with_all_that_is_said_of_it(s3, bucket, dice):
    data = dice.randbytes(5_000_000)
    tag = s3.put_object(
        Bucket=bucket, Key="a/b c+d%&ä", Body=data, ContentType="text/x-test", CacheControl="no-cache",
        ContentDisposition="attachment", ContentEncoding="gzip", ContentLanguage="de", Metadata={"color": "red"},
        Expires=datetime.datetime(2030, 1, 1))["ETag"]
    assert tag == f'"{hashlib.md5(data).hexdigest()}"'
    for call in (s3.get_object, s3.head_object):
        found = call(Bucket=bucket, Key="a/b c+d%&ä")
        assert (found["ContentLength"], found["ETag"], found["Metadata"]) == (len(data), tag, {"color": "red"})
        assert (found["ContentType"], found["CacheControl"]) == ("text/x-test", "no-cache")
        assert (found["ContentDisposition"], found["ContentEncoding"]) == ("attachment", "gzip")
        assert found["ContentLanguage"] == "de" and abs(found["LastModified"] - NOW) < datetime.timedelta(minutes=30)
    key = {"Bucket": bucket, "Key": "a/b c+d%&ä"}
    assert s3.get_object(**key)["Body"].read() == data
    for header, start, end in (("bytes=0-9", 0, 10), ("bytes=4999990-", 4_999_990, None), ("bytes=-7", -7, None)):
        part = s3.get_object(**key, Range=header)
        assert part["Body"].read() == data[start:end] and part["ContentRange"].endswith("/5000000")
    assert refused(s3.get_object, **key, Range="bytes=5000000-") == ("InvalidRange", 416)
    assert refused(s3.get_object, **key, IfMatch='"no"') == ("PreconditionFailed", 412)
    assert refused(s3.get_object, **key, IfNoneMatch=tag)[1] == 304
    assert s3.get_object(**key, ResponseContentType="image/png")["ContentType"] == "image/png"
    s3.delete_object(**key)
    s3.delete_object(**key)
    assert refused(s3.get_object, **key) == ("NoSuchKey", 404)


@shows("CopyObject")
def test_copies(s3, bucket, dice):
    data = dice.randbytes(70_000)
    s3.put_object(Bucket=bucket, Key="from", Body=data, Metadata={"a": "1"}, ContentType="image/png", Tagging="x=y")
    copied = s3.copy_object(Bucket=bucket, Key="to", CopySource={"Bucket": bucket, "Key": "from"})
    assert copied["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(data).hexdigest()}"'
    found = s3.get_object(Bucket=bucket, Key="to")
    assert (found["Body"].read(), found["Metadata"], found["ContentType"]) == (data, {"a": "1"}, "image/png")
    s3.copy_object(
        Bucket=bucket, Key="to", CopySource=f"{bucket}/from", MetadataDirective="REPLACE", Metadata={"b": "2"})
    assert s3.head_object(Bucket=bucket, Key="to")["Metadata"] == {"b": "2"}
    same = {"Bucket": bucket, "Key": "from", "CopySource": f"{bucket}/from"}
    assert refused(s3.copy_object, **same) == ("InvalidRequest", 400)
    s3.copy_object(**same, MetadataDirective="REPLACE", Metadata={"c": "3"})
    assert s3.get_object(Bucket=bucket, Key="from")["Body"].read() == data
    assert refused(s3.copy_object, Bucket=bucket, Key="to", CopySource=f"{bucket}/none") == ("NoSuchKey", 404)
    assert refused(
        s3.copy_object, Bucket=bucket, Key="to", CopySource=f"{bucket}/from", CopySourceIfMatch='"no"')[1] == 412


@shows("PutBucketVersioning", "GetBucketVersioning", "ListObjectVersions", "DeleteObject (version)", "DeleteObjects")
def test_versions(s3, bucket):
    assert "Status" not in s3.get_bucket_versioning(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="k", Body=b"zero")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    made = [s3.put_object(Bucket=bucket, Key="k", Body=text)["VersionId"] for text in (b"one", b"two")]
    marker = s3.delete_object(Bucket=bucket, Key="k")
    assert marker["DeleteMarker"] and refused(s3.get_object, Bucket=bucket, Key="k") == ("NoSuchKey", 404)
    listed = s3.list_object_versions(Bucket=bucket)
    assert [version["VersionId"] for version in listed["Versions"]] == [made[1], made[0], "null"]
    assert [mark["IsLatest"] for mark in listed["DeleteMarkers"]] == [True]
    assert s3.get_object(Bucket=bucket, Key="k", VersionId=made[0])["Body"].read() == b"one"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=marker["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"two"
    s3.delete_object(Bucket=bucket, Key="k", VersionId=made[1])
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"one"
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    assert "VersionId" not in s3.put_object(Bucket=bucket, Key="k", Body=b"null again")
    versions = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [version["VersionId"] for version in versions] == ["null", made[0]]
    gone = s3.delete_objects(Bucket=bucket, Delete={"Objects": [
        {"Key": "k", "VersionId": version["VersionId"]} for version in versions]})
    assert len(gone["Deleted"]) == 2 and "Versions" not in s3.list_object_versions(Bucket=bucket)


@shows("PutObject (conditional)", "DeleteObject (conditional)")
def test_conditional_writes(s3_node, alice, s3, bucket):
    client = s3_node.boto3(alice)
    sent = {}

    def add(request, **_):
        for name, value in sent.items():
            request.headers[name] = value

    client.meta.events.register("before-sign.s3.*", add)
    sent["If-None-Match"] = "*"
    tag = client.put_object(Bucket=bucket, Key="k", Body=b"1")["ETag"]
    assert refused(client.put_object, Bucket=bucket, Key="k", Body=b"2") == ("PreconditionFailed", 412)
    sent.clear()
    sent["If-Match"] = tag
    other = client.put_object(Bucket=bucket, Key="k", Body=b"3")["ETag"]
    assert refused(client.put_object, Bucket=bucket, Key="k", Body=b"4") == ("PreconditionFailed", 412)
    assert refused(client.delete_object, Bucket=bucket, Key="k") == ("PreconditionFailed", 412)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"3"
    sent["If-Match"] = other
    client.delete_object(Bucket=bucket, Key="k")
    assert refused(s3.get_object, Bucket=bucket, Key="k")[1] == 404


@shows("PutObjectTagging", "GetObjectTagging", "DeleteObjectTagging", "PutBucketTagging", "GetBucketTagging",
       "DeleteBucketTagging")
def test_tags(s3, bucket):
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "ä +-=._:/@"}]
    s3.put_object(Bucket=bucket, Key="k", Tagging="x=y")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == [{"Key": "x", "Value": "y"}]
    s3.put_object_tagging(Bucket=bucket, Key="k", Tagging={"TagSet": tags})
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == tags
    s3.delete_object_tagging(Bucket=bucket, Key="k")
    assert s3.get_object_tagging(Bucket=bucket, Key="k")["TagSet"] == []
    assert refused(s3.put_object_tagging, Bucket=bucket, Key="k", Tagging={
        "TagSet": [{"Key": f"{n}", "Value": ""} for n in range(11)]})[1] == 400
    assert refused(s3.get_bucket_tagging, Bucket=bucket) == ("NoSuchTagSet", 404)
    s3.put_bucket_tagging(Bucket=bucket, Tagging={"TagSet": tags})
    assert s3.get_bucket_tagging(Bucket=bucket)["TagSet"] == tags
    s3.delete_bucket_tagging(Bucket=bucket)


@shows("PutBucketAcl", "GetBucketAcl", "PutObjectAcl", "GetObjectAcl")
def test_acls(s3_node, s3, bob, bucket):
    s3.put_object(Bucket=bucket, Key="k", Body=b"1")
    s3.put_object_acl(Bucket=bucket, Key="k", GrantRead=f"id={bob.canonical_id}")
    assert s3_node.boto3(bob).get_object(Bucket=bucket, Key="k")["Body"].read() == b"1"
    grants = s3.get_object_acl(Bucket=bucket, Key="k")["Grants"]
    assert [(grant["Grantee"]["ID"], grant["Permission"]) for grant in grants] == [(bob.canonical_id, "READ")]
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    assert {grant["Permission"] for grant in s3.get_bucket_acl(Bucket=bucket)["Grants"]} == {
        "FULL_CONTROL", "READ", "WRITE"}
    s3_node.boto3(bob).put_object(Bucket=bucket, Key="of bob", Body=b"2")


@shows("PutBucketPolicy", "GetBucketPolicy", "GetBucketPolicyStatus", "DeleteBucketPolicy", "PutPublicAccessBlock",
       "GetPublicAccessBlock", "DeletePublicAccessBlock", "PutBucketOwnershipControls", "GetBucketOwnershipControls",
       "DeleteBucketOwnershipControls")
def test_policies_and_what_limits_them(s3, bucket):
    policy = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}]})
    assert refused(s3.get_bucket_policy, Bucket=bucket) == ("NoSuchBucketPolicy", 404)
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == json.loads(policy)
    assert s3.get_bucket_policy_status(Bucket=bucket)["PolicyStatus"]["IsPublic"]
    s3.delete_bucket_policy(Bucket=bucket)
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    assert s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"] == block
    assert refused(s3.put_bucket_policy, Bucket=bucket, Policy=policy) == ("AccessDenied", 403)
    assert refused(s3.put_bucket_acl, Bucket=bucket, ACL="public-read") == ("AccessDenied", 403)
    s3.delete_public_access_block(Bucket=bucket)
    rules = {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    s3.put_bucket_ownership_controls(Bucket=bucket, OwnershipControls=rules)
    assert s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"] == rules
    assert refused(s3.put_object, Bucket=bucket, Key="k", ACL="public-read") == ("AccessControlListNotSupported", 400)
    s3.delete_bucket_ownership_controls(Bucket=bucket)


@shows("PutBucketCors", "GetBucketCors", "DeleteBucketCors", "PutBucketLifecycleConfiguration",
       "GetBucketLifecycleConfiguration", "DeleteBucketLifecycle", "PutBucketEncryption", "GetBucketEncryption",
       "DeleteBucketEncryption", "PutBucketWebsite", "GetBucketWebsite", "DeleteBucketWebsite",
       "PutBucketRequestPayment", "GetBucketRequestPayment", "PutBucketLogging", "GetBucketLogging",
       "PutBucketNotificationConfiguration", "GetBucketNotificationConfiguration")
def test_configurations_are_kept(s3, bucket):
    cors = [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["https://*.example.com"], "MaxAgeSeconds": 60}]
    assert refused(s3.get_bucket_cors, Bucket=bucket) == ("NoSuchCORSConfiguration", 404)
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": cors})
    assert s3.get_bucket_cors(Bucket=bucket)["CORSRules"] == cors
    s3.delete_bucket_cors(Bucket=bucket)
    rules = [{"ID": "old", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 30}}]
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": rules})
    assert s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"] == rules
    s3.delete_bucket_lifecycle(Bucket=bucket)
    assert refused(s3.get_bucket_lifecycle_configuration, Bucket=bucket) == ("NoSuchLifecycleConfiguration", 404)
    s3.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [
        {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]})
    assert s3.put_object(Bucket=bucket, Key="k", Body=b"1")["ServerSideEncryption"] == "AES256"
    s3.get_bucket_encryption(Bucket=bucket)
    s3.delete_bucket_encryption(Bucket=bucket)
    s3.put_bucket_website(Bucket=bucket, WebsiteConfiguration={"IndexDocument": {"Suffix": "index.html"}})
    assert s3.get_bucket_website(Bucket=bucket)["IndexDocument"] == {"Suffix": "index.html"}
    s3.delete_bucket_website(Bucket=bucket)
    s3.put_bucket_request_payment(Bucket=bucket, RequestPaymentConfiguration={"Payer": "Requester"})
    assert s3.get_bucket_request_payment(Bucket=bucket)["Payer"] == "Requester"
    s3.put_bucket_acl(Bucket=bucket, ACL="log-delivery-write")
    s3.put_bucket_logging(Bucket=bucket, BucketLoggingStatus={
        "LoggingEnabled": {"TargetBucket": bucket, "TargetPrefix": "log/"}})
    assert s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]["TargetPrefix"] == "log/"
    topic = {"Id": "hook", "TopicArn": "arn:ciaos:webhook:::http://127.0.0.1:1/", "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={"TopicConfigurations": [topic]})
    assert s3.get_bucket_notification_configuration(Bucket=bucket)["TopicConfigurations"] == [topic]
    s3.put_bucket_notification_configuration(Bucket=bucket, NotificationConfiguration={})


@shows("PutObjectLockConfiguration", "GetObjectLockConfiguration", "PutObjectRetention", "GetObjectRetention",
       "PutObjectLegalHold", "GetObjectLegalHold")
def test_locked_versions_stay(s3):
    bucket = "locked-versions"
    s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    default = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}}
    s3.put_object_lock_configuration(Bucket=bucket, ObjectLockConfiguration=default)
    assert s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"] == default
    version = s3.put_object(Bucket=bucket, Key="k", Body=b"1")["VersionId"]
    found = s3.get_object_retention(Bucket=bucket, Key="k")["Retention"]
    assert found["Mode"] == "GOVERNANCE"
    one = {"Bucket": bucket, "Key": "k", "VersionId": version}
    assert refused(s3.delete_object, **one) == ("AccessDenied", 403)
    s3.put_object_legal_hold(**one, LegalHold={"Status": "ON"})
    assert s3.get_object_legal_hold(**one)["LegalHold"]["Status"] == "ON"
    assert refused(s3.delete_object, **one, BypassGovernanceRetention=True) == ("AccessDenied", 403)
    s3.put_object_legal_hold(**one, LegalHold={"Status": "OFF"})
    until = NOW + datetime.timedelta(days=3)
    longer = {"Mode": "COMPLIANCE", "RetainUntilDate": until}
    assert refused(s3.put_object_retention, **one, Retention=longer) == ("AccessDenied", 403)
    s3.put_object_retention(**one, Retention=longer, BypassGovernanceRetention=True)
    assert refused(s3.delete_object, **one, BypassGovernanceRetention=True) == ("AccessDenied", 403)
    assert refused(s3.put_object_retention, **one, BypassGovernanceRetention=True, Retention={
        "Mode": "COMPLIANCE", "RetainUntilDate": NOW + datetime.timedelta(days=2)}) == ("AccessDenied", 403)
    s3.delete_object(Bucket=bucket, Key="k")
    assert s3.get_object(**one)["Body"].read() == b"1"


@shows("CreateMultipartUpload", "UploadPart", "UploadPartCopy", "ListParts", "ListMultipartUploads",
       "CompleteMultipartUpload", "AbortMultipartUpload", "GetObjectAttributes", "GetObject (part)")
def test_uploads_in_parts(s3, bucket, dice):
    parts = [dice.randbytes(5 * 1024 * 1024), dice.randbytes(5 * 1024 * 1024 + 3), dice.randbytes(10)]
    s3.put_object(Bucket=bucket, Key="source", Body=parts[1])
    upload = {"Bucket": bucket, "Key": "k", "UploadId": s3.create_multipart_upload(Bucket=bucket, Key="k")["UploadId"]}
    tags = [s3.upload_part(**upload, PartNumber=1, Body=parts[0])["ETag"]]
    copied = s3.upload_part_copy(**upload, PartNumber=2, CopySource=f"{bucket}/source")
    tags.append(copied["CopyPartResult"]["ETag"])
    tags.append(s3.upload_part(**upload, PartNumber=7, Body=parts[2])["ETag"])
    assert [part["PartNumber"] for part in s3.list_parts(**upload)["Parts"]] == [1, 2, 7]
    assert [found["Key"] for found in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]] == ["k"]
    named = {"Parts": [{"PartNumber": number, "ETag": tag} for number, tag in zip((1, 2, 7), tags)]}
    backwards = {"Parts": named["Parts"][::-1]}
    assert refused(s3.complete_multipart_upload, **upload, MultipartUpload=backwards) == ("InvalidPartOrder", 400)
    done = s3.complete_multipart_upload(**upload, MultipartUpload=named)
    assert s3.complete_multipart_upload(**upload, MultipartUpload=named)["ETag"] == done["ETag"]
    whole = b"".join(hashlib.md5(part).digest() for part in parts)
    assert done["ETag"] == f'"{hashlib.md5(whole).hexdigest()}-3"'
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"".join(parts)
    second = s3.get_object(Bucket=bucket, Key="k", PartNumber=2)
    assert (second["Body"].read(), second["PartsCount"]) == (parts[1], 3)
    attributes = s3.get_object_attributes(Bucket=bucket, Key="k", ObjectAttributes=["ObjectSize", "ObjectParts"])
    assert (attributes["ObjectSize"], attributes["ObjectParts"]["TotalPartsCount"]) == (len(b"".join(parts)), 3)
    other = s3.create_multipart_upload(Bucket=bucket, Key="other")["UploadId"]
    s3.abort_multipart_upload(Bucket=bucket, Key="other", UploadId=other)
    assert refused(s3.upload_part, Bucket=bucket, Key="other", UploadId=other, PartNumber=1) == ("NoSuchUpload", 404)


@shows("ListObjects", "ListObjectsV2")
def test_keys_are_listed_in_pages(s3, bucket):
    keys = sorted(f"{folder}/{number:03}" for folder in ("a", "b", "c") for number in range(40))
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key)
    for operation in ("list_objects", "list_objects_v2", "list_object_versions"):
        pages = s3.get_paginator(operation).paginate(Bucket=bucket, PaginationConfig={"PageSize": 7})
        field = "Versions" if operation == "list_object_versions" else "Contents"
        assert [found["Key"] for page in pages for found in page[field]] == keys
        folders = s3.get_paginator(operation).paginate(Bucket=bucket, Delimiter="/", PaginationConfig={"PageSize": 2})
        assert [found["Prefix"] for page in folders for found in page.get("CommonPrefixes", [])] == ["a/", "b/", "c/"]
    page = s3.list_objects_v2(Bucket=bucket, Prefix="b/", StartAfter="b/037", FetchOwner=True)
    assert [found["Key"] for found in page["Contents"]] == ["b/038", "b/039"] and page["Contents"][0]["Owner"]["ID"]


@shows("PutObject (checksum)")
def test_checksums_are_checked_kept_and_told(s3, bucket):
    sent = {"ChecksumSHA256": base64.b64encode(hashlib.sha256(b"data").digest()).decode()}
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"data", **sent)
    assert put["ChecksumSHA256"] == sent["ChecksumSHA256"]
    assert s3.head_object(Bucket=bucket, Key="k", ChecksumMode="ENABLED")["ChecksumSHA256"] == sent["ChecksumSHA256"]
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"other", **sent)[1] == 400
    assert refused(s3.put_object, Bucket=bucket, Key="k", Body=b"other", ContentMD5="AAAAAAAAAAAAAAAAAAAAAA==") == (
        "BadDigest", 400)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"data"


@shows("PutObject (SSE-C)", "GetObject (SSE-C)", "PutObject (SSE-S3)")
def test_encryption(s3, bucket, dice):
    key, data = dice.randbytes(32), dice.randbytes(300_000)
    customers = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": key}
    s3.put_object(Bucket=bucket, Key="c", Body=data, **customers)
    assert s3.get_object(Bucket=bucket, Key="c", **customers)["Body"].read() == data
    part = s3.get_object(Bucket=bucket, Key="c", Range="bytes=65530-65600", **customers)
    assert part["Body"].read() == data[65530:65601]
    assert refused(s3.get_object, Bucket=bucket, Key="c")[1] == 400
    wrong = {"SSECustomerAlgorithm": "AES256", "SSECustomerKey": dice.randbytes(32)}
    assert refused(s3.get_object, Bucket=bucket, Key="c", **wrong)[1] in (400, 403)
    assert s3.put_object(Bucket=bucket, Key="s", Body=data, ServerSideEncryption="AES256")["ServerSideEncryption"]
    assert s3.get_object(Bucket=bucket, Key="s")["Body"].read() == data


@shows("PostObject")
def test_a_form_of_a_browser(s3, bucket):
    import requests
    form = s3.generate_presigned_post(bucket, "posted-${filename}", ExpiresIn=60)
    answer = requests.post(form["url"], data=form["fields"], files={"file": ("name.txt", b"posted")}, timeout=30)
    assert answer.status_code == 204, answer.text
    assert s3.get_object(Bucket=bucket, Key="posted-name.txt")["Body"].read() == b"posted"
