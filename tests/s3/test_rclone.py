"""rclone of Debian: a thousand files there and back."""

import pytest


@pytest.fixture
def rclone(run, s3_node, alice, tmp_path):
    config = tmp_path / "rclone.conf"
    config.write_text(
        f"[ciaos]\ntype = s3\nprovider = Other\naccess_key_id = {alice.key}\nsecret_access_key = {alice.secret}\n"
        f"endpoint = {s3_node.s3_url}\nregion = us-east-1\nforce_path_style = true\n")

    def call(*arguments, **options):
        return run("rclone", "--config", config, *arguments, **options)

    return call


@pytest.mark.shows("rclone", "CreateBucket", "PutObject", "HeadObject", "ListObjectsV2", "GetObject", "CopyObject",
                   "DeleteObject", "DeleteBucket", "ListBuckets")
def test_a_thousand_files_are_synchronised_and_checked(rclone, tmp_path, dice):
    for number in range(1000):
        path = tmp_path / "from" / f"d{number % 13}" / f"file {number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dice.randbytes(number))
    rclone("mkdir", "ciaos:rclone-sync")
    rclone("sync", "from", "ciaos:rclone-sync/x")
    rclone("check", "from", "ciaos:rclone-sync/x")
    rclone("check", "--download", "from/d1", "ciaos:rclone-sync/x/d1")
    rclone("moveto", "ciaos:rclone-sync/x/d1/file 1", "ciaos:rclone-sync/x/moved")
    rclone("copyto", "ciaos:rclone-sync/x/moved", "moved")
    assert (tmp_path / "moved").read_bytes() == (tmp_path / "from/d1/file 1").read_bytes()
    rclone("sync", "ciaos:rclone-sync/x", "to")
    assert len([path for path in (tmp_path / "to").rglob("*") if path.is_file()]) == 1000
    assert "rclone-sync" in rclone("lsd", "ciaos:")
    rclone("purge", "ciaos:rclone-sync")
    assert "rclone-sync" not in rclone("lsd", "ciaos:")


@pytest.mark.shows("rclone", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "GetObject (range)")
def test_a_large_file_goes_up_in_parts_and_streams_come_in(rclone, tmp_path, dice):
    data = dice.randbytes(40 * 1024 * 1024 + 1)
    (tmp_path / "large").write_bytes(data)
    rclone("mkdir", "ciaos:rclone-large")
    rclone("copyto", "--s3-upload-cutoff", "5M", "--s3-chunk-size", "5M", "large", "ciaos:rclone-large/large")
    rclone("check", "--download", "--include", "/large", ".", "ciaos:rclone-large")
    rclone("copyto", "--multi-thread-cutoff", "1M", "--multi-thread-streams", "4", "ciaos:rclone-large/large", "back")
    assert (tmp_path / "back").read_bytes() == data
