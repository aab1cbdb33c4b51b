"""What programs for the original package (ciaos 1.0.0) rely on: the same arguments, results, texts and exceptions."""

import dataclasses
import inspect
import logging
import socket
import struct
import subprocess
import sys

import pytest
import requests
from ciaos import Ciaos, Config
from scripted import CUT, ScriptedServer, answer

import filelists


@pytest.fixture
def nobody():
    """The address of a server that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    return Ciaos(Config(f"http://127.0.0.1:{port}", "me", "key"))


def test_it_is_imported_as_the_original():
    import ciaos.client
    import ciaos.config
    assert ciaos.client.Ciaos is Ciaos and ciaos.config.Config is Config


def test_a_configuration_takes_three_values_in_order_and_is_a_dataclass():
    config = Config("http://host", "me", "key")
    assert (config.api_url, config.user_id, config.user_access_key) == ("http://host", "me", "key")
    assert dataclasses.is_dataclass(config) and config == Config(api_url="http://host", user_id="me",
                                                                 user_access_key="key")
    with pytest.raises(TypeError):
        Config("http://host", "me")


def test_methods_have_the_parameters_of_the_original():
    told = {name: list(inspect.signature(getattr(Ciaos, name)).parameters)[1:] for name in (
        "put", "put_binary", "update", "append", "delete", "update_key", "get")}
    assert told == {
        "put": ["file_path", "key"], "put_binary": ["key", "data_list"], "update": ["key", "data_list"],
        "append": ["key", "data_list"], "delete": ["key"], "update_key": ["old_key", "new_key"], "get": ["key"]}


@pytest.mark.parametrize("url, user, text", [
    ("http://host", "", "User ID must not be empty"), ("http://host", None, "User ID must not be empty"),
    ("", "me", "API URL must not be empty"), (None, "me", "API URL must not be empty"),
    ("", "", "User ID must not be empty")])
def test_a_configuration_without_user_or_address_is_refused(url, user, text):
    with pytest.raises(ValueError) as raised:
        Ciaos(Config(url, user, ""))
    assert str(raised.value) == text


def test_a_client_has_its_configuration_and_the_header():
    config = Config("http://host", "me", "key")
    client = Ciaos(config)
    assert client.config is config and client.headers == {"User": "me"}


def test_put_stores_a_file_under_its_name_or_the_key_given(client, tmp_path):
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG" * 1000)
    response = client.put(str(path))
    assert type(response) is requests.Response
    assert (response.status_code, response.ok, response.reason) == (200, True, "OK")
    assert response.text == "Data uploaded successfully: key = picture.png"
    assert response.content == response.text.encode() and response.headers["X-Request-Id"]
    assert response.request.method == "POST" and response.url.endswith("/put/picture.png")
    assert client.get("picture.png") == [b"\x89PNG" * 1000]
    assert client.put(path, "other").text == "Data uploaded successfully: key = other"
    again = client.put(str(path), key="other")
    assert (again.status_code, again.ok, again.text) == (400, False, "Key already exists")
    empty = tmp_path / "empty"
    empty.write_bytes(b"")
    assert client.put(str(empty)).status_code == 200 and client.get("empty") == [b""]


def test_put_refuses_what_is_no_path(client, tmp_path):
    for nothing in ("", None):
        with pytest.raises(ValueError) as raised:
            client.put(nothing)
        assert str(raised.value) == "file_path cannot be empty or None"
    with pytest.raises(FileNotFoundError) as missing:
        client.put("no/such/file")
    assert str(missing.value) == "File not found: no/such/file"
    with pytest.raises(IsADirectoryError):
        client.put(str(tmp_path))


def test_put_of_a_file_too_long_for_flatbuffers_gives_none(client, tmp_path):
    path = tmp_path / "sparse"
    with open(path, "wb") as file:
        file.truncate(1 << 31)
    assert client.put(str(path)) is None


def test_put_binary_and_get_keep_files_and_their_order(client):
    files = [b"first", b"", bytearray(b"third"), memoryview(b"fourth")]
    response = client.put_binary("key", files)
    assert type(response) is requests.Response
    assert (response.status_code, response.text) == (200, "Data uploaded successfully: key = key")
    got = client.get("key")
    assert type(got) is list and [type(file) for file in got] == [bytearray] * 4
    assert got == [b"first", b"", b"third", b"fourth"]
    # Each is a copy of its own.
    got[0][:] = b"changed and longer"
    assert got[2] == b"third" and client.get("key")[0] == b"first"
    assert client.put_binary("key", [b"again"]).text == "Key already exists"


def test_any_iterable_of_bytes_is_a_list_of_files(client):
    client.put_binary("tuple", (b"a", b"b"))
    client.put_binary("generator", (bytes([n]) for n in b"ab"))
    client.put_binary("keys", {b"a": 1, b"b": 2})
    assert client.get("tuple") == client.get("generator") == client.get("keys") == [b"a", b"b"]


def test_an_empty_list_is_sent_and_refused_by_the_server(client):
    for empty in ([], (), "", b""):
        response = client.put_binary("key", empty)
        assert (response.status_code, response.text) == (400, "No data in data list")
    assert client.get("key") is None


@pytest.mark.parametrize("wrong", [None, 7, ["text"], [b"right", 1], "text", b"bytes", [None], [[b"nested"]]], ids=str)
def test_what_are_no_files_gives_none(client, wrong):
    assert client.put_binary("key", wrong) is None
    assert client.update("key", wrong) is None
    assert client.append("key", wrong) is None
    assert client.get("key") is None


def test_update_replaces_and_append_adds(client):
    assert client.update("key", [b"1"]).status_code == 404
    assert client.append("key", [b"1"]) == "No data found for key: key, The key does not exist"
    client.put_binary("key", [b"1"])
    assert client.append("key", [b"2", b"3"]) == "Data appended successfully: key = key"
    assert client.get("key") == [b"1", b"2", b"3"]
    response = client.update("key", [b"4"])
    assert type(response) is requests.Response
    assert (response.status_code, response.text) == (200, "Data uploaded successfully: key = key")
    assert client.get("key") == [b"4"]


def test_update_key_and_delete_give_texts(client):
    client.put_binary("old", [b"1"])
    client.put_binary("taken", [b"2"])
    assert client.update_key("old", "new") == "Key updated successfully from old to new"
    assert client.update_key("old", "newer") == "No data found for key: old, The key does not exist"
    assert client.update_key("new", "taken") == "Key already exists"
    assert client.get("old") is None and client.get("new") == [b"1"]
    assert client.delete("new") == "File deleted successfully: key = new"
    assert client.delete("new") == "No data found for key: new, The key does not exist"


def test_keys_that_are_no_text_are_taken_by_their_text(client):
    client.put_binary(7, [b"seven"])
    assert client.get("7") == client.get(7) == [b"seven"]


def test_nobody_there_gives_none(nobody, tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"x")
    assert nobody.put(str(path)) is None
    assert nobody.put_binary("key", [b"x"]) is None
    assert nobody.update("key", [b"x"]) is None
    assert nobody.append("key", [b"x"]) is None
    assert nobody.get("key") is None
    assert nobody.delete("key") is None
    assert nobody.update_key("key", "other") is None


@pytest.mark.parametrize("url", [
    "host without scheme", "http://", "ftp://host", "http://[::bad", "http://no.such.host.invalid"])
def test_an_address_that_is_none_gives_none(url):
    client = Ciaos(Config(url, "me", ""))
    assert client.get("key") is None and client.put_binary("key", [b"x"]) is None


def test_a_header_that_cannot_be_sent_gives_none(node):
    assert Ciaos(Config(node.url, "me\r\nX: y", "")).get("key") is None


def test_a_slash_behind_the_address_does_no_harm(client, config):
    client.put_binary("key", [b"x"])
    assert Ciaos(dataclasses.replace(config, api_url=config.api_url + "/")).get("key") == [b"x"]


def test_headers_and_addresses_changed_later_count(node, config):
    client = Ciaos(dataclasses.replace(config))
    client.put_binary("key", [b"mine"])
    client.headers["User"] = config.user_id + "-other"
    assert client.get("key") is None
    client.headers["User"] = config.user_id
    client.config.api_url = "http://127.0.0.1:1"
    assert client.get("key") is None
    client.config.api_url = node.url
    assert client.get("key") == [b"mine"]


@pytest.mark.parametrize("reply", [
    b"", b"\0", b"no flatbuffer at all", b"\xff" * 64, filelists.build([b"abc"])[:-5]], ids=len)
def test_a_reply_that_cannot_be_parsed_gives_an_empty_list(reply):
    with ScriptedServer(answer(200, reply)) as server:
        assert Ciaos(Config(server.url, "me", "")).get("key") == []


def test_a_short_reply_that_claims_many_gigabytes_gives_an_empty_list():
    # A hundred thousand entries that all name the one file of a megabyte.
    count, megabyte = 100_000, 1 << 20
    entries = struct.pack("<I", count) + b"".join(
        struct.pack("<I", 4 * count - 4 * i) for i in range(count))
    table = 20 + len(entries)
    body = struct.pack("<IHHHHiI", 12, 6, 8, 4, 0, 8, 4) + entries + struct.pack("<iI", table - 4, 4)
    body += struct.pack("<I", megabyte) + b"x" * megabyte
    with ScriptedServer(answer(200, body)) as server:
        assert Ciaos(Config(server.url, "me", "")).get("key") == []


def test_a_cut_reply_gives_none():
    with ScriptedServer((answer(200, b"half", announced=1000), CUT)) as server:
        assert Ciaos(Config(server.url, "me", "")).get("key") is None


def test_server_errors_are_results_and_not_exceptions():
    with ScriptedServer(answer(500, b"broken"), answer(503, b"busy", Retry_After="5")) as server:
        client = Ciaos(Config(server.url, "me", ""))
        assert client.put_binary("key", [b"x"]).status_code == 500
        assert (client.append("key", [b"x"]), client.get("key"), client.delete("key")) == ("busy", None, "busy")
        assert len(server.asked) == 4


@pytest.mark.parametrize("key, sent", [
    ("id:secret", "Bearer id:secret"), ("id:secret:token", "Bearer id:secret:token"), ("no credential", None),
    ("", None), (None, None)])
def test_an_access_key_with_a_colon_is_sent(key, sent, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    with ScriptedServer(answer(200, b"text")) as server:
        client = Ciaos(Config(server.url, "me", key))
        client.delete("key")
        client.remove("key")
        assert [each.headers.get("Authorization") for each in server.asked] == [sent, sent]
        assert [each.headers["User"] for each in server.asked] == ["me", "me"]


def test_nothing_is_printed_and_the_log_tells(client, nobody, caplog, capfd):
    with caplog.at_level(logging.INFO, "ciaos"):
        client.put_binary("key", [b"x"])
        client.get("nothing")
        client.put_binary("key", None)
        nobody.get("key")
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING", "WARNING", "WARNING"]
    assert "Upload successful" in caplog.text and "No data found for key: nothing" in caplog.text
    subprocess.run(
        [sys.executable, "-c", "from ciaos import *; Ciaos(Config('http://127.0.0.1:1', 'me', '')).get('k')"],
        check=True)
    assert capfd.readouterr() == ("", "")


def test_a_secret_does_not_show(config):
    assert "secret" not in repr(Config("http://host", "me", "id:secret"))
