"""Encryption by the node's keys (SSE-S3, SSE-KMS) and by the client's (SSE-C): docs/encryption.md."""

import base64
import contextlib
import hashlib
import os

import botocore.exceptions
import pytest
import requests

import batches
from client import Client

PART = 5 << 20
SSE = "x-amz-server-side-encryption"
SSE_C = SSE + "-customer-"
KEY, OTHER_KEY = b"0123456789abcdef" * 2, b"abcdef0123456789" * 2


def customer(key, prefix=""):
    return {prefix + "SSECustomerAlgorithm": "AES256", prefix + "SSECustomerKey": key}


def customer_headers(key):
    return {
        SSE_C + "algorithm": "AES256",
        SSE_C + "key": base64.b64encode(key).decode(),
        SSE_C + "key-md5": base64.b64encode(hashlib.md5(key).digest()).decode()}


MINE, OTHERS = customer(KEY), customer(OTHER_KEY)
FROM_MINE = customer(KEY, "CopySource")
MANAGED = {"ServerSideEncryption": "AES256"}
KMS = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "a-key"}


@pytest.fixture(scope="module")
def s3(s3_node):
    return s3_node.boto3(s3_node.root)


@pytest.fixture(scope="module")
def bucket(s3):
    s3.create_bucket(Bucket="encrypted")
    return "encrypted"


@contextlib.contextmanager
def headers(s3, operation, added):
    def add(params, **_):
        params["headers"].update(added)
    s3.meta.events.register(f"before-call.s3.{operation}", add)
    try:
        yield
    finally:
        s3.meta.events.unregister(f"before-call.s3.{operation}", add)


def refusal(call, **arguments):
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        call(**arguments)
    error = refused.value.response
    return error["ResponseMetadata"]["HTTPStatusCode"], error["Error"]["Code"]


def read(s3, bucket, key, **arguments):
    return s3.get_object(Bucket=bucket, Key=key, **arguments)["Body"].read()


@pytest.mark.parametrize("size", [0, 1, 13, 65_536, 1 << 20, (9 << 20) + 5])
def test_what_is_encrypted_is_read_as_it_was_written(s3, bucket, size):
    data = os.urandom(size)
    for scheme in (MANAGED, KMS):
        put = s3.put_object(Bucket=bucket, Key="k", Body=data, **scheme)
        assert put["ETag"].strip('"') == hashlib.md5(data).hexdigest()
        got = s3.get_object(Bucket=bucket, Key="k")
        assert got["Body"].read() == data
        for answer in (put, got, s3.head_object(Bucket=bucket, Key="k")):
            assert {name: answer[name] for name in scheme} == scheme
    put = s3.put_object(Bucket=bucket, Key="k", Body=data, **MINE)
    got = s3.get_object(Bucket=bucket, Key="k", **MINE)
    assert got["Body"].read() == data
    for answer in (put, got, s3.head_object(Bucket=bucket, Key="k", **MINE)):
        assert answer["SSECustomerAlgorithm"] == "AES256"
        assert answer["SSECustomerKeyMD5"] == customer_headers(KEY)[SSE_C + "key-md5"]
        assert "ServerSideEncryption" not in answer


def test_ranges_are_decrypted_block_by_block(s3, bucket):
    data = os.urandom(9 << 20)
    s3.put_object(Bucket=bucket, Key="ranges", Body=data, **MANAGED)
    for first, last in [(0, 0), (1, 70_000), (65_535, 65_536), (4_193_247, 4_193_248), (5 << 20, len(data) - 1)]:
        assert read(s3, bucket, "ranges", Range=f"bytes={first}-{last}") == data[first:last + 1]


def test_the_clients_key_is_needed_and_no_other_will_do(s3, bucket):
    s3.put_object(Bucket=bucket, Key="mine", Body=b"mine", **MINE)
    here = {"Bucket": bucket, "Key": "mine"}
    assert refusal(s3.get_object, **here) == (400, "InvalidRequest")
    assert refusal(s3.get_object, **here, **OTHERS) == (400, "InvalidRequest")
    assert refusal(s3.head_object, **here)[0] == 400
    assert refusal(s3.head_object, **here, **OTHERS)[0] == 400
    assert refusal(s3.get_object_attributes, **here, ObjectAttributes=["ETag"])[0] == 400
    s3.put_object(Bucket=bucket, Key="open", Body=b"open")
    assert refusal(s3.get_object, Bucket=bucket, Key="open", **MINE) == (400, "InvalidRequest")
    with headers(s3, "GetObject", {name: text for name, text in customer_headers(KEY).items() if "md5" not in name}):
        assert read(s3, bucket, "mine") == b"mine"


SHORT = {SSE_C + "algorithm": "AES256", SSE_C + "key": base64.b64encode(b"short").decode(),
         SSE_C + "key-md5": base64.b64encode(hashlib.md5(b"short").digest()).decode()}


@pytest.mark.parametrize("sent, code", [
    ({SSE_C + "key-md5": "AAAAAAAAAAAAAAAAAAAAAA=="}, "InvalidArgument"),
    ({SSE_C + "key-md5": None}, "InvalidArgument"),
    ({SSE_C + "key": None}, "InvalidArgument"),
    ({SSE_C + "algorithm": None}, "InvalidArgument"),
    ({SSE_C + "algorithm": "AES128"}, "InvalidEncryptionAlgorithmError"),
    (SHORT, "InvalidArgument"),
    ({SSE: "AES256"}, "InvalidArgument"),
    ({SSE: "aws:kms"}, "InvalidArgument")])
def test_half_a_key_is_refused(s3, bucket, sent, code):
    sent = {name: text for name, text in (customer_headers(KEY) | sent).items() if text is not None}
    with headers(s3, "PutObject", sent):
        assert refusal(s3.put_object, Bucket=bucket, Key="refused", Body=b"x") == (400, code)
    assert refusal(s3.head_object, Bucket=bucket, Key="refused")[0] == 404


@pytest.mark.parametrize("sent", [
    {SSE: "aes:kms", SSE + "-aws-kms-key-id": "k"},
    {SSE: "AES256", SSE + "-aws-kms-key-id": "k"},
    {SSE + "-aws-kms-key-id": "k"},
    {SSE: ""}])
def test_what_makes_no_sense_is_refused(s3, bucket, sent):
    with headers(s3, "PutObject", sent):
        assert refusal(s3.put_object, Bucket=bucket, Key="refused", Body=b"x") == (400, "InvalidArgument")


def test_a_key_of_kms_needs_no_name(s3, bucket):
    put = s3.put_object(Bucket=bucket, Key="k", Body=b"x", ServerSideEncryption="aws:kms")
    got = s3.get_object(Bucket=bucket, Key="k")
    assert (put["ServerSideEncryption"], got["ServerSideEncryption"]) == ("aws:kms", "aws:kms")
    assert put["SSEKMSKeyId"] == got["SSEKMSKeyId"] == "alias/aws/s3"
    assert got["Body"].read() == b"x"


def test_reads_do_not_say_how_the_object_is_encrypted(s3, bucket):
    s3.put_object(Bucket=bucket, Key="managed", Body=b"x", **MANAGED)
    with headers(s3, "HeadObject", {SSE: "AES256"}):
        assert refusal(s3.head_object, Bucket=bucket, Key="managed")[0] == 400
    with headers(s3, "GetObject", {SSE: "aws:kms", SSE + "-aws-kms-key-id": "k"}):
        assert refusal(s3.get_object, Bucket=bucket, Key="managed")[0] == 400


def test_copies_are_encrypted_as_they_ask_for_whatever_the_source_is(s3, bucket):
    data = os.urandom(300_000)
    for source in ({}, MANAGED, KMS, MINE):
        s3.put_object(Bucket=bucket, Key="source", Body=data, **source)
        opened = FROM_MINE if source is MINE else {}
        for made in ({}, MANAGED, KMS, OTHERS):
            copy = {"Bucket": bucket, "Key": "copy", "CopySource": f"{bucket}/source"}
            if source is MINE:
                assert refusal(s3.copy_object, **copy, **made) == (400, "InvalidRequest")
            answer = s3.copy_object(**copy, **made, **opened)
            assert answer.get("ServerSideEncryption") == made.get("ServerSideEncryption")
            assert answer.get("SSECustomerAlgorithm") == made.get("SSECustomerAlgorithm")
            assert read(s3, bucket, "copy", **(OTHERS if made is OTHERS else {})) == data


def test_an_object_can_be_encrypted_where_it_is(s3, bucket):
    s3.put_object(Bucket=bucket, Key="itself", Body=b"itself")
    s3.copy_object(Bucket=bucket, Key="itself", CopySource=f"{bucket}/itself", **MANAGED)
    got = s3.get_object(Bucket=bucket, Key="itself")
    assert (got["Body"].read(), got["ServerSideEncryption"]) == (b"itself", "AES256")


@pytest.mark.parametrize("begun, part, got", [(MANAGED, {}, {}), (KMS, {}, {}), (MINE, MINE, MINE)])
def test_parts_are_encrypted_as_their_upload(s3, bucket, begun, part, got):
    data = os.urandom(2 * PART + 777)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="parts", **begun)
    here = {"Bucket": bucket, "Key": "parts", "UploadId": upload["UploadId"]}
    made = []
    for number in (1, 2, 3):
        answer = s3.upload_part(**here, PartNumber=number, Body=data[(number - 1) * PART:number * PART], **part)
        made.append({"PartNumber": number, "ETag": answer["ETag"]})
        for told in (upload, answer):
            assert told.get("ServerSideEncryption") == begun.get("ServerSideEncryption")
            assert told.get("SSECustomerAlgorithm") == begun.get("SSECustomerAlgorithm")
    if begun is MINE:
        assert refusal(s3.upload_part, **here, PartNumber=4, Body=b"x") == (400, "InvalidRequest")
        assert refusal(s3.upload_part, **here, PartNumber=4, Body=b"x", **OTHERS) == (400, "InvalidRequest")
    done = s3.complete_multipart_upload(**here, MultipartUpload={"Parts": made})
    assert done.get("ServerSideEncryption") == begun.get("ServerSideEncryption")
    assert done.get("SSEKMSKeyId") == begun.get("SSEKMSKeyId")
    assert read(s3, bucket, "parts", **got) == data
    assert read(s3, bucket, "parts", PartNumber=2, **got) == data[PART:2 * PART]
    assert read(s3, bucket, "parts", Range=f"bytes={PART - 3}-{PART + 70_000}", **got) == data[PART - 3:PART + 70_001]


def test_a_part_is_copied_from_an_encrypted_object(s3, bucket):
    data = os.urandom(6 << 20)
    s3.put_object(Bucket=bucket, Key="source", Body=data, **MINE)
    upload = s3.create_multipart_upload(Bucket=bucket, Key="of-copies", **OTHERS)["UploadId"]
    here = {"Bucket": bucket, "Key": "of-copies", "UploadId": upload}
    copy = {**here, "PartNumber": 1, "CopySource": f"{bucket}/source", "CopySourceRange": "bytes=7-1000006"}
    assert refusal(s3.upload_part_copy, **copy, **OTHERS) == (400, "InvalidRequest")
    part = s3.upload_part_copy(**copy, **OTHERS, **FROM_MINE)["CopyPartResult"]
    s3.complete_multipart_upload(**here, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    assert read(s3, bucket, "of-copies", **OTHERS) == data[7:1_000_007]


@pytest.mark.parametrize("rule, told", [
    ({"SSEAlgorithm": "AES256"}, MANAGED),
    ({"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": "a-key"}, KMS)])
def test_a_bucket_encrypts_by_default(s3, rule, told):
    name = f"by-default-{len(rule)}"
    s3.create_bucket(Bucket=name)
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={
        "Rules": [{"ApplyServerSideEncryptionByDefault": rule}]})
    s3.put_object(Bucket=name, Key="k", Body=b"k" * 100_000)
    upload = s3.create_multipart_upload(Bucket=name, Key="parts")
    part = s3.upload_part(Bucket=name, Key="parts", UploadId=upload["UploadId"], PartNumber=1, Body=b"k" * 100_000)
    s3.complete_multipart_upload(Bucket=name, Key="parts", UploadId=upload["UploadId"], MultipartUpload={
        "Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})
    form = s3.generate_presigned_post(name, "form")
    requests.post(form["url"], data=form["fields"], files={"file": b"k" * 100_000}, timeout=60).raise_for_status()
    for key in ("k", "parts", "form"):
        got = s3.get_object(Bucket=name, Key=key)
        assert got["Body"].read() == b"k" * 100_000
        assert {field: got[field] for field in told} == told
    s3.put_object(Bucket=name, Key="mine", Body=b"mine", **MINE)
    assert refusal(s3.get_object, Bucket=name, Key="mine") == (400, "InvalidRequest")
    s3.delete_bucket_encryption(Bucket=name)
    assert "ServerSideEncryption" not in s3.put_object(Bucket=name, Key="open", Body=b"")


@pytest.mark.parametrize("fields, got", [({SSE: "AES256"}, {}), (customer_headers(KEY), MINE)])
def test_a_form_encrypts(s3, bucket, fields, got):
    form = s3.generate_presigned_post(
        bucket, "form", Fields=dict(fields), Conditions=[["starts-with", f"${name}", ""] for name in fields])
    answer = requests.post(form["url"], data=form["fields"], files={"file": b"of a form"}, timeout=60)
    assert answer.status_code == 204, answer.text
    assert read(s3, bucket, "form", **got) == b"of a form"


def test_an_encrypted_object_cannot_be_appended_to(s3, bucket):
    s3.put_object(Bucket=bucket, Key="whole", Body=b"whole", **MANAGED)
    with headers(s3, "PutObject", {"x-amz-write-offset-bytes": "5"}):
        assert refusal(s3.put_object, Bucket=bucket, Key="whole", Body=b"!") == (400, "InvalidRequest")


def test_the_disk_does_not_show_what_is_encrypted(s3_node, s3, bucket):
    text = b"The quick brown fox jumps over the lazy dog. "
    s3.put_object(Bucket=bucket, Key="fox", Body=text * 100, **MANAGED)
    s3.put_object(Bucket=bucket, Key="foxes", Body=text * 10_000, **MINE)
    folder = os.path.join(s3_node.data, "volumes")
    for name in os.listdir(folder):
        if name.endswith(".vol"):
            with open(os.path.join(folder, name), "rb") as volume:
                assert text not in volume.read()


def test_the_native_api_reads_what_the_node_has_the_key_of(s3_node, s3):
    user = s3_node.add_user("keyholder")
    own = s3_node.boto3(user)
    own.create_bucket(Bucket="keyholder")
    own.put_object(Bucket="keyholder", Key="managed", Body=b"m" * 70_000, **MANAGED)
    own.put_object(Bucket="keyholder", Key="mine", Body=b"mine", **MINE)
    proof = {"Authorization": f"Bearer {user.key}:{user.secret}", "User": user.name}
    got = requests.get(f"{s3_node.url}/raw/managed", headers=proof, timeout=60)
    assert (got.status_code, got.content) == (200, b"m" * 70_000)
    got = requests.get(f"{s3_node.url}/raw/mine", headers=proof, timeout=60)
    assert got.status_code == 400
    assert "SSE-C" in got.text


def test_a_native_batch_decrypts_what_the_node_can_and_says_what_it_cannot(s3_node):
    user = s3_node.add_user("batchreader")
    own = s3_node.boto3(user)
    own.create_bucket(Bucket="batchreader")
    large = os.urandom(5_000_003)
    own.put_object(Bucket="batchreader", Key="managed", Body=large, **MANAGED)
    own.put_object(Bucket="batchreader", Key="small", Body=b"small", **KMS)
    own.put_object(Bucket="batchreader", Key="mine", Body=b"mine", **MINE)
    own.put_object(Bucket="batchreader", Key="plain", Body=b"plain")
    client = Client(s3_node.url, user.name)
    client.session.headers["Authorization"] = f"Bearer {user.key}:{user.secret}"
    keys = ["mine", "plain", "managed", "small"]
    found = {keys[index]: (status, files) for index, status, files in batches.get(client, keys)}
    assert found["managed"] == (200, [large]) and found["small"] == (200, [b"small"])
    assert found["plain"] == (200, [b"plain"])
    assert found["mine"] == (400, client.get("mine").text)
    assert batches.put(client, [(batches.APPEND, "small", [b"more"])])[0]["status"] == 400
