"""Users, access keys and the native API's authentication, by the command line and over a socket."""

import json
import os
import stat
import subprocess

import requests

from client import Client
from node import PROGRAM


def ciaos(node, *arguments, key=None, text=None):
    """Runs a command against a node: with root's key, unless another one is given. Gives its exit code and output."""
    command = ["dotnet", PROGRAM, *arguments, "--endpoint", node.url, "--data", node.data]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CIAOS_")}
    if key is not None:
        environment["CIAOS_ACCESS_KEY"], environment["CIAOS_SECRET_KEY"] = key
    done = subprocess.run(
        command, env=environment, input=text, stdin=subprocess.DEVNULL if text is None else None, capture_output=True,
        text=True, timeout=60, check=False)
    return done.returncode, done.stdout if done.returncode == 0 else done.stderr


def answer(node, *arguments, **keywords):
    code, output = ciaos(node, *arguments, "--json", **keywords)
    assert code == 0, output
    return json.loads(output) if output.strip() else None


def bearer(key):
    return {"Authorization": f"Bearer {key[0]}:{key[1]}"}


def test_a_user_its_key_and_its_policy_outlive_a_kill(make_node):
    node = make_node().start()
    for name in ("identity.key", "root-credentials"):
        assert stat.S_IMODE(os.stat(os.path.join(node.data, name)).st_mode) == 0o600
    assert "secret key:" in node.log()
    ann = answer(node, "user", "add", "ann", "--display-name", "Ann", "--email", "ann@example.org")
    key = answer(node, "key", "create", "ann", "--access-key", "ANNKEY", "--secret-key", "ann-secret")
    policy = '{"Statement":{"Effect":"Allow","Action":"admin:GetUser","Resource":"*"}}'
    answer(node, "policy", "put", "ann", "reader", "-", text=policy)
    answer(node, "quota", "set", "ann", "--max-bytes", "2GiB")
    node.kill()
    node.start()
    assert "secret key:" not in node.log()
    again = answer(node, "user", "show", "ann", key=("ANNKEY", "ann-secret"))
    assert again["canonical_id"] == ann["canonical_id"] and again["quota"]["max_bytes"] == 2 << 30
    assert key["secret_key"] == "ann-secret"
    code, output = ciaos(node, "user", "add", "bob", key=("ANNKEY", "ann-secret"))
    assert code == 1 and "admin:CreateUser" in output
    code, output = ciaos(node, "user", "show", "ann", key=("ANNKEY", "other-secret"))
    assert code == 1 and "access key" in output
    answer(node, "key", "deactivate", "ANNKEY")
    assert ciaos(node, "user", "show", "ann", key=("ANNKEY", "ann-secret"))[0] == 1
    assert node.stop() == 0
    assert ciaos(node, "user", "list")[0] == 2


def test_identities_come_back_where_journal_and_catalog_are_lost(make_node):
    node = make_node().start()
    answer(node, "user", "add", "ann")
    answer(node, "key", "create", "ann", "--access-key", "ANNKEY", "--secret-key", "ann-secret")
    assert Client(node.url, "ann").raw("PUT", "key", data=b"value").status_code == 201
    assert node.stop() == 0
    for name in os.listdir(node.data):
        if name.startswith(("journal.db", "catalog.db")):
            os.remove(os.path.join(node.data, name))
    rebuilt = subprocess.run(
        ["dotnet", PROGRAM, "rebuild-index", "--data", node.data], capture_output=True, text=True, timeout=120,
        check=False)
    assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr
    node.start()
    assert "secret key:" not in node.log()
    assert [key["access_key"] for key in answer(node, "key", "list", "ann")["keys"]] == ["ANNKEY"]
    assert Client(node.url, "ann").raw("GET", "key").content == b"value"
    assert node.stop() == 0
    checked = subprocess.run(
        ["dotnet", PROGRAM, "fsck", "--data", node.data], capture_output=True, text=True, timeout=120, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_with_authentication_the_original_client_needs_its_access_key(make_node):
    node = make_node("ciaos.http.authentication=on", "ciaos.http.address=0.0.0.0").start()
    node.url = f"http://127.0.0.1:{node.port}"
    answer(node, "user", "add", "ann")
    answer(node, "key", "create", "ann", "--access-key", "ANNKEY", "--secret-key", "ann-secret")
    client = Client(node.url, "ann")
    assert client.put("key", [b"one"]).status_code == 401
    client.session.headers["User-Access-Key"] = "ANNKEY:ann-secret"
    assert client.put("key", [b"one"]).status_code == 200
    assert client.files("key") == [b"one"]
    client.session.headers["User"] = "root"
    assert client.get("key").status_code == 403
    # What an unmodified client can do: the credentials are in the address.
    client = Client(node.url.replace("://", "://ANNKEY:ann-secret@"), "ann")
    assert client.files("key") == [b"one"]
    assert requests.get(f"{node.url}/raw/key", headers=bearer(("ANNKEY", "ann-secret")), timeout=10).status_code == 200
    node.stop()


def test_the_node_listens_to_everybody_only_with_authentication(make_node):
    node = make_node("ciaos.http.address=0.0.0.0")
    node.spawn().wait(60)
    assert node.process.wait(60) == 2
    node.process = None
    assert "authentication is off" in node.log()


def test_chosen_root_keys_and_a_lost_master_key(make_node):
    node = make_node("ciaos.identity.root-access-key=ROOTKEY", "ciaos.identity.root-secret-key=root-secret").start()
    assert "secret key:" not in node.log()
    assert answer(node, "user", "show", "root", key=("ROOTKEY", "root-secret"))["root"] is True
    assert node.stop() == 0
    os.rename(os.path.join(node.data, "identity.key"), os.path.join(node.data, "kept"))
    node.spawn().wait(60)
    assert node.process.wait(60) == 2
    node.process = None
    assert "identity.key" in node.log() and "master key" in node.log()
    os.rename(os.path.join(node.data, "kept"), os.path.join(node.data, "identity.key"))
    node.start()
    assert answer(node, "user", "list", key=("ROOTKEY", "root-secret"))["users"][0]["name"] == "root"
    node.stop()
