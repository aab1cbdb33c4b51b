"""Certificates are checked, and the configuration says against what."""

import ssl
import subprocess

import pytest
from ciaos import Ciaos, CiaosError, Config, ServerUnavailable
from scripted import ScriptedServer, answer

TEXT = answer(200, b'{"key":"k","size":1}')


@pytest.fixture
def certificate(tmp_path):
    path = tmp_path / "node.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=node",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", path, "-out", tmp_path / "only.pem"],
        check=True, capture_output=True)
    path.write_bytes(path.read_bytes() + (tmp_path / "only.pem").read_bytes())
    return path


@pytest.fixture
def server(certificate):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ScriptedServer(TEXT, tls=context) as server:
        yield server


def test_a_certificate_that_is_believed(server, certificate, tmp_path):
    client = Ciaos(Config(server.url, "me", "id:secret", verify=str(tmp_path / "only.pem")))
    for _ in range(2):
        assert client.stat("k").size == 1
        assert client.delete("k") == '{"key":"k","size":1}'
    assert client.put_bytes("k", bytes(1_000_000)).size == 1_000_000
    assert server.connections == 1 and len(server.asked[-1].body) == 1_000_000


def test_a_certificate_of_nobody_is_an_error_at_once_and_no_secret_is_sent(server):
    client = Ciaos(Config(server.url, "me", "id:secret", backoff=60))
    with pytest.raises(CiaosError, match="(?i)certificate") as raised:
        client.stat("k")
    assert not isinstance(raised.value, ServerUnavailable)
    assert client.get("k") is None and client.put_binary("k", [b"x"]) is None
    assert server.asked == []


def test_the_environment_may_name_what_is_believed(server, tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "only.pem"))
    client = Ciaos(Config(server.url, "me", ""))
    assert client.stat("k").size == 1 and client.delete("k")


def test_nothing_is_checked_where_that_is_asked_for(server, recwarn):
    client = Ciaos(Config(server.url, "me", "", verify=False))
    assert client.stat("k").size == 1 and client.delete("k")
