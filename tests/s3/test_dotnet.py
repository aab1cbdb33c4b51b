"""The AWS SDK for .NET."""

import os

import pytest

PROGRAM = os.path.join(os.path.dirname(__file__), "dotnet/bin/Release/net10.0/SdkCheck.dll")


@pytest.mark.shows(
    "AWS SDK for .NET", "CreateBucket", "ListBuckets", "PutObject", "PutObject (checksum)",
    "PutObject (conditional)", "GetObject", "GetObject (range)", "HeadObject", "CopyObject",
    "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload", "ListObjectsV2", "PutBucketVersioning",
    "ListObjectVersions", "DeleteObject", "DeleteObjects", "DeleteBucket")
def test_the_sdk_of_aws(run, s3_node):
    assert "done" in run("dotnet", PROGRAM, s3_node.s3_url, "dotnet-sdk")
