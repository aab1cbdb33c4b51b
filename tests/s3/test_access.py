"""No one gets in: what another user, a stranger or a tampered request may not do."""

import datetime
import email.utils
import hashlib
import hmac
import json
import socket
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.exceptions
import pytest
import requests

from s3node import REGION, User

OBJECT = {"Key": "secret"}
PART = {"Key": "secret", "UploadId": "00000000000000010000000000000001"}
ACL = {"AccessControlPolicy": {"Grants": [], "Owner": {"ID": "0" * 64}}}
TAGS = {"Tagging": {"TagSet": [{"Key": "a", "Value": "b"}]}}
RULE = {"ID": "all", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}
BLOCK = {"BlockPublicAcls": False, "IgnorePublicAcls": False, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}
RETENTION = {"Mode": "GOVERNANCE", "RetainUntilDate": datetime.datetime(2040, 1, 1)}
ENCRYPTION = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
OPERATIONS = [
    ("head_bucket", {}), ("delete_bucket", {}), ("get_bucket_location", {}), ("get_bucket_versioning", {}),
    ("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Enabled"}}), ("get_bucket_acl", {}),
    ("put_bucket_acl", {"ACL": "public-read"}), ("put_bucket_acl", ACL), ("get_bucket_policy", {}),
    ("put_bucket_policy", {"Policy": '{"Version":"2012-10-17","Statement":[]}'}), ("delete_bucket_policy", {}),
    ("get_bucket_policy_status", {}), ("get_bucket_cors", {}), ("delete_bucket_cors", {}),
    ("put_bucket_cors", {"CORSConfiguration": {"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}}),
    ("get_bucket_tagging", {}), ("put_bucket_tagging", TAGS), ("delete_bucket_tagging", {}),
    ("get_bucket_lifecycle_configuration", {}), ("delete_bucket_lifecycle", {}),
    ("put_bucket_lifecycle_configuration", {"LifecycleConfiguration": {"Rules": [RULE]}}),
    ("get_bucket_ownership_controls", {}), ("delete_bucket_ownership_controls", {}),
    ("put_bucket_ownership_controls",
     {"OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}),
    ("get_public_access_block", {}), ("delete_public_access_block", {}),
    ("put_public_access_block", {"PublicAccessBlockConfiguration": BLOCK}),
    ("get_bucket_notification_configuration", {}),
    ("put_bucket_notification_configuration", {"NotificationConfiguration": {}}),
    ("get_object_lock_configuration", {}),
    ("put_object_lock_configuration", {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}),
    ("get_bucket_encryption", {}), ("delete_bucket_encryption", {}),
    ("put_bucket_encryption", {"ServerSideEncryptionConfiguration": ENCRYPTION}),
    ("get_bucket_logging", {}), ("put_bucket_logging", {"BucketLoggingStatus": {}}),
    ("get_bucket_request_payment", {}),
    ("put_bucket_request_payment", {"RequestPaymentConfiguration": {"Payer": "BucketOwner"}}),
    ("get_bucket_website", {}), ("delete_bucket_website", {}),
    ("list_objects", {}), ("list_objects_v2", {}), ("list_object_versions", {}), ("list_multipart_uploads", {}),
    ("put_object", OBJECT | {"Body": b"mine"}), ("get_object", OBJECT), ("head_object", OBJECT),
    ("delete_object", OBJECT), ("delete_object", OBJECT | {"VersionId": "null"}), ("get_object_attributes",
     OBJECT | {"ObjectAttributes": ["ETag"]}),
    ("get_object_tagging", OBJECT), ("put_object_tagging", OBJECT | TAGS), ("delete_object_tagging", OBJECT),
    ("get_object_acl", OBJECT), ("put_object_acl", OBJECT | {"ACL": "public-read"}),
    ("get_object_retention", OBJECT), ("put_object_retention", OBJECT | {"Retention": RETENTION}),
    ("get_object_legal_hold", OBJECT), ("put_object_legal_hold", OBJECT | {"LegalHold": {"Status": "ON"}}),
    ("create_multipart_upload", OBJECT), ("abort_multipart_upload", PART), ("list_parts", PART),
    ("upload_part", PART | {"PartNumber": 1, "Body": b"mine"}),
    ("complete_multipart_upload", PART | {"MultipartUpload": {"Parts": [{"PartNumber": 1, "ETag": "x"}]}}),
]


@pytest.fixture(scope="module")
def private(s3_node, alice):
    client = s3_node.boto3(alice)
    client.create_bucket(Bucket="private-of-alice")
    client.put_object(Bucket="private-of-alice", Key="secret", Body=b"alice's", Tagging="a=b")
    return "private-of-alice"


@pytest.mark.parametrize("who", ["bob", "stranger"])
@pytest.mark.parametrize("operation, arguments", OPERATIONS, ids=lambda value: value if isinstance(value, str) else "")
def test_nothing_of_anothers_bucket_can_be_done(s3_node, alice, bob, private, who, operation, arguments):
    if who == "bob":
        client = s3_node.boto3(bob)
    else:
        client = s3_node.boto3(bob, signature_version=botocore.UNSIGNED)
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        getattr(client, operation)(Bucket=private, **arguments)
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403
    owner = s3_node.boto3(alice)
    assert owner.get_object(Bucket=private, Key="secret")["Body"].read() == b"alice's"


@pytest.mark.parametrize("who", ["bob", "stranger"])
def test_many_keys_of_anothers_bucket_cannot_be_deleted_at_once(s3_node, alice, bob, private, who):
    client = s3_node.boto3(bob) if who == "bob" else s3_node.boto3(bob, signature_version=botocore.UNSIGNED)
    try:
        answer = client.delete_objects(Bucket=private, Delete={"Objects": [{"Key": "secret"}]})
        assert [error["Code"] for error in answer["Errors"]] == ["AccessDenied"]
    except botocore.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied"
    assert s3_node.boto3(alice).get_object(Bucket=private, Key="secret")["Body"].read() == b"alice's"


def test_anothers_object_cannot_be_copied_out(s3_node, bob, private):
    client = s3_node.boto3(bob)
    client.create_bucket(Bucket="of-bob")
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.copy_object(Bucket="of-bob", Key="stolen", CopySource=f"{private}/secret")
    assert code(refused) == "AccessDenied"
    upload = client.create_multipart_upload(Bucket="of-bob", Key="stolen")["UploadId"]
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.upload_part_copy(
            Bucket="of-bob", Key="stolen", UploadId=upload, PartNumber=1, CopySource=f"{private}/secret")
    assert code(refused) == "AccessDenied"
    client.abort_multipart_upload(Bucket="of-bob", Key="stolen", UploadId=upload)
    assert "Contents" not in client.list_objects_v2(Bucket="of-bob")


def test_a_wrong_secret_an_unknown_key_and_an_inactive_key_are_refused(s3_node, alice):
    for user, expected in (
            (User("alice", alice.key, alice.secret[:-1] + "!"), "SignatureDoesNotMatch"),
            (User("alice", "NOSUCHKEY00000000000", alice.secret), "InvalidAccessKeyId")):
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            s3_node.boto3(user).list_buckets()
        assert code(refused) == expected
    carol = s3_node.add_user("carol")
    client = s3_node.boto3(carol)
    client.list_buckets()
    s3_node.admin("PATCH", f"keys/{carol.key}", {"active": False})
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.list_buckets()
    assert code(refused) == "InvalidAccessKeyId"
    s3_node.admin("PATCH", f"keys/{carol.key}", {"active": True})
    s3_node.admin("PATCH", "users/carol", {"active": False})
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.list_buckets()
    assert code(refused) == "AccessDenied"


def test_a_policy_that_denies_stands_over_one_that_allows(s3_node, alice, bob, s3, bucket):
    s3.put_object(Bucket=bucket, Key="open", Body=b"1")
    s3.put_object(Bucket=bucket, Key="closed", Body=b"2")
    everything = f"arn:aws:s3:::{bucket}/*"
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam:::user/bob"}, "Action": "s3:*", "Resource": everything},
        {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/closed"}]}))
    client = s3_node.boto3(bob)
    assert client.get_object(Bucket=bucket, Key="open")["Body"].read() == b"1"
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        client.get_object(Bucket=bucket, Key="closed")
    assert code(refused) == "AccessDenied"


def test_what_a_user_may_do_is_limited_by_policies_of_the_user(s3_node, alice, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    dave = s3_node.add_user(f"dave-{bucket}")
    s3_node.admin("PUT", f"users/{dave.name}/policies/read", {"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:ListBucket"],
         "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"]}]})
    client = s3_node.boto3(dave)
    assert client.get_object(Bucket=bucket, Key="a")["Body"].read() == b"1"
    assert client.list_objects_v2(Bucket=bucket)["KeyCount"] == 1
    for operation, arguments in (
            ("put_object", {"Bucket": bucket, "Key": "b"}), ("delete_object", {"Bucket": bucket, "Key": "a"}),
            ("create_bucket", {"Bucket": f"{bucket}-of-dave"})):
        with pytest.raises(botocore.exceptions.ClientError) as refused:
            getattr(client, operation)(**arguments)
        assert code(refused) == "AccessDenied"


@pytest.mark.parametrize("path", [
    "/private-of-alice/secret/../secret", "/of-bob2/../private-of-alice/secret", "//private-of-alice/secret",
    "/private-of-alice//secret", "/of-bob2/%2e%2e/private-of-alice/secret", "/of-bob2%2f..%2fprivate-of-alice/secret",
    "/private-of-alice/%73ecret%00", "/private-of-alice/ｓecret", "/private-of-alice/s%65cret",
    "/PRIVATE-OF-ALICE/secret", "/private-of-alice%20/secret", "/./private-of-alice/secret"])
def test_no_path_leads_to_anothers_object(s3_node, bob, private, path):
    s3_node.boto3(bob).create_bucket(Bucket="of-bob2")
    status, body = raw(s3_node, signed(s3_node, bob, "GET", path))
    assert status in (400, 403, 404), (status, body)
    assert b"alice's" not in body
    status, body = raw(s3_node, f"GET {quoted(path)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert status in (400, 403, 404) and b"alice's" not in body


@pytest.mark.parametrize("tamper", ["method", "path", "query", "header", "date", "body", "scope", "unsigned header"])
def test_whatever_is_changed_of_a_signed_request_is_noticed(s3_node, alice, s3, bucket, tamper):
    s3.put_object(Bucket=bucket, Key="a", Body=b"old")
    headers = {"x-amz-meta-color": "red", "x-amz-content-sha256": hashlib.sha256(b"new").hexdigest()}
    request = sign(s3_node, alice, "PUT", f"/{bucket}/a", headers, b"new")
    method, address, sent, body = request.method, request.url, dict(request.headers), b"new"
    if tamper == "method":
        method = "DELETE"
    elif tamper == "path":
        address = address.replace("/a", "/b")
    elif tamper == "query":
        address += "?acl"
    elif tamper == "header":
        sent["x-amz-meta-color"] = "blue"
    elif tamper == "unsigned header":
        sent["x-amz-acl"] = "public-read-write"
    elif tamper == "date":
        sent["X-Amz-Date"] = "20200101T000000Z"
    elif tamper == "body":
        body = b"bad"
    elif tamper == "scope":
        sent["Authorization"] = sent["Authorization"].replace(REGION, "eu-west-1")
    answer = requests.request(method, address, headers=sent, data=body, timeout=30)
    assert answer.status_code in (400, 403), answer.text
    assert s3.get_object(Bucket=bucket, Key="a")["Body"].read() == b"old"
    answer = requests.request(request.method, request.url, headers=dict(request.headers), data=b"new", timeout=30)
    assert answer.status_code == 200, answer.text


def test_the_time_may_stand_in_the_header_date_as_boto3_writes_it(s3_node, alice, bucket):
    request = sign(s3_node, alice, "GET", f"/{bucket}", {"Date": "replaced when it is signed"})
    headers = {name: text for name, text in request.headers.items() if name.lower() != "host"}
    assert "X-Amz-Date" not in headers and headers["Date"].endswith(" -0000")
    assert requests.get(f"{s3_node.s3_url}/{bucket}", headers=headers, timeout=20).status_code == 200


def test_a_presigned_address_ends(s3_node, alice, s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"1")
    address = s3.generate_presigned_url("get_object", {"Bucket": bucket, "Key": "a"}, ExpiresIn=60)
    assert requests.get(address, timeout=30).content == b"1"
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=61)
    old = presign(s3_node, alice, f"/{bucket}/a", then, 60)
    answer = requests.get(old, timeout=30)
    assert (answer.status_code, "expired" in answer.text) == (403, True)
    assert requests.get(presign(s3_node, alice, f"/{bucket}/a", then, 90), timeout=30).status_code == 200
    longer = presign(s3_node, alice, f"/{bucket}/a", then, 60).replace("X-Amz-Expires=60", "X-Amz-Expires=600")
    assert requests.get(longer, timeout=30).status_code == 403


def test_temporary_credentials_need_their_token(s3_node, alice, s3, bucket):
    answer = requests.post(
        f"{s3_node.url}/admin/v1/sts/session", json={"duration_seconds": 900}, timeout=30,
        headers={"Authorization": f"Bearer {alice.key}:{alice.secret}"})
    assert answer.ok, answer.text
    session = answer.json()
    import boto3
    options = dict(endpoint_url=s3_node.s3_url, region_name=REGION, aws_access_key_id=session["access_key"],
                   aws_secret_access_key=session["secret_key"])
    boto3.client("s3", aws_session_token=session["session_token"], **options).list_objects_v2(Bucket=bucket)
    for token in (None, session["session_token"][:-2] + "xx"):
        with pytest.raises(botocore.exceptions.ClientError):
            boto3.client("s3", aws_session_token=token, **options).list_objects_v2(Bucket=bucket)


def test_version_2_of_the_signature_is_refused_with_a_hint(s3_node, alice):
    def ask(**headers):
        return requests.get(
            f"{s3_node.s3_url}/", headers={"Authorization": f"AWS {alice.key}:abc=", **headers}, timeout=30)

    answer = ask(Date=email.utils.formatdate(usegmt=True))
    assert answer.status_code == 400 and "AWS4-HMAC-SHA256" in answer.text
    assert "<Code>AccessDenied</Code>" in ask(Date="Bad Date").text


def test_the_native_api_knows_no_way_around(make_s3_node):
    node = make_s3_node("ciaos.http.authentication=on").start()
    alice = node.add_user("alice")
    client = node.boto3(alice)
    client.create_bucket(Bucket="alice")
    client.put_object(Bucket="alice", Key="secret", Body=b"1")
    for headers in ({"User": "alice"}, {"User": "alice", "Authorization": f"Bearer {alice.key}:wrong-secret"}, {}):
        assert requests.get(f"{node.url}/raw/secret", headers=headers, timeout=30).status_code == 401
    answer = requests.get(
        f"{node.url}/raw/secret", headers={"Authorization": f"Bearer {alice.key}:{alice.secret}"}, timeout=30)
    assert (answer.status_code, answer.content) == (200, b"1")


def code(refused):
    return refused.value.response["Error"]["Code"]


def quoted(path):
    return urllib.parse.quote(path, safe="/%.")


def sign(node, user, method, path, headers, body=b""):
    request = botocore.awsrequest.AWSRequest(method, node.s3_url + path, headers=headers, data=body)
    credentials = botocore.credentials.Credentials(user.key, user.secret)
    botocore.auth.S3SigV4Auth(credentials, "s3", REGION).add_auth(request)
    return request.prepare()


def signed(node, user, method, path):
    """A request as text whose path goes out as it is: HTTP libraries would tidy it up."""
    request = sign(node, user, method, quoted(path), {})
    lines = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items() if name.lower() != "host")
    host = node.s3_url.split("//")[1]
    return f"{method} {quoted(path)} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{lines}\r\n"


def raw(node, request):
    host, port = node.s3_url.split("//")[1].split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(request.encode())
        answer = b""
        while received := connection.recv(65536):
            answer += received
    return int(answer.split(b" ", 2)[1]), answer


def presign(node, user, path, at, seconds):
    """By hand, since the libraries sign for now only."""
    stamp, day = at.strftime("%Y%m%dT%H%M%SZ"), at.strftime("%Y%m%d")
    scope = f"{day}/{REGION}/s3/aws4_request"
    host = node.s3_url.split("//")[1]
    query = urllib.parse.urlencode(sorted({
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{user.key}/{scope}", "X-Amz-Date": stamp,
        "X-Amz-Expires": str(seconds), "X-Amz-SignedHeaders": "host"}.items()), quote_via=urllib.parse.quote, safe="")
    canonical = f"GET\n{path}\n{query}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD"
    text = f"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = b"AWS4" + user.secret.encode()
    for part in (day, REGION, "s3", "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return f"{node.s3_url}{path}?{query}&X-Amz-Signature={hmac.digest(key, text.encode(), 'sha256').hex()}"
