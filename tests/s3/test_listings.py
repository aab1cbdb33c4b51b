"""Listings, as boto3 asks for them."""

import pytest
import requests
from botocore.exceptions import ClientError


def put(s3, bucket, *keys):
    for key in keys:
        s3.put_object(Bucket=bucket, Key=key, Body=key.encode())


def keys(page):
    return [each["Key"] for each in page.get("Contents", [])]


def prefixes(page):
    return [each["Prefix"] for each in page.get("CommonPrefixes", [])]


def older(s3, bucket, **asked):
    page = s3.list_objects(Bucket=bucket, **asked)
    return keys(page), prefixes(page), page["IsTruncated"], page.get("NextMarker")


def test_an_empty_bucket_lists_nothing(s3, bucket):
    assert older(s3, bucket) == ([], [], False, None)
    assert s3.list_objects_v2(Bucket=bucket)["KeyCount"] == 0


def test_what_is_told_of_an_object(s3, bucket, alice):
    put(s3, bucket, "key")
    head = s3.head_object(Bucket=bucket, Key="key")
    found = s3.list_objects(Bucket=bucket)["Contents"][0]
    assert found["ETag"] == head["ETag"] and found["Size"] == 3 and found["StorageClass"] == "STANDARD"
    assert found["LastModified"].replace(microsecond=0) == head["LastModified"]
    assert found["Owner"]["ID"] == alice.canonical_id and found["Owner"]["DisplayName"]
    assert "Owner" not in s3.list_objects_v2(Bucket=bucket)["Contents"][0]
    assert s3.list_objects_v2(Bucket=bucket, FetchOwner=True)["Contents"][0]["Owner"] == found["Owner"]


def test_pages_of_common_prefixes(s3, bucket):
    put(s3, bucket, "asdf", "boo/bar", "boo/baz/xyzzy", "cquux/thud", "cquux/bla")
    slash = {"Delimiter": "/"}

    assert older(s3, bucket, MaxKeys=1, **slash) == (["asdf"], [], True, "asdf")
    assert older(s3, bucket, MaxKeys=1, Marker="asdf", **slash) == ([], ["boo/"], True, "boo/")
    assert older(s3, bucket, MaxKeys=1, Marker="boo/", **slash) == ([], ["cquux/"], False, None)
    assert older(s3, bucket, MaxKeys=2, **slash) == (["asdf"], ["boo/"], True, "boo/")
    assert older(s3, bucket, MaxKeys=1, Prefix="boo/", **slash) == (["boo/bar"], [], True, "boo/bar")
    assert older(s3, bucket, MaxKeys=1, Prefix="boo/", Marker="boo/bar", **slash) == ([], ["boo/baz/"], False, None)
    assert older(s3, bucket, MaxKeys=2, Prefix="boo/", **slash) == (["boo/bar"], ["boo/baz/"], False, None)
    assert older(s3, bucket, MaxKeys=2) == (["asdf", "boo/bar"], [], True, None)
    assert older(s3, bucket, Prefix="d", **slash) == ([], [], False, None)

    seen, token = [], {}
    while True:
        page = s3.list_objects_v2(Bucket=bucket, MaxKeys=1, **slash, **token)
        assert page["KeyCount"] == 1
        seen += keys(page) + prefixes(page)
        if not page["IsTruncated"]:
            break
        token = {"ContinuationToken": page["NextContinuationToken"]}
    assert seen == ["asdf", "boo/", "cquux/"]


@pytest.mark.parametrize("delimiter, found, under", [
    ("a", ["foo"], ["ba", "ca"]), (" ", ["bar", "baz", "cab", "foo"], []), ("\n", ["bar", "baz", "cab", "foo"], []),
    ("ar", ["baz", "cab", "foo"], ["bar"]), ("%", ["bar", "baz", "cab", "foo"], [])])
def test_any_text_is_a_delimiter(s3, bucket, delimiter, found, under):
    put(s3, bucket, "bar", "baz", "cab", "foo")
    page = s3.list_objects(Bucket=bucket, Delimiter=delimiter)
    assert (keys(page), prefixes(page), page["Delimiter"]) == (found, under, delimiter)


def test_a_key_that_ends_with_the_delimiter_is_listed_under_itself(s3, bucket):
    put(s3, bucket, "asdf/")
    assert older(s3, bucket, Prefix="asdf/", Delimiter="/") == (["asdf/"], [], False, None)
    assert older(s3, bucket, Delimiter="/") == ([], ["asdf/"], False, None)


def test_keys_of_every_kind_come_back(s3, bucket):
    odd = ["\u0001\u0002", "\n", " ", "+", "%41", "a b&<c>", "a/../b", "//", "é", "ключ", "😀", "a\\b", '"']
    put(s3, bucket, *odd)
    expected = sorted(odd, key=lambda key: key.encode())
    assert keys(s3.list_objects(Bucket=bucket)) == expected
    seen, marker = [], ""
    for _ in odd:
        page = s3.list_objects(Bucket=bucket, MaxKeys=1, Marker=marker)
        assert page["Marker"] == marker
        seen += keys(page)
        marker = seen[-1]
    assert seen == expected
    encoded = s3.list_objects_v2(Bucket=bucket, EncodingType="url", Prefix="a b")
    assert keys(encoded) == ["a%20b%26%3Cc%3E"] and encoded["EncodingType"] == "url"


def test_where_the_newer_listing_begins(s3, bucket):
    put(s3, bucket, "bar", "baz", "foo", "quxx")
    page = s3.list_objects_v2(Bucket=bucket, StartAfter="bar", MaxKeys=1)
    assert keys(page) == ["baz"] and page["StartAfter"] == "bar"
    token = page["NextContinuationToken"]
    rest = s3.list_objects_v2(Bucket=bucket, StartAfter="bar", ContinuationToken=token)
    assert keys(rest) == ["foo", "quxx"] and rest["ContinuationToken"] == token and not rest["IsTruncated"]
    assert keys(s3.list_objects_v2(Bucket=bucket, StartAfter="blah")) == ["foo", "quxx"]
    empty = s3.list_objects_v2(Bucket=bucket, ContinuationToken="")
    assert keys(empty) == ["bar", "baz", "foo", "quxx"] and empty["ContinuationToken"] == ""
    with pytest.raises(ClientError) as error:
        s3.list_objects_v2(Bucket=bucket, ContinuationToken=token[:-1])
    assert error.value.response["Error"]["Code"] == "InvalidArgument"


def test_the_limit_of_a_page(s3, bucket):
    put(s3, bucket, "bar", "baz")
    assert older(s3, bucket, MaxKeys=0) == ([], [], False, None)
    assert s3.list_objects(Bucket=bucket)["MaxKeys"] == 1000
    assert s3.list_objects(Bucket=bucket, MaxKeys=5000)["MaxKeys"] == 1000
    for limit in ("blah", "-1", "2147483648"):
        address = s3.generate_presigned_url(
            "list_objects", Params={"Bucket": bucket, "MaxKeys": 4711}).replace("4711", limit)
        assert requests.get(address).status_code in (400, 403)

    def blah(request, **_):
        request.url += ("&" if "?" in request.url else "?") + "max-keys=blah"

    s3.meta.events.register("before-sign.s3.ListObjects", blah)
    with pytest.raises(ClientError) as error:
        s3.list_objects(Bucket=bucket)
    assert error.value.response["Error"]["Code"] == "InvalidArgument"


def test_more_than_a_page_of_objects(s3, bucket):
    s3.put_object(Bucket=bucket, Key="zz")
    names = [f"{number:04}" for number in range(1005)]
    put(s3, bucket, *names)
    pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket=bucket))
    assert [len(page["Contents"]) for page in pages] == [1000, 6]
    assert [key for page in pages for key in keys(page)] == [*names, "zz"]


def test_versions_and_markers_page_by_page(s3, bucket):
    s3.put_object(Bucket=bucket, Key="a", Body=b"unversioned")
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    expected = [("a", "null", False)]
    for body in (b"1", b"2"):
        expected.insert(0, ("a", s3.put_object(Bucket=bucket, Key="a", Body=body)["VersionId"], False))
    marker = s3.delete_object(Bucket=bucket, Key="a")["VersionId"]
    expected.insert(0, ("a", marker, True))
    expected.append(("b/c", s3.put_object(Bucket=bucket, Key="b/c")["VersionId"], True))

    def lines(page):
        return [(each["Key"], each["VersionId"], each["IsLatest"])
                for each in page.get("DeleteMarkers", []) + page.get("Versions", [])]

    whole = s3.list_object_versions(Bucket=bucket)
    assert lines(whole) == expected and len(whole["DeleteMarkers"]) == 1
    seen, markers = [], {}
    while True:
        page = s3.list_object_versions(Bucket=bucket, MaxKeys=1, **markers)
        seen += lines(page)
        if not page["IsTruncated"]:
            break
        markers = {"KeyMarker": page["NextKeyMarker"], "VersionIdMarker": page["NextVersionIdMarker"]}
    assert seen == expected
    under = s3.list_object_versions(Bucket=bucket, Delimiter="/", KeyMarker="a")
    assert lines(under) == [] and prefixes(under) == ["b/"]
    assert keys(s3.list_objects(Bucket=bucket)) == ["b/c"]


def test_another_user_sees_nothing_of_it(s3, s3_node, bob, bucket):
    put(s3, bucket, "key")
    other = s3_node.boto3(bob)
    for call in (other.list_objects, other.list_objects_v2, other.list_object_versions, other.list_multipart_uploads):
        with pytest.raises(ClientError) as error:
            call(Bucket=bucket)
        assert error.value.response["Error"]["Code"] == "AccessDenied"
    with pytest.raises(ClientError) as error:
        other.create_multipart_upload(Bucket=bucket, Key="key")
    assert error.value.response["Error"]["Code"] == "AccessDenied"
    upload_id = s3.create_multipart_upload(Bucket=bucket, Key="key")["UploadId"]
    for call in (other.list_parts, other.abort_multipart_upload, other.complete_multipart_upload):
        with pytest.raises(ClientError) as error:
            call(Bucket=bucket, Key="key", UploadId=upload_id)
        assert error.value.response["Error"]["Code"] == "AccessDenied"
    with pytest.raises(ClientError) as error:
        other.upload_part(Bucket=bucket, Key="key", UploadId=upload_id, PartNumber=1, Body=b"x")
    assert error.value.response["Error"]["Code"] == "AccessDenied"


@pytest.mark.parametrize("prefix", ["\x0a", "quux ab/", "d+%41/"])
def test_the_prefix_comes_back_as_it_was_asked_for(s3, bucket, prefix):
    # boto3 asks for percent-encoding, and decodes all of the older listing but its prefix.
    found = s3.list_objects(Bucket=bucket, Prefix=prefix)["Prefix"]
    assert found == (prefix if "%" not in prefix else "d%2B%2541/")
    assert s3.list_objects_v2(Bucket=bucket, Prefix=prefix)["Prefix"] == prefix
