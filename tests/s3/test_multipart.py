"""Uploads in parts, as boto3 makes them."""

import base64
import contextlib
import hashlib
import json
import random
import zlib

import pytest
import requests
from botocore.exceptions import ClientError

MIB = 1024 * 1024
PART = 5 * MIB


def error_of(caught):
    answer = caught.value.response
    return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"]


@contextlib.contextmanager
def headers(s3, operation, **values):
    """Sends headers with an operation that this version of boto3 knows no parameters for."""
    def add(params, **_):
        params["headers"].update({name.replace("_", "-"): value for name, value in values.items()})

    event = "before-call.s3." + operation
    s3.meta.events.register(event, add)
    try:
        yield
    finally:
        s3.meta.events.unregister(event, add)


def upload(s3, bucket, key, parts, **create):
    """Begins an upload and sends its parts: gives its id and what completing it takes."""
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key=key, **create)["UploadId"]
    sent = []
    for number, body in enumerate(parts, 1):
        answer = s3.upload_part(Bucket=bucket, Key=key, UploadId=upload_id, PartNumber=number, Body=body)
        sent.append({"PartNumber": number, "ETag": answer["ETag"]})
    return upload_id, sent


def complete(s3, bucket, key, upload_id, parts, **more):
    return s3.complete_multipart_upload(
        Bucket=bucket, Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}, **more)


def test_parts_become_one_object(s3, bucket):
    parts = [random.randbytes(PART), random.randbytes(PART + 17), b"end"]
    whole = b"".join(parts)
    upload_id, sent = upload(
        s3, bucket, "a/b c+d", parts, ContentType="text/bla", Metadata={"foo": "bar"}, Tagging="x=y")
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket=bucket, Key="a/b c+d")
    assert error_of(error) == (404, "NoSuchKey")

    done = complete(s3, bucket, "a/b c+d", upload_id, sent)

    tags = b"".join(hashlib.md5(part).digest() for part in parts)
    assert done["ETag"] == f'"{hashlib.md5(tags).hexdigest()}-3"'
    assert done["Bucket"] == bucket and done["Key"] == "a/b c+d"
    found = s3.get_object(Bucket=bucket, Key="a/b c+d")
    assert found["Body"].read() == whole
    assert found["ContentType"] == "text/bla" and found["Metadata"] == {"foo": "bar"}
    assert found["ETag"] == done["ETag"]
    across = s3.get_object(Bucket=bucket, Key="a/b c+d", Range=f"bytes={PART - 10}-{PART + 9}")
    assert across["Body"].read() == whole[PART - 10:PART + 10]
    second = s3.get_object(Bucket=bucket, Key="a/b c+d", PartNumber=2)
    assert second["Body"].read() == parts[1] and second["PartsCount"] == 3


def test_completing_twice_gives_the_same_answer(s3, bucket):
    upload_id, sent = upload(s3, bucket, "key", [b"only"])
    first = complete(s3, bucket, "key", upload_id, sent)
    second = complete(s3, bucket, "key", upload_id, sent)
    assert first["ETag"] == second["ETag"]

    s3.put_object(Bucket=bucket, Key="key", Body=b"other")
    with pytest.raises(ClientError) as error:
        complete(s3, bucket, "key", upload_id, sent)
    assert error_of(error) == (404, "NoSuchUpload")


def test_a_part_may_be_sent_again(s3, bucket):
    upload_id, sent = upload(s3, bucket, "key", [b"a" * PART, b"b"])
    again = s3.upload_part(Bucket=bucket, Key="key", UploadId=upload_id, PartNumber=2, Body=b"c")
    with pytest.raises(ClientError) as error:
        complete(s3, bucket, "key", upload_id, sent)
    assert error_of(error) == (400, "InvalidPart")
    sent[1]["ETag"] = again["ETag"].strip('"')
    complete(s3, bucket, "key", upload_id, sent)
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"a" * PART + b"c"


def test_what_cannot_be_completed_is_refused(s3, bucket):
    upload_id, sent = upload(s3, bucket, "key", [b"small", b"end"])

    def refused(parts):
        with pytest.raises(ClientError) as error:
            complete(s3, bucket, "key", upload_id, parts)
        return error_of(error)

    assert refused(sent) == (400, "EntityTooSmall")
    assert refused(sent[::-1]) == (400, "InvalidPartOrder")
    assert refused([{"PartNumber": 9999, "ETag": sent[0]["ETag"]}]) == (400, "InvalidPart")
    assert refused([{"PartNumber": 1, "ETag": "f" * 32}]) == (400, "InvalidPart")
    assert refused([]) == (400, "MalformedXML")
    with pytest.raises(ClientError) as error:
        s3.complete_multipart_upload(Bucket=bucket, Key="key", UploadId=upload_id)
    assert error_of(error) == (400, "MalformedXML")
    for key, other in (("other", upload_id), ("key", "56788"), ("key", "0" * 31 + "1")):
        with pytest.raises(ClientError) as error:
            s3.upload_part(Bucket=bucket, Key=key, UploadId=other, PartNumber=1, Body=b"x")
        assert error_of(error) == (404, "NoSuchUpload")
    for number in (0, 10_001):
        with pytest.raises(ClientError) as error:
            s3.upload_part(Bucket=bucket, Key="key", UploadId=upload_id, PartNumber=number, Body=b"x")
        assert error_of(error) == (400, "InvalidArgument")


def test_an_aborted_upload_is_gone(s3, bucket):
    upload_id, sent = upload(s3, bucket, "key", [b"x"])
    assert s3.abort_multipart_upload(Bucket=bucket, Key="key", UploadId=upload_id)[
        "ResponseMetadata"]["HTTPStatusCode"] == 204
    for again in (
            lambda: s3.abort_multipart_upload(Bucket=bucket, Key="key", UploadId=upload_id),
            lambda: complete(s3, bucket, "key", upload_id, sent),
            lambda: s3.list_parts(Bucket=bucket, Key="key", UploadId=upload_id),
            lambda: s3.upload_part(Bucket=bucket, Key="key", UploadId=upload_id, PartNumber=1, Body=b"y")):
        with pytest.raises(ClientError) as error:
            again()
        assert error_of(error) == (404, "NoSuchUpload")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)


def test_uploads_and_parts_are_listed(s3, bucket):
    first, _ = upload(s3, bucket, "a", [b"1", b"22", b"333"])
    second, _ = upload(s3, bucket, "a", [])
    third, _ = upload(s3, bucket, "b/c", [])

    uploads = s3.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [(each["Key"], each["UploadId"]) for each in uploads] == [("a", first), ("a", second), ("b/c", third)]
    assert uploads[0]["Initiator"]["ID"] == uploads[0]["Owner"]["ID"]
    page = s3.list_multipart_uploads(Bucket=bucket, MaxUploads=1)
    seen = [page["Uploads"][0]["UploadId"]]
    while page["IsTruncated"]:
        page = s3.list_multipart_uploads(
            Bucket=bucket, MaxUploads=1, KeyMarker=page["NextKeyMarker"], UploadIdMarker=page["NextUploadIdMarker"])
        seen.append(page["Uploads"][0]["UploadId"])
    assert seen == [first, second, third]
    under = s3.list_multipart_uploads(Bucket=bucket, Delimiter="/")
    assert [each["Prefix"] for each in under["CommonPrefixes"]] == ["b/"]
    assert [each["Key"] for each in s3.list_multipart_uploads(Bucket=bucket, Prefix="b")["Uploads"]] == ["b/c"]

    parts = s3.list_parts(Bucket=bucket, Key="a", UploadId=first, MaxParts=2)
    assert [(part["PartNumber"], part["Size"]) for part in parts["Parts"]] == [(1, 1), (2, 2)]
    assert parts["IsTruncated"] and parts["NextPartNumberMarker"] == 2
    rest = s3.list_parts(Bucket=bucket, Key="a", UploadId=first, PartNumberMarker=2)
    assert [part["PartNumber"] for part in rest["Parts"]] == [3] and not rest["IsTruncated"]
    for key, upload_id in (("a", first), ("a", second), ("b/c", third)):
        s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload_id)


def test_parts_are_copied_from_objects(s3, bucket):
    source = random.randbytes(PART + 100)
    for key in ("source", " ", "?versionId", "ключ+%"):
        s3.put_object(Bucket=bucket, Key=key, Body=source)
        upload_id = s3.create_multipart_upload(Bucket=bucket, Key="target")["UploadId"]
        parts = []
        for number, span in ((1, f"bytes=0-{PART - 1}"), (2, f"bytes={PART}-{PART + 99}")):
            answer = s3.upload_part_copy(
                Bucket=bucket, Key="target", UploadId=upload_id, PartNumber=number,
                CopySource={"Bucket": bucket, "Key": key}, CopySourceRange=span)
            parts.append({"PartNumber": number, "ETag": answer["CopyPartResult"]["ETag"]})
        complete(s3, bucket, "target", upload_id, parts)
        assert s3.get_object(Bucket=bucket, Key="target")["Body"].read() == source


def test_a_copied_range_must_lie_in_the_source(s3, bucket):
    s3.put_object(Bucket=bucket, Key="source", Body=b"12345")
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="target")["UploadId"]

    def refused(span, **more):
        with pytest.raises(ClientError) as error:
            s3.upload_part_copy(
                Bucket=bucket, Key="target", UploadId=upload_id, PartNumber=1,
                CopySource={"Bucket": bucket, "Key": "source"}, CopySourceRange=span, **more)
        return error_of(error)

    assert refused("bytes=0-21") == (416, "InvalidRange")
    for span in ("0-2", "bytes=0", "bytes=hello-world", "bytes=0-bar", "bytes=hello-", "bytes=0-2,3-5"):
        assert refused(span) == (400, "InvalidArgument")
    assert refused("bytes=0-1", CopySourceIfMatch="nothing")[0] == 412
    whole = s3.upload_part_copy(
        Bucket=bucket, Key="target", UploadId=upload_id, PartNumber=1, CopySource=f"{bucket}/source")
    complete(s3, bucket, "target", upload_id, [{"PartNumber": 1, "ETag": whole["CopyPartResult"]["ETag"]}])
    assert s3.get_object(Bucket=bucket, Key="target")["Body"].read() == b"12345"


def test_conditions_are_judged_when_the_object_is_made(s3, bucket):
    def complete_if(upload_id, sent, **condition):
        with headers(s3, "CompleteMultipartUpload", **condition):
            return complete(s3, bucket, "key", upload_id, sent)

    def refused(upload_id, sent, **condition):
        with pytest.raises(ClientError) as error:
            complete_if(upload_id, sent, **condition)
        return error_of(error)

    first = upload(s3, bucket, "key", [b"first"])
    assert refused(*first, If_Match='"nothing"') == (404, "NoSuchKey")
    complete_if(*first, If_None_Match="*")
    second = upload(s3, bucket, "key", [b"second"])
    assert refused(*second, If_None_Match="*") == (412, "PreconditionFailed")
    assert refused(*second, If_Match='"nothing"') == (412, "PreconditionFailed")
    complete_if(*second, If_Match=s3.head_object(Bucket=bucket, Key="key")["ETag"])
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"second"


def test_the_size_that_the_client_expects_is_checked(s3, bucket):
    upload_id, sent = upload(s3, bucket, "key", [b"12345"])
    with headers(s3, "CompleteMultipartUpload", x_amz_mp_object_size="6"), pytest.raises(ClientError) as error:
        complete(s3, bucket, "key", upload_id, sent)
    assert error_of(error) == (400, "InvalidRequest")
    with headers(s3, "CompleteMultipartUpload", x_amz_mp_object_size="5"):
        complete(s3, bucket, "key", upload_id, sent)


def test_a_composite_checksum_is_made_of_those_of_the_parts(s3, bucket):
    parts = [b"A" * PART, b"B" * 1000]
    began = s3.create_multipart_upload(Bucket=bucket, Key="key", ChecksumAlgorithm="SHA256")
    answer = began["ResponseMetadata"]["HTTPHeaders"]
    assert answer["x-amz-checksum-algorithm"] == "SHA256" and answer["x-amz-checksum-type"] == "COMPOSITE"
    upload_id, sent = began["UploadId"], []
    for number, body in enumerate(parts, 1):
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        answer = s3.upload_part(
            Bucket=bucket, Key="key", UploadId=upload_id, PartNumber=number, Body=body, ChecksumSHA256=digest)
        assert answer["ChecksumSHA256"] == digest
        sent.append({"PartNumber": number, "ETag": answer["ETag"], "ChecksumSHA256": digest})

    def refused(changed, **more):
        with pytest.raises(ClientError) as error:
            complete(s3, bucket, "key", upload_id, changed, **more)
        return error_of(error)

    with pytest.raises(ClientError) as error:
        s3.upload_part(
            Bucket=bucket, Key="key", UploadId=upload_id, PartNumber=3, Body=b"x",
            ChecksumSHA256=sent[0]["ChecksumSHA256"])
    assert error_of(error) == (400, "BadDigest")
    with pytest.raises(ClientError) as error:
        s3.upload_part(
            Bucket=bucket, Key="key", UploadId=upload_id, PartNumber=3, Body=b"x", ChecksumAlgorithm="CRC32")
    assert error_of(error) == (400, "InvalidRequest")
    assert refused([sent[0], sent[1] | {"ChecksumSHA256": "bad"}]) == (400, "InvalidPart")
    assert refused(sent, ChecksumSHA256="bad") == (400, "BadDigest")
    assert refused(sent, ChecksumSHA256=sent[0]["ChecksumSHA256"]) == (400, "BadDigest")
    hashes = b"".join(hashlib.sha256(body).digest() for body in parts)
    expected = base64.b64encode(hashlib.sha256(hashes).digest()).decode() + "-2"
    # What was sent with a part need not be sent again.
    less = [sent[0], {name: sent[1][name] for name in ("PartNumber", "ETag")}]
    with headers(s3, "CompleteMultipartUpload", x_amz_checksum_type="COMPOSITE"):
        done = complete(s3, bucket, "key", upload_id, less, ChecksumSHA256=expected)
    assert done["ChecksumSHA256"] == expected
    head = s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == expected
    assert head["ResponseMetadata"]["HTTPHeaders"]["x-amz-checksum-type"] == "COMPOSITE"
    attributes = s3.get_object_attributes(
        Bucket=bucket, Key="key", ObjectAttributes=["ObjectParts", "Checksum", "ETag", "ObjectSize"])
    assert attributes["ObjectParts"]["TotalPartsCount"] == 2
    assert [part["ChecksumSHA256"] for part in attributes["ObjectParts"]["Parts"]] == [
        part["ChecksumSHA256"] for part in sent]


@pytest.mark.parametrize("algorithm", ["CRC32", "CRC32C", "CRC64NVME"])
def test_a_checksum_of_the_whole_is_told_from_those_of_the_parts(s3, bucket, algorithm):
    """The node computes those of the parts itself: the client sends none."""
    parts = [random.randbytes(PART), b"end"]
    name = "x-amz-checksum-" + algorithm.lower()
    asked = {"x_amz_checksum_algorithm": algorithm}
    with headers(s3, "CreateMultipartUpload", x_amz_checksum_type="FULL_OBJECT", **asked):
        upload_id = s3.create_multipart_upload(Bucket=bucket, Key="key")["UploadId"]
    sent = []
    of_parts = []
    for number, body in enumerate(parts, 1):
        answer = s3.upload_part(Bucket=bucket, Key="key", UploadId=upload_id, PartNumber=number, Body=body)
        of_parts.append(answer["ResponseMetadata"]["HTTPHeaders"][name])
        sent.append({"PartNumber": number, "ETag": answer["ETag"]})
    complete(s3, bucket, "key", upload_id, sent)
    head = s3.head_object(Bucket=bucket, Key="key", ChecksumMode="ENABLED")["ResponseMetadata"]["HTTPHeaders"]
    s3.put_object(Bucket=bucket, Key="single", Body=b"".join(parts))
    with headers(s3, "CopyObject", **asked):
        s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/single")
    copy = s3.head_object(Bucket=bucket, Key="copy", ChecksumMode="ENABLED")["ResponseMetadata"]["HTTPHeaders"]
    assert head[name] == copy[name]
    assert head["x-amz-checksum-type"] == "FULL_OBJECT"
    for number, of_part in enumerate(of_parts, 1):
        part = s3.get_object(Bucket=bucket, Key="key", PartNumber=number, ChecksumMode="ENABLED")
        told = part["ResponseMetadata"]["HTTPHeaders"]
        assert (told[name], told["x-amz-checksum-type"]) == (of_part, "FULL_OBJECT")
    if algorithm == "CRC32":
        assert base64.b64decode(head[name]) == zlib.crc32(b"".join(parts)).to_bytes(4, "big")


def test_what_comes_without_a_checksum_gets_the_default_one(s3, bucket):
    parts = [random.randbytes(PART), b"end"]
    put = s3.put_object(Bucket=bucket, Key="single", Body=b"".join(parts))
    name = "x-amz-checksum-crc64nvme"
    expected = put["ResponseMetadata"]["HTTPHeaders"][name]
    upload_id, sent = upload(s3, bucket, "key", parts)
    complete(s3, bucket, "key", upload_id, sent, ChecksumSHA256=base64.b64encode(bytes(32)).decode())
    s3.copy_object(Bucket=bucket, Key="copy", CopySource=f"{bucket}/key")
    for key in ("single", "key", "copy"):
        head = s3.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")["ResponseMetadata"]["HTTPHeaders"]
        assert (head[name], head["x-amz-checksum-type"]) == (expected, "FULL_OBJECT")


def test_nobody_begins_an_upload_where_everybody_may_write(s3_node, s3, bucket):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    address = f"{s3_node.s3_url}/{bucket}/key"
    assert requests.put(address, data=b"at once", timeout=60).status_code == 200
    refused = requests.post(address + "?uploads", timeout=60)
    assert (refused.status_code, "<Code>AccessDenied</Code>" in refused.text) == (403, True)


def test_a_bucket_is_deleted_with_the_uploads_that_nobody_completed(s3, bucket):
    uploads = [upload(s3, bucket, f"key-{number % 3}", [b"part"])[0] for number in range(5)]
    s3.put_object(Bucket=bucket, Key="in-the-way", Body=b"")
    with pytest.raises(ClientError) as error:
        s3.delete_bucket(Bucket=bucket)
    assert error_of(error) == (409, "BucketNotEmpty")
    assert {each["UploadId"] for each in s3.list_multipart_uploads(Bucket=bucket)["Uploads"]} == set(uploads)
    s3.delete_object(Bucket=bucket, Key="in-the-way")
    s3.delete_bucket(Bucket=bucket)
    s3.create_bucket(Bucket=bucket)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket=bucket)
    with pytest.raises(ClientError) as error:
        s3.list_parts(Bucket=bucket, Key="key-0", UploadId=uploads[0])
    assert error_of(error) == (404, "NoSuchUpload")


def test_an_upload_completes_into_a_version(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    versions = []
    for body in (b"one", b"two"):
        upload_id, sent = upload(s3, bucket, "key", [body])
        versions.append(complete(s3, bucket, "key", upload_id, sent)["VersionId"])
    assert s3.get_object(Bucket=bucket, Key="key", VersionId=versions[0])["Body"].read() == b"one"
    listed = s3.list_object_versions(Bucket=bucket)["Versions"]
    assert [version["VersionId"] for version in listed] == versions[::-1]
    assert [version["IsLatest"] for version in listed] == [True, False]


def test_the_transfer_manager_uploads_and_downloads(s3, bucket, tmp_path):
    source = tmp_path / "source"
    source.write_bytes(random.randbytes(30 * MIB))
    s3.upload_file(str(source), bucket, "large")
    s3.download_file(bucket, "large", str(tmp_path / "target"))
    assert (tmp_path / "target").read_bytes() == source.read_bytes()


def test_uploads_of_several_users_are_told_apart(s3, s3_node, alice, bob, bucket):
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    other = s3_node.boto3(bob)
    ids = [client.create_multipart_upload(Bucket=bucket, Key=key)["UploadId"] for client, key in ((s3, "a"), (other, "b"))]
    for client in (s3, other):
        uploads = client.list_multipart_uploads(Bucket=bucket)["Uploads"]
        assert [each["UploadId"] for each in uploads] == ids
        assert [each["Initiator"]["ID"] for each in uploads] == [alice.canonical_id, bob.canonical_id]
        assert [each["Owner"]["ID"] for each in uploads] == [alice.canonical_id, bob.canonical_id]
        assert all(each["Initiator"]["DisplayName"] for each in uploads)
    sent = other.upload_part(Bucket=bucket, Key="b", UploadId=ids[1], PartNumber=1, Body=b"bob's")
    complete(other, bucket, "b", ids[1], [{"PartNumber": 1, "ETag": sent["ETag"]}])
    assert other.get_object(Bucket=bucket, Key="b")["Body"].read() == b"bob's"
    s3.abort_multipart_upload(Bucket=bucket, Key="a", UploadId=ids[0])


def test_an_upload_outlives_crashes(make_s3_node):
    node = make_s3_node().start()

    def crash():
        node.kill()
        return node.start().boto3(node.root)

    parts = [random.randbytes(PART), b"end"]
    s3 = node.boto3(node.root)
    s3.create_bucket(Bucket="crashing")
    upload_id, sent = upload(s3, "crashing", "key", parts)
    s3 = crash()
    listed = s3.list_parts(Bucket="crashing", Key="key", UploadId=upload_id)["Parts"]
    assert [(part["PartNumber"], part["ETag"], part["Size"]) for part in listed] == [
        (part["PartNumber"], part["ETag"], len(body)) for part, body in zip(sent, parts)]
    done = complete(s3, "crashing", "key", upload_id, sent)
    s3 = crash()
    assert s3.get_object(Bucket="crashing", Key="key")["Body"].read() == b"".join(parts)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="crashing")
    assert complete(s3, "crashing", "key", upload_id, sent)["ETag"] == done["ETag"]
    aborted, _ = upload(s3, "crashing", "key", [b"x"])
    s3.abort_multipart_upload(Bucket="crashing", Key="key", UploadId=aborted)
    s3 = crash()
    with pytest.raises(ClientError) as error:
        s3.list_parts(Bucket="crashing", Key="key", UploadId=aborted)
    assert error_of(error) == (404, "NoSuchUpload")


def test_a_policy_on_what_the_object_will_be_holds_for_its_parts_too(s3, s3_node, alice, bob, bucket):
    """Parts and completions do not say again what the upload was begun with."""
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam:::user/{bob.name}"}, "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
        "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}}]}))
    other = s3_node.boto3(bob)
    with pytest.raises(ClientError) as error:
        other.create_multipart_upload(Bucket=bucket, Key="key")
    assert error_of(error) == (403, "AccessDenied")
    complete(other, bucket, "key", *upload(other, bucket, "key", [b"x"], ACL="bucket-owner-full-control"))
    assert s3.get_object(Bucket=bucket, Key="key")["Body"].read() == b"x"
    plain = s3.create_multipart_upload(Bucket=bucket, Key="key")["UploadId"]
    with pytest.raises(ClientError) as error:
        other.upload_part(Bucket=bucket, Key="key", UploadId=plain, PartNumber=1, Body=b"x")
    assert error_of(error) == (403, "AccessDenied")
