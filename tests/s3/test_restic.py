"""restic of Debian: a repository of backups in a bucket."""

import os

import pytest


@pytest.mark.shows("restic", "CreateBucket", "PutObject", "GetObject", "GetObject (range)", "HeadObject",
                   "ListObjectsV2", "DeleteObject")
def test_backups_are_made_checked_restored_and_pruned(run, s3_node, tmp_path, dice, monkeypatch):
    for number in range(200):
        path = tmp_path / "files" / f"d{number % 5}" / f"file {number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dice.randbytes(number * 1000))
    monkeypatch.setenv("RESTIC_PASSWORD", "a password")
    monkeypatch.setenv("RESTIC_CACHE_DIR", str(tmp_path / "cache"))
    repository = ["restic", "--repo", f"s3:{s3_node.s3_url}/restic-repository"]
    run(*repository, "init")
    run(*repository, "backup", "files")
    (tmp_path / "files" / "d0" / "file 0").write_bytes(dice.randbytes(5_000_000))
    os.unlink(tmp_path / "files" / "d1" / "file 1")
    run(*repository, "backup", "files")
    run(*repository, "check", "--read-data")
    run(*repository, "restore", "latest", "--target", "restored")
    restored = next((tmp_path / "restored").rglob("d0")).parent
    for path in (tmp_path / "files").rglob("*"):
        if path.is_file():
            assert (restored / path.relative_to(tmp_path / "files")).read_bytes() == path.read_bytes()
    run(*repository, "forget", "--keep-last", "1", "--prune")
    run(*repository, "check")
    assert run(*repository, "snapshots", "--json").count('"short_id"') == 1
