"""Quotas hold for all front ends together, and for bodies that nobody announced."""

import pytest
import requests
from botocore.exceptions import ClientError


def native(node, user, method, path, data=None):
    return requests.request(
        method, node.url + path, data=data, timeout=20,
        headers={"User": user.name, "User-Access-Key": f"{user.key}:{user.secret}"})


def pieces(size):
    for _ in range(size // 10_000):
        yield bytes(10_000)


@pytest.fixture
def carol(s3_node, request):
    user = s3_node.add_user(f"carol-{abs(hash(request.node.name)) % 10**8}")
    s3_node.boto3(user).create_bucket(Bucket=f"of-{user.name}")
    return user


def test_what_one_front_end_stores_counts_at_the_other(s3_node, carol):
    s3, box = s3_node.boto3(carol), f"of-{carol.name}"
    s3_node.admin("PUT", f"users/{carol.name}/quota", {"max_bytes": 200_000})
    assert native(s3_node, carol, "PUT", "/raw/a", bytes(120_000)).status_code == 201
    with pytest.raises(ClientError) as refused:
        s3.put_object(Bucket=box, Key="b", Body=bytes(100_000))
    assert refused.value.response["Error"]["Code"] == "QuotaExceeded"
    s3.put_object(Bucket=box, Key="b", Body=bytes(60_000))
    answer = native(s3_node, carol, "PUT", "/raw/c", bytes(30_000))
    assert answer.status_code == 403 and "quota of bytes" in answer.text
    # Without a length, nothing can be refused before it has come.
    assert native(s3_node, carol, "PUT", "/raw/c", pieces(300_000)).status_code == 403
    url = s3.generate_presigned_url("put_object", {"Bucket": box, "Key": "c"})
    streamed = requests.put(url, data=pieces(300_000), timeout=20)
    assert streamed.status_code == 403 and "<Code>QuotaExceeded<" in streamed.text
    assert native(s3_node, carol, "GET", "/raw/c").status_code == 404
    assert [each["Key"] for each in s3.list_objects_v2(Bucket=box)["Contents"]] == ["b"]
    assert requests.put(url, data=pieces(20_000), timeout=20).ok


def test_an_upload_in_parts_counts_when_it_is_completed(s3_node, carol):
    s3, box = s3_node.boto3(carol), f"of-{carol.name}"
    s3_node.admin("PUT", f"users/{carol.name}/quota", {"max_objects": 1})
    begun = {"Bucket": box, "Key": "k", "UploadId": s3.create_multipart_upload(Bucket=box, Key="k")["UploadId"]}
    part = s3.upload_part(**begun, PartNumber=1, Body=b"hello")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.put_object(Bucket=box, Key="other", Body=b"")
    with pytest.raises(ClientError) as refused:
        s3.complete_multipart_upload(**begun, MultipartUpload=parts)
    assert refused.value.response["Error"]["Code"] == "QuotaExceeded"
    s3_node.admin("PUT", f"users/{carol.name}/quota", {"max_objects": 2})
    s3.complete_multipart_upload(**begun, MultipartUpload=parts)
