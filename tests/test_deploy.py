"""What deploy/ holds: the single file runs as nobody in particular, and names only settings that there are."""

import os
import pathlib
import re
import socket
import subprocess

import pytest
import requests
import yaml
from node import PROGRAM, ROOT

DEPLOY = pathlib.Path(ROOT) / "deploy"
VARIABLE = re.compile(r"\bCIAOS__[A-Z0-9_]+\b")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def single_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("published")
    done = subprocess.run(
        ["dotnet", "publish", "Ciaos.Host", "-p:PublishProfile=single-file", "-o", str(folder), "-v", "quiet", "-nologo",
         "-p:RunAnalyzers=false"],
        cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    assert os.listdir(folder) == ["ciaos"]
    return folder / "ciaos"


def test_the_single_file_needs_nothing_beside_it(single_file, tmp_path):
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {"DOTNET_BUNDLE_EXTRACT_BASE_DIR": str(tmp_path / "cache"), "DOTNET_ROOT": "/nowhere"}
    node = subprocess.Popen(
        [single_file, "serve", "--data", str(tmp_path / "data"), "--port", str(port), "--config",
         str(DEPLOY / "systemd/node.conf"), "--set", "ciaos.s3.port=0"],
        cwd="/", env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        health = subprocess.run(
            [single_file, "health", "--url", url, "--wait", "60"], env=environment, capture_output=True, text=True,
            timeout=90)
        assert health.returncode == 0, health.stderr
        assert requests.put(f"{url}/raw/a", data=b"x", headers={"User": "me"}, timeout=60).status_code == 201
        assert requests.get(f"{url}/raw/a", headers={"User": "me"}, timeout=60).content == b"x"
        node.terminate()
        assert node.wait(60) == 0
    finally:
        node.kill()
        node.wait()
    gone = subprocess.run(
        [single_file, "health", "--url", url], env=environment, capture_output=True, text=True, timeout=60)
    assert gone.returncode == 1 and "does not answer" in gone.stderr


def test_variables_in_deploy_are_settings_that_there_are(tmp_path):
    files = [path for path in DEPLOY.rglob("*") if path.is_file()]
    named = {name for path in files for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    assert {"CIAOS__DATA", "CIAOS__TLS__PRIVATE_KEY", "CIAOS__METRICS__PUBLIC"} <= named
    # With an address that cannot be listened on the node ends by itself, once it has taken all settings.
    values = {name: "" for name in named}
    values |= {
        "CIAOS__DATA": str(tmp_path), "CIAOS__HTTP__ADDRESS": "192.0.2.1", "CIAOS__HTTP__AUTHENTICATION": "on",
        "CIAOS__S3__ADDRESS": "192.0.2.1", "CIAOS__S3__PORT": "9711", "CIAOS__LOG__FORMAT": "text",
        "CIAOS__METRICS__PUBLIC": "on",
    }
    done = subprocess.run(
        ["dotnet", PROGRAM, "serve"], env=os.environ | values, capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and "192.0.2.1" in done.stderr, done.stdout + done.stderr


def test_compose_and_values_are_yaml():
    compose = yaml.safe_load((DEPLOY / "docker/compose.yml").read_text(encoding="utf-8"))
    assert compose["services"]["ciaos"]["read_only"] is True
    for volume in compose["services"]["prometheus"]["volumes"] + compose["services"]["grafana"]["volumes"]:
        source = volume.split(":")[0]
        assert not source.startswith(".") or (DEPLOY / "docker" / source).exists(), source
    for path in [*DEPLOY.glob("docker/*.yml"), *DEPLOY.glob("helm/ciaos/*.yaml")]:
        assert yaml.safe_load(path.read_text(encoding="utf-8"))
    assert set(re.findall(r"\.Values\.(\w+)", "".join(
        path.read_text(encoding="utf-8") for path in DEPLOY.glob("helm/ciaos/templates/*")))) <= set(
            yaml.safe_load((DEPLOY / "helm/ciaos/values.yaml").read_text(encoding="utf-8")))


def test_the_systemd_unit_is_understood(tmp_path):
    unit = (DEPLOY / "systemd/ciaos.service").read_text(encoding="utf-8")
    path = tmp_path / "ciaos.service"
    path.write_text(unit.replace("/usr/local/bin/ciaos", "/bin/true"), encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and "ciaos.service" not in done.stderr, done.stderr
