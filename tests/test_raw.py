"""Plain bodies: any size, ranges, conditions."""

import concurrent.futures
import email.utils
import hashlib
import random
import time

import pytest

import filelists
from client import Client

DATA = random.Random(5).randbytes(9_000_001)


@pytest.fixture
def stored(client):
    answer = client.raw("PUT", "key", data=DATA, headers={"Content-Type": "image/png"})
    assert answer.status_code == 201
    return client


def test_put_get_head_delete(client):
    answer = client.raw("PUT", "key", data=b"hello", headers={"Content-Type": "text/plain; charset=utf-8"})
    assert (answer.status_code, answer.text) == (201, "Data uploaded successfully: key = key")
    tag = answer.headers["ETag"]
    assert tag.startswith('"') and tag.endswith('"')
    for method, body in (("GET", b"hello"), ("HEAD", b"")):
        answer = client.raw(method, "key")
        assert (answer.status_code, answer.content) == (200, body)
        assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
        assert (answer.headers["Content-Length"], answer.headers["ETag"]) == ("5", tag)
        assert answer.headers["Accept-Ranges"] == "bytes"
        modified = email.utils.parsedate_to_datetime(answer.headers["Last-Modified"]).timestamp()
        assert abs(modified - time.time()) < 60
    answer = client.raw("PUT", "key", data=b"other")
    assert answer.status_code == 200 and answer.headers["ETag"] != tag
    assert client.raw("GET", "key").headers["Content-Type"] == "application/octet-stream"
    answer = client.raw("DELETE", "key")
    assert (answer.status_code, answer.text) == (200, "File deleted successfully: key = key")
    for method in ("GET", "HEAD", "DELETE"):
        assert client.raw(method, "key").status_code == 404
    assert client.raw("GET", "key").text == "No data found for key: key, The key does not exist"


def test_empty_bodies(client):
    assert client.raw("PUT", "key", data=b"").status_code == 201
    answer = client.raw("GET", "key")
    assert (answer.status_code, answer.content, answer.headers["Content-Length"]) == (200, b"", "0")
    assert client.files("key") == [b""]
    assert client.raw("GET", "key", headers={"Range": "bytes=0-"}).status_code == 416


def test_a_body_without_a_length(client):
    pieces = [random.Random(i).randbytes(100_000) for i in range(60)]
    assert client.raw("PUT", "key", data=iter(pieces)).status_code == 201
    assert client.raw("GET", "key").content == b"".join(pieces)


def test_a_large_body(client, large_bytes):
    piece = random.Random(2).randbytes(1024 * 1024)
    count = large_bytes // len(piece)
    assert client.raw("PUT", "key", data=(piece for _ in range(count))).status_code == 201
    sent, received = hashlib.sha256(), hashlib.sha256()
    for _ in range(count):
        sent.update(piece)
    for part in client.raw("GET", "key", stream=True).iter_content(1024 * 1024):
        received.update(part)
    assert received.digest() == sent.digest()


def test_lists_of_files_and_plain_bodies_are_the_same_objects(client):
    client.put("list", [b"one", b"", b"two"])
    assert client.raw("GET", "list").content == b"onetwo"
    client.raw("PUT", "raw", data=b"whole")
    assert client.files("raw") == [b"whole"]
    client.append("raw", [b"more"])
    assert client.raw("GET", "raw").content == b"wholemore"
    assert filelists.read(client.get("raw").content)[1] == b"more"


SIZE = len(DATA)


@pytest.mark.parametrize("header, first, last", [
    ("bytes=0-0", 0, 0), ("bytes=0-9", 0, 9), ("bytes=4194300-4194310", 4194300, 4194310),
    ("bytes=8388600-", 8388600, SIZE - 1),
    ("bytes=-1", SIZE - 1, SIZE - 1), ("bytes=-100000", SIZE - 100_000, SIZE - 1), (f"bytes=-{SIZE + 5}", 0, SIZE - 1),
    (f"bytes=5-{SIZE + 5}", 5, SIZE - 1), ("bytes=0-99999999999999999999999", 0, SIZE - 1), ("Bytes=1-2", 1, 2),
])
def test_ranges(stored, header, first, last):
    answer = stored.raw("GET", "key", headers={"Range": header})
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content == DATA[first:last + 1]


@pytest.mark.parametrize("header", [
    "bytes=0-1,5-6", "lines=0-1", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", "bytes=1-2x", "0-1",
])
def test_what_is_no_single_range_gets_everything(stored, header):
    answer = stored.raw("GET", "key", headers={"Range": header})
    assert answer.status_code == 200 and len(answer.content) == SIZE


@pytest.mark.parametrize("header", [f"bytes={SIZE}-", f"bytes={SIZE + 10}-{SIZE + 20}", "bytes=-0"])
def test_ranges_behind_the_end(stored, header):
    answer = stored.raw("GET", "key", headers={"Range": header})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{SIZE}")


def test_ranges_over_the_files_of_a_list(client):
    client.put("key", [b"abc", b"", b"defg"])
    client.append("key", [b"hij"])
    for first in range(10):
        for last in range(first, 10):
            answer = client.raw("GET", "key", headers={"Range": f"bytes={first}-{last}"})
            assert answer.content == b"abcdefghij"[first:last + 1]


def test_if_range(stored):
    head = stored.raw("HEAD", "key").headers
    for value, status in ((head["ETag"], 206), (head["Last-Modified"], 206), ('"other"', 200),
                          ("W/" + head["ETag"], 200), ("Mon, 01 Jan 2001 00:00:00 GMT", 200)):
        answer = stored.raw("GET", "key", headers={"Range": "bytes=0-3", "If-Range": value})
        assert answer.status_code == status, value


def test_conditional_reads(stored):
    head = stored.raw("HEAD", "key").headers
    tag, modified = head["ETag"], head["Last-Modified"]
    past = "Mon, 01 Jan 2001 00:00:00 GMT"
    for headers, status in (
        ({"If-None-Match": tag}, 304), ({"If-None-Match": f'"x", W/{tag}'}, 304), ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"x"'}, 200), ({"If-Match": tag}, 200), ({"If-Match": "*"}, 200), ({"If-Match": '"x"'}, 412),
        ({"If-Match": "W/" + tag}, 412), ({"If-Modified-Since": modified}, 304), ({"If-Modified-Since": past}, 200),
        ({"If-Unmodified-Since": modified}, 200), ({"If-Unmodified-Since": past}, 412),
        ({"If-None-Match": '"x"', "If-Modified-Since": modified}, 200),
        ({"If-Match": tag, "If-Unmodified-Since": past}, 200),
        ({"If-Modified-Since": "no date"}, 200), ({"If-None-Match": "no tag"}, 400),
    ):
        for method in ("GET", "HEAD"):
            answer = stored.raw(method, "key", headers=headers)
            assert answer.status_code == status, headers
            if status == 304:
                assert (answer.content, answer.headers["ETag"]) == (b"", tag)


def test_conditional_writes(client):
    for headers in ({"If-Match": "*"}, {"If-Match": '"x"'}):
        assert client.raw("PUT", "key", data=b"1", headers=headers).status_code == 412
    answer = client.raw("PUT", "key", data=b"1", headers={"If-None-Match": "*"})
    assert answer.status_code == 201
    tag = answer.headers["ETag"]
    for headers in ({"If-None-Match": "*"}, {"If-None-Match": tag}, {"If-Match": '"x"'},
                    {"If-Unmodified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}):
        answer = client.raw("PUT", "key", data=b"2", headers=headers)
        assert (answer.status_code, answer.text) == (412, "Precondition failed"), headers
        assert client.raw("DELETE", "key", headers=headers).status_code == 412, headers
    assert client.raw("GET", "key").content == b"1"
    answer = client.raw("PUT", "key", data=b"2", headers={"If-Match": f'"x", {tag}'})
    assert answer.status_code == 200
    assert client.raw("DELETE", "key", headers={"If-Match": tag}).status_code == 412
    assert client.raw("DELETE", "key", headers={"If-Match": answer.headers["ETag"]}).status_code == 200


def test_only_one_of_many_conditional_creators_wins(node, client):
    user = client.session.headers["User"]

    def create(i):
        return Client(node.url, user).raw("PUT", "key", data=b"%d" % i, headers={"If-None-Match": "*"}).status_code

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(create, range(16))) == [201] + [412] * 15


def test_an_append_changes_the_tag(client):
    tag = client.raw("PUT", "key", data=b"1").headers["ETag"]
    client.append("key", [b"2"])
    assert client.raw("GET", "key", headers={"If-None-Match": tag}).status_code == 200


def test_parts_cannot_be_written(client):
    assert client.raw("PUT", "key", data=b"1", headers={"Content-Range": "bytes 0-0/5"}).status_code == 400
    assert client.raw("PUT", "key", data=b"1", headers={"Content-Type": "x" * 257}).status_code == 400
