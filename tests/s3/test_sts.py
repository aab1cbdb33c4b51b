"""Temporary credentials by the protocol of AWS STS, with boto3 and by hand."""

import itertools
import json
import time
import urllib.parse
import xml.etree.ElementTree

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import pytest
import requests
from botocore.exceptions import ClientError

from s3node import REGION, User

ROLE = "arn:aws:iam::123456789012:role/reader"
NAMESPACE = "{https://sts.amazonaws.com/doc/2011-06-15/}"
_names = itertools.count(1)


@pytest.fixture
def dora(s3_node):
    user = s3_node.add_user(f"dora-{next(_names)}")
    client = s3_node.boto3(user)
    client.create_bucket(Bucket=user.name)
    client.put_object(Bucket=user.name, Key="a", Body=b"hello")
    return user


def sts(node, user):
    return node.boto3(user, "sts", signature_version="v4", parameter_validation=False)


def session(name, answer):
    found = answer["Credentials"]
    user = User(name, found["AccessKeyId"], found["SecretAccessKey"])
    user.token = found["SessionToken"]
    return user


def client_of(node, user, service="s3", **config):
    import boto3
    import botocore.config
    return boto3.client(
        service, endpoint_url=node.s3_url, region_name=REGION, aws_access_key_id=user.key,
        aws_secret_access_key=user.secret, aws_session_token=user.token,
        config=botocore.config.Config(
            retries={"max_attempts": 0}, s3={"addressing_style": "path"}, parameter_validation=False, **config))


def refusal(call, *args, **parameters):
    with pytest.raises(ClientError) as refused:
        call(*args, **parameters)
    error = refused.value.response
    return error["Error"]["Code"], error["ResponseMetadata"]["HTTPStatusCode"]


def policy(*actions, effect="Allow", resource="*"):
    return json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": effect, "Action": list(actions), "Resource": resource}]})


def post(node, user, body, service="sts", region=REGION, sent=None, path="/"):
    """Signed by hand; another body than the one that was signed may be sent."""
    request = botocore.awsrequest.AWSRequest(
        "POST", node.s3_url + path, data=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    if user is not None:
        keys = botocore.credentials.Credentials(user.key, user.secret, getattr(user, "token", None))
        signer = botocore.auth.S3SigV4Auth if service == "s3" else botocore.auth.SigV4Auth
        signer(keys, service, region).add_auth(request)
    answer = requests.post(request.url, data=sent or body, headers=dict(request.headers), timeout=20)
    found = xml.etree.ElementTree.fromstring(answer.content)
    error = found.find(f"{NAMESPACE}Error/{NAMESPACE}Code")
    assert found.find(f".//{NAMESPACE}RequestId").text == answer.headers["x-amz-request-id"]
    return answer.status_code, None if error is None else error.text


def test_a_caller_is_told_who_it_is(s3_node, dora):
    found = sts(s3_node, dora).get_caller_identity()
    assert (found["Arn"], found["UserId"]) == (f"arn:aws:iam:::user/{dora.name}", dora.name)
    assert found["Account"] == dora.canonical_id
    temporary = session(dora.name, sts(s3_node, dora).get_session_token())
    assert client_of(s3_node, temporary, "sts").get_caller_identity()["Arn"] == found["Arn"]


def test_a_session_may_what_its_user_may_until_it_ends(s3_node, dora):
    answer = sts(s3_node, dora).get_session_token(DurationSeconds=2)
    s3 = client_of(s3_node, session(dora.name, answer))
    assert s3.get_object(Bucket=dora.name, Key="a")["Body"].read() == b"hello"
    s3.put_object(Bucket=dora.name, Key="b", Body=b"")
    left = answer["Credentials"]["Expiration"].timestamp() - time.time()
    assert 0 < left <= 2
    time.sleep(left + 0.1)
    assert refusal(s3.get_object, Bucket=dora.name, Key="a") == ("ExpiredToken", 400)
    late = client_of(s3_node, session(dora.name, answer), "sts")
    assert refusal(late.get_caller_identity) == ("ExpiredToken", 403)


def test_a_role_is_a_session_of_the_caller_cut_down_by_its_policy(s3_node, dora, alice, bucket):
    client = sts(s3_node, dora)
    answer = client.assume_role(RoleArn=ROLE, RoleSessionName="job-1", Policy=policy("s3:GetObject"))
    assert answer["AssumedRoleUser"] == {
        "AssumedRoleId": f"{dora.name}:job-1", "Arn": "arn:aws:sts::123456789012:assumed-role/reader/job-1"}
    s3 = client_of(s3_node, session(dora.name, answer))
    assert s3.get_object(Bucket=dora.name, Key="a")["Body"].read() == b"hello"
    assert refusal(s3.put_object, Bucket=dora.name, Key="a", Body=b"") == ("AccessDenied", 403)
    assert refusal(s3.list_objects_v2, Bucket=dora.name) == ("AccessDenied", 403)
    # A policy that allows more gives no more.
    answer = client.assume_role(RoleArn=ROLE, RoleSessionName="job-2", Policy=policy("*"))
    s3 = client_of(s3_node, session(dora.name, answer))
    assert refusal(s3.list_objects_v2, Bucket=bucket) == ("AccessDenied", 403)
    s3.put_object(Bucket=dora.name, Key="a", Body=b"")


def test_a_federated_user_may_nothing_without_a_policy(s3_node, dora):
    client = sts(s3_node, dora)
    s3 = client_of(s3_node, session(dora.name, client.get_federation_token(Name="guest")))
    assert refusal(s3.get_object, Bucket=dora.name, Key="a") == ("AccessDenied", 403)
    allowed = client.get_federation_token(Name="guest", Policy=policy("s3:GetObject"))
    assert allowed["FederatedUser"]["FederatedUserId"] == f"{dora.name}:guest"
    client_of(s3_node, session(dora.name, allowed)).get_object(Bucket=dora.name, Key="a")


def test_temporary_credentials_make_no_others(s3_node, dora):
    answer = sts(s3_node, dora).assume_role(RoleArn=ROLE, RoleSessionName="job", Policy=policy("*"))
    client = client_of(s3_node, session(dora.name, answer), "sts")
    assert refusal(client.get_session_token) == ("AccessDenied", 403)
    assert refusal(client.assume_role, RoleArn=ROLE, RoleSessionName="job") == ("AccessDenied", 403)
    assert refusal(client.get_federation_token, Name="job") == ("AccessDenied", 403)


@pytest.mark.parametrize("denied, calls", [
    ("sts:GetSessionToken", ("get_session_token", "assume_role", "get_federation_token")),
    ("sts:AssumeRole", ("assume_role",)), ("sts:GetFederationToken", ("get_federation_token",))])
def test_a_policy_may_deny_it(s3_node, dora, denied, calls):
    s3_node.admin("PUT", f"users/{dora.name}/policies/own", json.loads(policy(denied, effect="Deny")))
    client = sts(s3_node, dora)
    parameters = {"assume_role": {"RoleArn": ROLE, "RoleSessionName": "job"}, "get_federation_token": {"Name": "job"}}
    for name in ("get_session_token", "assume_role", "get_federation_token"):
        call, given = getattr(client, name), parameters.get(name, {})
        if name in calls:
            assert refusal(call, **given) == ("AccessDenied", 403), name
        else:
            call(**given)
    client.get_caller_identity()


@pytest.mark.parametrize("call, parameters, code", [
    ("get_session_token", {"DurationSeconds": 0}, "ValidationError"),
    ("get_session_token", {"DurationSeconds": 43201}, "ValidationError"),
    ("get_session_token", {"SerialNumber": "GAHT12345678", "TokenCode": "123456"}, "ValidationError"),
    ("assume_role", {"RoleArn": ROLE}, "ValidationError"),
    ("assume_role", {"RoleSessionName": "job"}, "ValidationError"),
    ("assume_role", {"RoleArn": "arn:aws:iam:::user/root", "RoleSessionName": "job"}, "ValidationError"),
    ("assume_role", {"RoleArn": ROLE, "RoleSessionName": "a job"}, "ValidationError"),
    ("assume_role", {"RoleArn": ROLE, "RoleSessionName": "job", "Tags": [{"Key": "a", "Value": "b"}]},
     "ValidationError"),
    ("assume_role", {"RoleArn": ROLE, "RoleSessionName": "job", "Policy": "{"}, "MalformedPolicyDocument"),
    ("get_federation_token", {"Name": "x"}, "ValidationError"),
    ("get_access_key_info", {"AccessKeyId": "AKIA"}, "InvalidAction")])
def test_what_is_wrong_or_not_supported_is_refused(s3_node, dora, call, parameters, code):
    assert refusal(getattr(sts(s3_node, dora), call), **parameters) == (code, 400)


def test_no_one_gets_in(s3_node, dora):
    body = "Action=GetSessionToken&Version=2011-06-15"
    assert post(s3_node, dora, body) == (200, None)
    stranger = User("nobody", "AKIANOBODY", dora.secret)
    assert post(s3_node, None, body) == (403, "MissingAuthenticationToken")
    assert post(s3_node, stranger, body) == (403, "InvalidClientTokenId")
    assert post(s3_node, User(dora.name, dora.key, "x" * 40), body) == (403, "SignatureDoesNotMatch")
    assert post(s3_node, dora, body, sent=body + "&DurationSeconds=43200") == (403, "SignatureDoesNotMatch")
    # Of what is signed for S3, nobody verifies the form.
    assert post(s3_node, dora, body, service="s3") == (403, "SignatureDoesNotMatch")
    assert post(s3_node, dora, body, region="eu-west-1") == (400, "IncompleteSignature")
    assert post(s3_node, dora, body + "&Action=GetCallerIdentity") == (400, "MalformedQueryString")
    assert post(s3_node, dora, "Version=2011-06-15") == (400, "MissingAction")
    assert post(s3_node, dora, "Action=GetSessionToken&Version=2010-01-01") == (400, "NoSuchVersion")
    stolen = session(dora.name, sts(s3_node, dora).get_session_token())
    stolen.token = "x" + stolen.token[1:]
    assert post(s3_node, stolen, body) == (403, "InvalidClientTokenId")
    s3_node.admin("PATCH", f"keys/{dora.key}", {"active": False})
    assert post(s3_node, dora, body)[0] == 403


def test_the_audit_log_tells_who_had_credentials_made(s3_node, dora):
    last = s3_node.admin("GET", "audit?after=0&limit=1000")["entries"][-1]["number"]
    made = sts(s3_node, dora).assume_role(RoleArn=ROLE, RoleSessionName="job", ExternalId="them")
    entry = s3_node.admin("GET", f"audit?after={last}&limit=10")["entries"][-1]
    assert (entry["action"], entry["by"], entry["by_key"]) == ("session-created", dora.name, dora.key)
    assert made["Credentials"]["SecretAccessKey"] not in json.dumps(entry)
    assert urllib.parse.quote(made["Credentials"]["SessionToken"]) not in json.dumps(entry)
