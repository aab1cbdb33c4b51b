"""Buckets, their configuration, ACLs and policies, as boto3 sees them: three clients of one node, of two users and of
nobody."""

import itertools
import json

import pytest
import requests
from botocore import UNSIGNED, xform_name
from botocore.exceptions import ClientError
from botocore.handlers import validate_bucket_name

ALL_USERS = "http://acs.amazonaws.com/groups/global/AllUsers"

_numbers = itertools.count(1)


class Clients:
    """Clients of a node: of its users main and other, and of nobody."""

    def __init__(self, node, main, other):
        self.node, self.users = node, {"main": main, "other": other}
        self.main_id, self.other_id = main.canonical_id, other.canonical_id
        self.connect()

    def connect(self):
        self.main, self.other, self.nobody = self.make("main"), self.make("other"), self.make(None)

    def make(self, name):
        """A new one: a client whose upload was refused does not use its connection again."""
        return self.node.boto3(self.users[name]) if name else self.node.boto3(None, signature_version=UNSIGNED)

    def bucket(self, **settings):
        name = f"of-main-{next(_numbers)}"
        self.main.create_bucket(Bucket=name, **settings)
        return name


@pytest.fixture(scope="module")
def s3(s3_node, alice, bob):
    return Clients(s3_node, alice, bob)


def refused(status, code, operation, **arguments):
    with pytest.raises(ClientError) as caught:
        operation(**arguments)
    answer = caught.value.response
    found = (answer["ResponseMetadata"]["HTTPStatusCode"], answer["Error"]["Code"])
    assert found == (status, code), answer["Error"]


def denied(operation, **arguments):
    with pytest.raises(ClientError) as caught:
        operation(**arguments)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def allow_if(is_allowed, operation, **arguments):
    if is_allowed:
        operation(**arguments)
    else:
        denied(operation, **arguments)


def grants(answer):
    return [(grant["Permission"], grant["Grantee"].get("ID") or grant["Grantee"]["URI"].rsplit("/", 1)[1])
            for grant in answer["Grants"]]


def policy(bucket, effect, action, condition=None, resource="/*"):
    statement = {"Effect": effect, "Principal": {"AWS": "*"}, "Action": action,
                 "Resource": f"arn:aws:s3:::{bucket}{resource}"}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def tags(**pairs):
    return {"TagSet": [{"Key": key, "Value": value} for key, value in pairs.items()]}


@pytest.mark.parametrize("name", ["aa", "_abc", "foo_bar", "foo-", "foo..bar", "foo.-bar", "192.168.5.123", "Foo"])
def test_a_name_that_no_host_could_have_is_refused(s3, name):
    client = s3.make("main")
    client.meta.events.unregister("before-parameter-build.s3", validate_bucket_name)
    refused(400, "InvalidBucketName", client.create_bucket, Bucket=name)


@pytest.mark.shows("boto3", "CreateBucket")
def test_a_name_is_given_once(s3):
    name = s3.bucket()
    s3.main.create_bucket(Bucket=name)
    refused(409, "BucketAlreadyExists", s3.other.create_bucket, Bucket=name)
    refused(409, "BucketAlreadyExists", s3.main.create_bucket, Bucket=name, ACL="public-read")


@pytest.mark.shows("boto3", "CreateBucket", "HeadBucket", "DeleteBucket")
def test_a_bucket_goes_when_it_is_empty_and_may_come_again(s3):
    name = s3.bucket()
    s3.main.put_object(Bucket=name, Key="a", Body=b"1")
    refused(409, "BucketNotEmpty", s3.main.delete_bucket, Bucket=name)
    s3.main.delete_object(Bucket=name, Key="a")
    s3.main.delete_bucket(Bucket=name)
    refused(404, "NoSuchBucket", s3.main.put_object, Bucket=name, Key="a", Body=b"1")
    refused(404, "404", s3.main.head_bucket, Bucket=name)
    s3.main.create_bucket(Bucket=name)
    assert "Contents" not in s3.main.list_objects_v2(Bucket=name)


@pytest.mark.parametrize("name", ["a" * 300, "f%C3%B6%C3%B6"])
def test_there_is_no_bucket_with_a_name_that_cannot_be(s3_node, name):
    answer = requests.get(f"{s3_node.s3_url}/{name}", timeout=20)
    assert answer.status_code == 404 and "<Code>NoSuchBucket</Code>" in answer.text


@pytest.mark.shows("boto3", "ListBuckets")
def test_everybody_lists_his_own_buckets(s3):
    name = s3.bucket()
    answer = s3.main.list_buckets()
    assert answer["Owner"] == {"ID": s3.main_id, "DisplayName": "alice"}
    assert name in [bucket["Name"] for bucket in answer["Buckets"]]
    assert name not in [bucket["Name"] for bucket in s3.other.list_buckets()["Buckets"]]
    assert s3.nobody.list_buckets()["Buckets"] == []


def test_nobody_gets_into_anothers_bucket(s3):
    name = s3.bucket()
    s3.main.put_object(Bucket=name, Key="k", Body=b"k")
    for client in (s3.other, s3.nobody):
        for operation in (
                "head_bucket", "list_objects", "list_objects_v2", "list_object_versions", "list_multipart_uploads",
                "get_bucket_acl", "get_bucket_cors", "get_bucket_tagging", "get_bucket_policy",
                "get_bucket_policy_status", "get_bucket_versioning", "get_bucket_location", "get_bucket_encryption",
                "get_bucket_lifecycle_configuration", "get_bucket_notification_configuration",
                "get_bucket_ownership_controls", "get_public_access_block", "get_object_lock_configuration",
                "get_bucket_website", "get_bucket_logging", "delete_bucket_policy", "delete_bucket_tagging",
                "delete_bucket_cors", "delete_bucket_lifecycle", "delete_public_access_block", "delete_bucket"):
            denied(getattr(client, operation), Bucket=name)
        for operation in (
                "get_object", "head_object", "delete_object", "get_object_acl", "get_object_tagging",
                "delete_object_tagging", "create_multipart_upload"):
            denied(getattr(client, operation), Bucket=name, Key="k")
        denied(client.get_object, Bucket=name, Key="not-there")
        denied(client.put_object_acl, Bucket=name, Key="k", ACL="public-read")
        answer = client.delete_objects(Bucket=name, Delete={"Objects": [{"Key": "k"}]})
        assert answer["Errors"][0]["Code"] == "AccessDenied"
    assert s3.main.get_object(Bucket=name, Key="k")["Body"].read() == b"k"


@pytest.mark.shows("boto3", "GetObject", "PutObject", "ListObjectsV2")
@pytest.mark.parametrize("bucket_acl", ["private", "public-read", "public-read-write"])
@pytest.mark.parametrize("object_acl", ["private", "public-read"])
def test_canned_acls_open_bucket_and_object(s3, bucket_acl, object_acl):
    name = s3.bucket(ACL=bucket_acl)
    s3.main.put_object(Bucket=name, Key="set", Body=b"1", ACL=object_acl)
    s3.main.put_object(Bucket=name, Key="plain", Body=b"2")
    for user in ("other", None):
        client = s3.make(user)
        allow_if(object_acl != "private", client.get_object, Bucket=name, Key="set")
        denied(client.get_object, Bucket=name, Key="plain")
        allow_if(bucket_acl != "private", client.list_objects_v2, Bucket=name)
        for key in ("set", "plain", "new"):
            allow_if(bucket_acl == "public-read-write", s3.make(user).put_object, Bucket=name, Key=key, Body=b"")
            s3.main.put_object(Bucket=name, Key="set", Body=b"1", ACL=object_acl)
            s3.main.put_object(Bucket=name, Key="plain", Body=b"2")


@pytest.mark.shows("boto3", "GetBucketAcl", "PutBucketAcl")
@pytest.mark.parametrize("permission, reads, reads_acl, writes, writes_acl", [
    ("FULL_CONTROL", True, True, True, True), ("READ", True, False, False, False),
    ("READ_ACP", False, True, False, False), ("WRITE", False, False, True, False),
    ("WRITE_ACP", False, False, False, True)])
def test_a_grant_on_a_bucket_allows_just_that(s3, permission, reads, reads_acl, writes, writes_acl):
    name = s3.bucket()
    acl = s3.main.get_bucket_acl(Bucket=name)
    grantee = {"EmailAddress": "bob@example.com", "Type": "AmazonCustomerByEmail"}
    s3.main.put_bucket_acl(Bucket=name, AccessControlPolicy={
        "Owner": acl["Owner"], "Grants": acl["Grants"] + [{"Grantee": grantee, "Permission": permission}]})
    assert grants(s3.main.get_bucket_acl(Bucket=name)) == [("FULL_CONTROL", s3.main_id), (permission, s3.other_id)]
    allow_if(reads, s3.other.head_bucket, Bucket=name)
    allow_if(reads_acl, s3.other.get_bucket_acl, Bucket=name)
    allow_if(writes, s3.make("other").put_object, Bucket=name, Key="k", Body=b"k")
    allow_if(writes_acl, s3.other.put_bucket_acl, Bucket=name, ACL="public-read")


@pytest.mark.shows("boto3", "GetObjectAcl", "PutObjectAcl")
def test_a_writer_owns_what_he_writes_into_anothers_bucket(s3):
    name = s3.bucket(ACL="public-read-write")
    s3.other.put_object(Bucket=name, Key="k", Body=b"k")
    denied(s3.main.get_object, Bucket=name, Key="k")
    s3.other.put_object_acl(Bucket=name, Key="k", ACL="bucket-owner-read")
    acl = s3.other.get_object_acl(Bucket=name, Key="k")
    assert grants(acl) == [("FULL_CONTROL", s3.other_id), ("READ", s3.main_id)]
    s3.main.get_object(Bucket=name, Key="k")
    s3.main.delete_object(Bucket=name, Key="k")


@pytest.mark.shows("boto3", "PutBucketVersioning", "PutObjectAcl")
def test_each_version_has_an_acl_of_its_own(s3):
    name = s3.bucket()
    s3.main.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    old, new = [s3.main.put_object(Bucket=name, Key="k", Body=body)["VersionId"] for body in (b"old", b"new")]
    s3.main.put_object_acl(Bucket=name, Key="k", VersionId=old, ACL="public-read")
    assert s3.nobody.get_object(Bucket=name, Key="k", VersionId=old)["Body"].read() == b"old"
    denied(s3.nobody.get_object, Bucket=name, Key="k", VersionId=new)
    denied(s3.nobody.get_object, Bucket=name, Key="k")


@pytest.mark.shows("boto3", "PutBucketPolicy", "DeleteBucketPolicy")
def test_a_policy_denies_over_any_acl(s3):
    name = s3.bucket(ACL="public-read")
    s3.nobody.list_objects(Bucket=name)
    s3.main.put_bucket_policy(Bucket=name, Policy=policy(name, "Deny", "s3:ListBucket", resource=""))
    for client in (s3.nobody, s3.other, s3.main):
        denied(client.list_objects, Bucket=name)
    s3.main.delete_bucket_policy(Bucket=name)
    s3.nobody.list_objects(Bucket=name)


@pytest.mark.shows("boto3", "PutBucketPolicy", "CopyObject")
def test_a_policy_sees_tags_and_sources(s3):
    source, target = s3.bucket(), s3.bucket()
    for key, tagging in (("public/a", "security=public"), ("private/a", "security=private")):
        s3.main.put_object(Bucket=source, Key=key, Body=key.encode(), Tagging=tagging)
    s3.main.put_bucket_policy(Bucket=source, Policy=policy(
        source, "Allow", "s3:GetObject", {"StringEquals": {"s3:ExistingObjectTag/security": "public"}}))
    s3.other.get_object(Bucket=source, Key="public/a")
    denied(s3.other.get_object, Bucket=source, Key="private/a")
    s3.main.put_bucket_policy(Bucket=source, Policy=policy(source, "Allow", ["s3:GetObject", "s3:GetObjectTagging"]))
    s3.main.put_bucket_policy(Bucket=target, Policy=policy(
        target, "Allow", "s3:PutObject", {"StringLike": {"s3:x-amz-copy-source": f"{source}/public/*"}}))
    s3.other.copy_object(Bucket=target, Key="k", CopySource={"Bucket": source, "Key": "public/a"})
    denied(s3.other.copy_object, Bucket=target, Key="k", CopySource={"Bucket": source, "Key": "private/a"})


def test_who_may_list_a_prefix_learns_that_a_key_below_it_is_missing(s3):
    name = s3.bucket()
    s3.main.put_bucket_policy(Bucket=name, Policy=policy(
        name, "Allow", "s3:ListBucket", {"StringLike": {"s3:prefix": "public/*"}}, resource=""))
    refused(404, "404", s3.other.head_object, Bucket=name, Key="public/a")
    refused(404, "NoSuchKey", s3.other.get_object, Bucket=name, Key="public/a")
    refused(403, "403", s3.other.head_object, Bucket=name, Key="private/a")


@pytest.mark.shows("boto3", "PutPublicAccessBlock", "DeletePublicAccessBlock")
def test_public_access_can_be_blocked(s3):
    def block(**settings):
        everything = {name: False for name in (
            "BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")}
        s3.main.put_public_access_block(
            Bucket=name, PublicAccessBlockConfiguration={**everything, **settings})

    name = s3.bucket(ACL="public-read")
    public = policy(name, "Allow", "s3:GetObject")
    s3.main.put_object(Bucket=name, Key="k", Body=b"k", ACL="public-read")
    s3.nobody.get_object(Bucket=name, Key="k")
    block(IgnorePublicAcls=True)
    denied(s3.nobody.get_object, Bucket=name, Key="k")
    block(BlockPublicAcls=True)
    denied(s3.make("main").put_object, Bucket=name, Key="new", Body=b"", ACL="public-read")
    denied(s3.main.put_bucket_acl, Bucket=name, ACL="authenticated-read")
    block(BlockPublicPolicy=True)
    denied(s3.main.put_bucket_policy, Bucket=name, Policy=public)
    block(RestrictPublicBuckets=True)
    s3.main.put_object(Bucket=name, Key="k", Body=b"k")
    s3.main.put_bucket_policy(Bucket=name, Policy=public)
    denied(s3.nobody.get_object, Bucket=name, Key="k")
    s3.main.delete_public_access_block(Bucket=name)
    s3.nobody.get_object(Bucket=name, Key="k")


def test_where_the_bucket_owner_is_enforced_acls_do_not_count(s3):
    name = s3.bucket(ObjectOwnership="BucketOwnerEnforced")
    refused(400, "AccessControlListNotSupported", s3.main.put_bucket_acl, Bucket=name, ACL="public-read")
    refused(400, "AccessControlListNotSupported",
            s3.make("main").put_object, Bucket=name, Key="k", Body=b"", ACL="public-read")
    s3.main.put_object(Bucket=name, Key="k", Body=b"", ACL="bucket-owner-full-control")
    refused(400, "InvalidBucketAclWithObjectOwnership", s3.bucket, ObjectOwnership="BucketOwnerEnforced",
            ACL="public-read")


def kept(name, argument, document, missing):
    """A document of a bucket: its name behind Get, Put and Delete, and the error where there is none."""
    shown = pytest.mark.shows("boto3", *(f"{verb}{name}" for verb in ("Get", "Put", "Delete")))
    return pytest.param(name, argument, document, missing, marks=shown, id=name)


@pytest.mark.parametrize("name, argument, document, missing", [
    kept("BucketTagging", "Tagging", tags(Hello="World"), "NoSuchTagSet"),
    kept("BucketCors", "CORSConfiguration",
         {"CORSRules": [{"AllowedMethods": ["GET", "PUT"], "AllowedOrigins": ["*.get"]}]}, "NoSuchCORSConfiguration"),
    kept("BucketEncryption", "ServerSideEncryptionConfiguration",
         {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]},
         "ServerSideEncryptionConfigurationNotFoundError"),
    kept("BucketOwnershipControls", "OwnershipControls", {"Rules": [{"ObjectOwnership": "BucketOwnerPreferred"}]},
         "OwnershipControlsNotFoundError"),
    kept("BucketWebsite", "WebsiteConfiguration", {"IndexDocument": {"Suffix": "index.html"}},
         "NoSuchWebsiteConfiguration")])
def test_a_document_is_kept_until_it_is_removed(s3, name, argument, document, missing):
    bucket = s3.bucket()
    get, put, delete = (getattr(s3.main, xform_name(verb + name)) for verb in ("Get", "Put", "Delete"))
    refused(404, missing, get, Bucket=bucket)
    put(Bucket=bucket, **{argument: document})
    answer = get(Bucket=bucket)
    answer = answer.get(argument, answer)
    assert {key: answer[key] for key in document} == document
    delete(Bucket=bucket)
    refused(404, missing, get, Bucket=bucket)


@pytest.mark.shows("boto3", "GetBucketLifecycleConfiguration", "PutBucketLifecycleConfiguration")
def test_lifecycle_rules_come_back_as_they_were_set(s3):
    name = s3.bucket()
    rules = [
        {"ID": "a", "Expiration": {"Days": 31}, "Prefix": "a/", "Status": "Enabled"},
        {"ID": "b", "Status": "Disabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 2},
         "Filter": {"And": {"Prefix": "b/", "Tags": [{"Key": "k", "Value": "v"}]}}},
        {"ID": "c", "Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 3},
         "Filter": {"Prefix": "c/"}}]
    refused(404, "NoSuchLifecycleConfiguration", s3.main.get_bucket_lifecycle_configuration, Bucket=name)
    s3.main.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    assert s3.main.get_bucket_lifecycle_configuration(Bucket=name)["Rules"] == rules
    for wrong, code in (({"ID": "a" * 256}, "InvalidArgument"), ({"Status": "enabled"}, "MalformedXML"),
                        ({"Expiration": {"Days": 0}}, "InvalidArgument")):
        refused(400, code, s3.main.put_bucket_lifecycle_configuration, Bucket=name,
                LifecycleConfiguration={"Rules": [{**rules[0], **wrong}]})
    assert s3.main.get_bucket_lifecycle_configuration(Bucket=name)["Rules"] == rules


@pytest.mark.shows("boto3", "GetObjectLockConfiguration", "PutObjectLockConfiguration", "GetBucketVersioning")
def test_object_lock_keeps_versioning(s3):
    name = s3.bucket(ObjectLockEnabledForBucket=True)
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Years": 1}}}
    s3.main.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    assert s3.main.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"] == lock
    assert s3.main.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    refused(409, "InvalidBucketState", s3.main.put_bucket_versioning, Bucket=name,
            VersioningConfiguration={"Status": "Suspended"})
    refused(409, "InvalidBucketState", s3.main.put_object_lock_configuration, Bucket=s3.bucket(),
            ObjectLockConfiguration=lock)


def test_browsers_hear_who_may_read_the_answer(s3):
    name = s3.bucket(ACL="public-read")
    s3.main.put_bucket_cors(Bucket=name, CORSConfiguration={"CORSRules": [
        {"AllowedMethods": ["GET"], "AllowedOrigins": ["http://*.org"]}]})
    url = f"{s3.node.s3_url}/{name}"
    for method, path, headers, status, allowed in (
            ("GET", "", {"Origin": "http://a.org"}, 200, "http://a.org"),
            ("GET", "", {"Origin": "http://a.com"}, 200, None),
            ("GET", "/missing", {"Origin": "http://a.org"}, 404, "http://a.org"),
            ("OPTIONS", "", {"Origin": "http://a.org"}, 400, None),
            ("OPTIONS", "", {"Origin": "http://a.org", "Access-Control-Request-Method": "GET"}, 200, "http://a.org"),
            ("OPTIONS", "", {"Origin": "http://a.org", "Access-Control-Request-Method": "PUT"}, 403, None)):
        answer = requests.request(method, url + path, headers=headers, timeout=30)
        assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (status, allowed), headers


def test_configuration_survives_a_kill(make_s3_node):
    node = make_s3_node().start()
    clients = Clients(node, node.add_user("main"), node.add_user("other"))
    name = clients.bucket(ACL="public-read")
    clients.main.put_bucket_tagging(Bucket=name, Tagging=tags(a="b"))
    clients.main.put_object(Bucket=name, Key="k", Body=b"k", ACL="public-read")
    node.kill()
    node.start()
    clients.connect()
    assert clients.main.get_bucket_tagging(Bucket=name)["TagSet"] == tags(a="b")["TagSet"]
    assert clients.main.get_bucket_acl(Bucket=name)["Grants"][0]["Grantee"]["URI"] == ALL_USERS
    assert clients.nobody.get_object(Bucket=name, Key="k")["Body"].read() == b"k"
