"""Answers get lost on their way from a node, and nothing is done twice."""

import dataclasses
import io

import pytest
from ciaos import Ciaos
from scripted import LosingProxy


@pytest.fixture
def lossy(node, config):
    """A client of which every second answer is lost, and the proxy that does it."""
    with LosingProxy(node.url, lambda number: number % 2 == 0) as proxy:
        yield Ciaos(dataclasses.replace(config, api_url=proxy.url, backoff=0.001)), proxy


def test_appends(lossy, client):
    unsure, proxy = lossy
    client.put_binary("k", [b"first"])
    for number in range(10):
        assert unsure.append_bytes("k", [b"%d" % number, b"and"])
    assert proxy.lost == 10
    assert client.get("k") == [b"first"] + [file for number in range(10) for file in (b"%d" % number, b"and")]


def test_objects_that_must_not_exist(lossy, client):
    unsure, proxy = lossy
    for number in range(5):
        info = unsure.put_bytes(f"k{number}", b"x", overwrite=False)
        assert client.stat(info.key).etag == info.etag
        stored = unsure.put_stream(f"s{number}", io.BytesIO(b"y" * 500_000), overwrite=False)
        assert client.stat(stored.key).etag == stored.etag
    assert proxy.lost == 10


def test_replacing_just_what_was_read(lossy, client):
    unsure, _ = lossy
    etag = client.put_bytes("k", b"0").etag
    for number in range(5):
        etag = unsure.put_bytes("k", b"%d" % number, if_match=etag).etag
    assert client.read("k") == b"4" and client.stat("k").etag == etag


def test_removals_and_renames(lossy, client):
    unsure, proxy = lossy
    for number in range(5):
        client.put_bytes(f"k{number}", b"%d" % number)
        unsure.rename(f"k{number}", f"n{number}")
        client.put_bytes(f"gone{number}", b"")
        unsure.remove(f"gone{number}")
    assert [info.key for info in client.list()] == [f"n{number}" for number in range(5)]


def test_batches(lossy, client):
    unsure, proxy = lossy
    items = [(f"k{number:03}", b"%d" % number) for number in range(50)]
    assert all(each.status == 201 for each in unsure.put_many(items, mode="create"))
    assert all(each.status == 200 for each in unsure.put_many(items, mode="append"))
    assert proxy.lost == 2
    assert list(client.get_many((key for key, _ in items), ordered=True)) == [
        (key, [data, data]) for key, data in items]


def test_the_original_append_on_a_kept_connection(node, config, client):
    client.put_binary("k", [b"first"])
    # The answer to the second request on a connection is lost, and that of its repeat is not.
    with LosingProxy(node.url, lambda number: number % 3 == 1) as proxy:
        unsure = Ciaos(dataclasses.replace(config, api_url=proxy.url))
        for number in range(10):
            assert unsure.append("k", [b"%d" % number]) == "Data appended successfully: key = k"
        assert proxy.lost == 5
    assert client.get("k") == [b"first"] + [b"%d" % number for number in range(10)]
