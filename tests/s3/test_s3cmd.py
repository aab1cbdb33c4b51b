"""s3cmd of Debian."""

import pytest


@pytest.fixture
def s3cmd(run, s3_node, alice, tmp_path):
    host = s3_node.s3_url.split("//")[1]
    config = tmp_path / "s3cfg"
    config.write_text(
        f"[default]\naccess_key = {alice.key}\nsecret_key = {alice.secret}\nhost_base = {host}\nhost_bucket = {host}\n"
        "bucket_location = us-east-1\nuse_https = False\nsignature_v2 = False\n")

    def call(*arguments, **options):
        return run("s3cmd", "-c", config, "--no-progress", *arguments, **options)

    return call


@pytest.mark.shows("s3cmd", "CreateBucket", "ListBuckets", "PutObject", "GetObject", "HeadObject", "ListObjects",
                   "CopyObject", "DeleteObject", "DeleteObjects", "DeleteBucket", "GetBucketLocation")
def test_files_are_put_listed_and_removed(s3cmd, tmp_path, dice):
    data = dice.randbytes(200_000)
    (tmp_path / "one").write_bytes(data)
    s3cmd("mb", "s3://cmd-files")
    assert "s3://cmd-files" in s3cmd("ls")
    s3cmd("put", "one", "s3://cmd-files/folder/one ä")
    s3cmd("cp", "s3://cmd-files/folder/one ä", "s3://cmd-files/two")
    assert "200000" in s3cmd("ls", "s3://cmd-files/two")
    assert "MD5 sum" in s3cmd("info", "s3://cmd-files/two")
    s3cmd("get", "s3://cmd-files/two", "back")
    assert (tmp_path / "back").read_bytes() == data
    s3cmd("mv", "s3://cmd-files/two", "s3://cmd-files/three")
    s3cmd("del", "s3://cmd-files/three")
    s3cmd("del", "--recursive", "--force", "s3://cmd-files")
    assert s3cmd("ls", "--recursive", "s3://cmd-files") == ""
    s3cmd("rb", "s3://cmd-files")


@pytest.mark.shows("s3cmd", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
def test_a_large_file_goes_up_in_parts(s3cmd, tmp_path, dice):
    data = dice.randbytes(33 * 1024 * 1024)
    (tmp_path / "large").write_bytes(data)
    s3cmd("mb", "s3://cmd-large")
    s3cmd("put", "--multipart-chunk-size-mb=8", "large", "s3://cmd-large/large")
    s3cmd("get", "s3://cmd-large/large", "back")
    assert (tmp_path / "back").read_bytes() == data


@pytest.mark.shows("s3cmd", "GetBucketAcl", "PutObjectAcl", "GetObjectAcl", "PutBucketPolicy", "PutBucketLifecycle",
                   "PutBucketTagging")
def test_settings_of_buckets_and_objects(s3cmd, tmp_path):
    import requests
    (tmp_path / "one").write_bytes(b"1")
    (tmp_path / "policy").write_text(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:ListBucket", '
        '"Resource": "arn:aws:s3:::cmd-config"}]}')
    s3cmd("mb", "s3://cmd-config")
    s3cmd("put", "one", "s3://cmd-config/one")
    s3cmd("setacl", "--acl-public", "s3://cmd-config/one")
    assert "anon" in s3cmd("info", "s3://cmd-config/one")
    s3cmd("setpolicy", "policy", "s3://cmd-config")
    s3cmd("expire", "--expiry-days=30", "s3://cmd-config")
    assert "Expiration Rule" in s3cmd("info", "s3://cmd-config")


@pytest.mark.shows("s3cmd", "PutObject", "ListObjects")
def test_a_folder_is_synchronised(s3cmd, tmp_path, dice):
    for number in range(30):
        path = tmp_path / "from" / f"d{number % 3}" / f"file-{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dice.randbytes(number * 50 + 1))
    s3cmd("mb", "s3://cmd-sync")
    s3cmd("sync", "from/", "s3://cmd-sync/x/")
    assert "upload" not in s3cmd("sync", "--dry-run", "from/", "s3://cmd-sync/x/")
    (tmp_path / "to").mkdir()
    s3cmd("sync", "s3://cmd-sync/x/", "to/")
    for path in (tmp_path / "from").rglob("*"):
        if path.is_file():
            assert (tmp_path / "to" / path.relative_to(tmp_path / "from")).read_bytes() == path.read_bytes()
