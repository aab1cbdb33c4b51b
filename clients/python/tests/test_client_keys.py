"""Keys are exact, whatever is in them, on every route."""

import pytest
from ciaos import Ciaos, Config, KeyNotFound
from scripted import ScriptedServer, answer

KEYS = [
    "a/../b", ".", "..", "../up", "./here", "a/./b", "dir/..", "...", "a//b", "//", "/", "/leading", "trailing/", "a#b",
    "100%", "%41", "%2F", "%2e%2e", "%", "?", "a?b=c", "a?b#c", "+", "a+b", "a&b", "a;b", "ünïcödé", "日本語/キー", "🎉",
    "with space", " ", "new\nline", "tab\t", "\r", "back\\slash", "quote'\"", "[x]", "{x}", "~", "http://host/x",
    "x" * 1024, "é" * 512,
]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: ascii(key)[:20])
def test_a_key_is_the_same_on_every_route(client, key):
    files = [b"1", key.encode()]
    assert client.put_binary(key, files).text == f"Data uploaded successfully: key = {key}"
    assert [info.key for info in client.list()] == [key]
    assert [info.key for info in client.list(prefix=key)] == [key]
    assert list(client.list(after=key)) == []
    assert client.get(key) == files and [bytes(file) for file in client.get_files(key)] == files
    assert client.read(key) == b"1" + key.encode()
    assert client.stat(key).key == key and client.exists(key)
    assert client.append(key, [b"2"]) == f"Data appended successfully: key = {key}"
    client.append_bytes(key, [b"3"])
    assert client.update(key, [b"4"]).status_code == 200
    client.put_bytes(key, b"raw")
    other = f"to {key}"[:300]
    assert client.update_key(key, other) == f"Key updated successfully from {key} to {other}"
    client.rename(other, key)
    assert [info.key for info in client.list()] == [key]
    assert client.read(key) == b"raw"
    if len(key) % 2:
        assert client.delete(key) == f"File deleted successfully: key = {key}"
    else:
        client.remove(key)
    assert not client.exists(key) and list(client.list()) == []
    with pytest.raises(KeyNotFound) as missing:
        client.read(key)
    assert missing.value.key == key and missing.value.status == 404


def test_a_key_is_the_same_through_a_proxy(monkeypatch):
    with ScriptedServer(answer(200, b'{"key":"k","size":1}')) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        client = Ciaos(Config("http://store.invalid:9710", "me", ""))
        client.delete("a/../b//c?%41")
        client.stat("a/../b//c?%41")
        assert [asked.path for asked in proxy.asked] == [
            "http://store.invalid:9710/delete/a/%2E%2E/b//c%3F%2541",
            "http://store.invalid:9710/stat/a/%2E%2E/b//c%3F%2541"]


def test_an_address_may_have_a_path():
    with ScriptedServer(answer(200, b'{"key":"k","size":1}')) as server:
        client = Ciaos(Config(server.url + "/behind/a/gate/", "me", ""))
        client.delete("../k")
        client.stat("../k")
        assert [asked.path for asked in server.asked] == [
            "/behind/a/gate/delete/%2E%2E/k", "/behind/a/gate/stat/%2E%2E/k"]


def test_keys_that_look_alike_are_different(client):
    alike = ["a/b", "a//b", "a/./b", "a/x/../b", "a%2Fb", "a/b/", "a/b?", "a/b#", "a/b?x", "a/b#x", "A/b"]
    for number, key in enumerate(alike):
        assert client.put_binary(key, [b"%d" % number]).status_code == 200
    assert [client.get(key) for key in alike] == [[b"%d" % number] for number in range(len(alike))]
