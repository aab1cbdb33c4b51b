"""Clients in JavaScript, in their versions of js/package.json."""

import os

import pytest

FOLDER = os.path.join(os.path.dirname(__file__), "js")


@pytest.fixture(scope="session", autouse=True)
def packages():
    assert os.path.isdir(os.path.join(FOLDER, "node_modules")), f"npm ci was not run in {FOLDER}"


@pytest.mark.shows(
    "AWS SDK for JavaScript", "CreateBucket", "ListBuckets", "PutObject", "PutObject (checksum)",
    "PutObject (trailer)", "PutObject (conditional)", "PutObject (write offset)", "RenameObject", "GetObject",
    "GetObject (range)", "HeadObject", "CopyObject",
    "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "GetObjectAttributes", "ListObjectsV2",
    "PutBucketVersioning", "ListObjectVersions", "DeleteObject", "DeleteObjects", "DeleteBucket")
def test_the_sdk_of_aws(run, s3_node):
    assert "done" in run("node", os.path.join(FOLDER, "sdk.mjs"), s3_node.s3_url, "js-sdk")


@pytest.mark.shows(
    "minio", "CreateBucket", "HeadBucket", "PutObject", "GetObject", "GetObject (range)", "HeadObject",
    "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "CopyObject", "ListObjectsV2",
    "PutObjectTagging", "GetObjectTagging", "GetObject (presigned)", "PutObject (presigned)", "PostObject",
    "DeleteObject", "DeleteObjects", "DeleteBucket")
def test_the_client_of_minio(run, s3_node):
    assert "done" in run("node", os.path.join(FOLDER, "minio.mjs"), s3_node.s3_url, "js-minio")
