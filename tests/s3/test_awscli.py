"""The AWS command line of Debian."""

import json

import pytest

AWS = "/usr/bin/aws"


@pytest.fixture
def aws(run, s3_node):
    def call(*arguments, **options):
        return run(AWS, "--endpoint-url", s3_node.s3_url, *arguments, **options)

    return call


@pytest.mark.shows("awscli", "CreateBucket", "ListBuckets", "PutObject", "GetObject", "HeadObject", "ListObjectsV2",
                   "CopyObject", "DeleteObject", "DeleteObjects", "DeleteBucket")
def test_files_are_copied_listed_and_removed(aws, tmp_path, dice):
    aws("s3", "mb", "s3://cli-files")
    assert "cli-files" in aws("s3", "ls")
    data = dice.randbytes(300_000)
    (tmp_path / "one").write_bytes(data)
    aws("s3", "cp", "one", "s3://cli-files/folder/one")
    aws("s3", "cp", "s3://cli-files/folder/one", "s3://cli-files/two")
    assert "300000 two" in aws("s3", "ls", "s3://cli-files")
    assert "PRE folder/" in aws("s3", "ls", "s3://cli-files")
    aws("s3", "cp", "s3://cli-files/two", "back")
    assert (tmp_path / "back").read_bytes() == data
    aws("s3", "mv", "s3://cli-files/two", "s3://cli-files/three")
    assert "two" not in aws("s3", "ls", "s3://cli-files")
    aws("s3", "rb", "s3://cli-files", fails=True)
    aws("s3", "rm", "--recursive", "s3://cli-files")
    assert aws("s3", "ls", "s3://cli-files") == ""
    aws("s3", "rb", "s3://cli-files")


@pytest.mark.shows("awscli", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "GetObject")
def test_a_large_file_goes_up_in_parts_and_comes_back(aws, tmp_path, dice):
    data = dice.randbytes(100 * 1024 * 1024 + 17)
    (tmp_path / "large").write_bytes(data)
    aws("s3", "mb", "s3://cli-large")
    aws("s3", "cp", "large", "s3://cli-large/large")
    tag = json.loads(aws("s3api", "head-object", "--bucket", "cli-large", "--key", "large"))["ETag"]
    assert tag.endswith('-13"')
    aws("s3", "cp", "s3://cli-large/large", "back")
    assert (tmp_path / "back").read_bytes() == data
    assert aws("s3api", "list-multipart-uploads", "--bucket", "cli-large") == ""


@pytest.mark.shows("awscli", "ListObjectsV2", "PutObject", "DeleteObject")
def test_a_folder_is_synchronised_both_ways(aws, tmp_path, dice):
    for number in range(60):
        path = tmp_path / "from" / f"d{number % 7}" / f"file {number} ä+&.bin"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dice.randbytes(number * 100))
    aws("s3", "mb", "s3://cli-sync")
    aws("s3", "sync", "from", "s3://cli-sync/x")
    assert aws("s3", "sync", "from", "s3://cli-sync/x") == ""
    (tmp_path / "from" / "d0" / "file 0 ä+&.bin").unlink()
    (tmp_path / "from" / "d1" / "file 1 ä+&.bin").write_bytes(b"changed")
    aws("s3", "sync", "--delete", "from", "s3://cli-sync/x")
    aws("s3", "sync", "s3://cli-sync/x", "to")
    assert contents(tmp_path / "to") == contents(tmp_path / "from")


@pytest.mark.shows("awscli", "GetObject (presigned)")
def test_a_presigned_address_needs_no_key(aws, tmp_path):
    import requests
    aws("s3", "mb", "s3://cli-presign")
    (tmp_path / "file").write_bytes(b"hello")
    aws("s3", "cp", "file", "s3://cli-presign/a b")
    address = aws("s3", "presign", "s3://cli-presign/a b", "--expires-in", "60").strip()
    assert requests.get(address, timeout=30).content == b"hello"
    assert requests.get(address.replace("a%20b", "c"), timeout=30).status_code == 403
    assert requests.get(address.split("?")[0], timeout=30).status_code == 403


@pytest.mark.shows("awscli", "PutBucketVersioning", "GetBucketVersioning", "ListObjectVersions", "PutObjectTagging",
                   "GetObjectTagging", "PutBucketPolicy", "GetBucketPolicy", "GetBucketLocation")
def test_configuration_and_versions_by_s3api(aws, tmp_path):
    aws("s3", "mb", "s3://cli-config")
    aws("s3api", "put-bucket-versioning", "--bucket", "cli-config", "--versioning-configuration", "Status=Enabled")
    assert json.loads(aws("s3api", "get-bucket-versioning", "--bucket", "cli-config"))["Status"] == "Enabled"
    for text in ("one", "two"):
        (tmp_path / "file").write_text(text)
        aws("s3", "cp", "file", "s3://cli-config/file")
    versions = json.loads(aws("s3api", "list-object-versions", "--bucket", "cli-config"))["Versions"]
    assert [version["IsLatest"] for version in versions] == [True, False]
    aws("s3api", "get-object", "--bucket", "cli-config", "--key", "file", "--version-id", versions[1]["VersionId"], "old")
    assert (tmp_path / "old").read_text() == "one"
    aws("s3api", "put-object-tagging", "--bucket", "cli-config", "--key", "file",
        "--tagging", "TagSet=[{Key=a,Value=b}]")
    tags = json.loads(aws("s3api", "get-object-tagging", "--bucket", "cli-config", "--key", "file"))["TagSet"]
    assert tags == [{"Key": "a", "Value": "b"}]
    policy = {"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::cli-config/*"}]}
    aws("s3api", "put-bucket-policy", "--bucket", "cli-config", "--policy", json.dumps(policy))
    assert json.loads(json.loads(aws("s3api", "get-bucket-policy", "--bucket", "cli-config"))["Policy"]) == policy
    assert "LocationConstraint" in aws("s3api", "get-bucket-location", "--bucket", "cli-config")


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
