"""A disk without room for more: reads go on, writes get 507, and service returns by itself."""

import requests

from client import Client


def test_a_full_disk_refuses_writes_and_serves_reads(make_node):
    roomy = make_node().start()
    client = Client(roomy.url, "me")
    client.put("key", [b"before"])
    client.raw("PUT", "raw", data=b"x" * 6_000_000)
    assert roomy.stop() == 0, roomy.log()

    full = make_node("ciaos.volumes.min-free-bytes=1000000GiB").start()
    client = Client(full.url, "me")
    for answer in (
        client.put("new", [b"x"]), client.append("key", [b"x"]), client.update("key", [b"x"]),
        client.raw("PUT", "new", data=b"x"), client.raw("PUT", "new", data=b"x" * 9_000_000),
    ):
        assert answer.status_code == 507, answer.text
        assert answer.text
    assert client.files("key") == [b"before"]
    assert len(client.raw("GET", "raw").content) == 6_000_000
    assert [found["key"] for found in client.list()["objects"]] == ["key", "raw"]
    ready = requests.get(full.url + "/health/ready")
    assert ready.status_code == 200
    assert ready.json()["ready"] is True and ready.json()["writable"] is False and ready.json()["detail"]
    assert full.stop() == 0, full.log()

    again = make_node().start()
    client = Client(again.url, "me")
    assert client.put("new", [b"x"]).status_code == 200
    assert client.files("key") == [b"before"]
