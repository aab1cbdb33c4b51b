"""The seven operations of the original client, with the original's statuses and texts."""

import pytest
import requests

import filelists
from client import Client

NO_SUCH_KEY = "No data found for key: missing, The key does not exist"


def text(answer):
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    return answer.status_code, answer.text


def test_put_and_get(client):
    assert text(client.put("key", [b"one", b"two"])) == (200, "Data uploaded successfully: key = key")
    answer = client.get("key")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert [bytes(file) for file in filelists.read(answer.content)] == [b"one", b"two"]


def test_put_of_an_existing_key_changes_nothing(client):
    client.put("key", [b"first"])
    assert text(client.put("key", [b"second"])) == (400, "Key already exists")
    assert client.files("key") == [b"first"]


def test_missing_keys(client):
    body = filelists.build([b"x"])
    for answer in (
        client.get("missing"),
        client.append_body("missing", body),
        client.update("missing", [b"x"]),
        client.delete("missing"),
        client.update_key("missing", "new"),
    ):
        assert text(answer) == (404, NO_SUCH_KEY)
    client.put("other", [b"x"])  # the user is known now, the key still is not
    assert text(client.get("missing")) == (404, NO_SUCH_KEY)
    assert text(client.append("missing", [b"x"])) == (404, NO_SUCH_KEY)
    assert client.files("missing") is None


def test_append_keeps_the_order(client):
    client.put("key", [b"a"])
    assert text(client.append("key", [b"b", b"c"])) == (200, "Data appended successfully: key = key")
    client.append("key", [b"d"])
    assert client.files("key") == [b"a", b"b", b"c", b"d"]


def test_update_replaces_all_files(client):
    client.put("key", [b"a", b"b"])
    assert text(client.update("key", [b"new"])) == (200, "Data uploaded successfully: key = key")
    assert client.files("key") == [b"new"]


def test_update_key(client):
    client.put("old", [b"a"])
    client.append("old", [b"b"])
    assert text(client.update_key("old", "new")) == (200, "Key updated successfully from old to new")
    assert client.files("old") is None
    assert client.files("new") == [b"a", b"b"]


def test_update_key_to_an_existing_key_changes_nothing(client):
    client.put("old", [b"a"])
    client.put("new", [b"b"])
    assert text(client.update_key("old", "new")) == (409, "Key already exists")
    assert text(client.update_key("old", "old")) == (409, "Key already exists")
    assert (client.files("old"), client.files("new")) == ([b"a"], [b"b"])


def test_delete(client):
    client.put("key", [b"a"])
    assert text(client.delete("key")) == (200, "File deleted successfully: key = key")
    assert client.files("key") is None
    assert client.put("key", [b"again"]).status_code == 200
    assert client.files("key") == [b"again"]


def test_users_do_not_share_keys(client, node):
    other = Client(node.url, "somebody else")
    client.put("shared name", [b"mine"])
    assert other.files("shared name") is None
    other.put("shared name", [b"theirs"])
    assert (client.files("shared name"), other.files("shared name")) == ([b"mine"], [b"theirs"])


@pytest.mark.parametrize("method, path", [
    ("POST", "/put/key"), ("GET", "/get/key"), ("POST", "/append/key"), ("POST", "/update/key"),
    ("PUT", "/update_key/a/b"), ("DELETE", "/delete/key"), ("GET", "/raw/key"), ("PUT", "/raw/key"),
    ("GET", "/list"), ("GET", "/stat/key"),
])
def test_the_user_header_is_needed(node, method, path):
    assert text(requests.request(method, node.url + path, data=b"")) == (400, "Missing User header")
    for bad in (b"", b"\xff", "ü".encode(), b"tab\there", b"x" * 257):
        answer = requests.request(method, node.url + path, headers={"User": bad})
        assert text(answer) == (400, "Invalid User header value"), bad


def test_files_without_data_are_left_out_and_empty_ones_kept(client):
    assert client.put("key", [None, b"", b"x", None]).status_code == 200
    assert client.files("key") == [b"", b"x"]


def test_bodies_of_no_use(client):
    client.put("there", [b"x"])
    for send in (lambda body: client.put_body("key", body), lambda body: client.append_body("there", body)):
        assert text(send(b"")) == (400, "No data was uploaded")
        assert text(send(filelists.build([]))) == (400, "No data in data list")
        assert text(send(filelists.build([None, None]))) == (400, "No data in data list")
        assert text(send(filelists.build([], vector=False))) == (400, "No files found in FlatBuffers data")
        answer = send(b"no flatbuffers at all")
        assert answer.status_code == 400
        assert answer.text.startswith("Failed to parse FlatBuffers data: ")
    assert client.files("key") is None
    assert client.files("there") == [b"x"]


def test_a_reply_is_what_the_format_page_says(client):
    client.put("key", [b"abc", b"hi"])
    assert client.get("key").content == bytes.fromhex(
        "0c000000060008000400000008000000" "0400000002000000080000000c000000"
        + "1c0000000c000000240000000c000000" "03000000616263000200000068690000")


def test_unknown_paths_and_wrong_methods_say_what_there_is(node):
    answer = requests.get(node.url + "/nothing", headers={"User": "me"})
    assert answer.status_code == 404
    assert "/put/{key}" in answer.text and "/raw/{key}" in answer.text
    answer = requests.get(node.url + "/put/key", headers={"User": "me"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    answer = requests.post(node.url + "/raw/key", headers={"User": "me"})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, PUT, DELETE")


def test_every_answer_has_a_request_id(node, client):
    answers = [client.get("missing"), client.put("key", [b"x"]), requests.get(node.url + "/nothing"),
               requests.get(node.url + "/health/live")]
    ids = [answer.headers["X-Request-Id"] for answer in answers]
    assert len(set(ids)) == len(ids)


def test_health(node):
    assert requests.get(node.url + "/health/live").json() == {"live": True}
    ready = requests.get(node.url + "/health/ready")
    assert ready.status_code == 200
    assert ready.json()["ready"] is True and ready.json()["writable"] is True
