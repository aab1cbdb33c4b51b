"""S3 clients against a live node. What each client was seen to do becomes the table of docs/s3.md."""

import collections
import itertools
import os
import random
import subprocess

import boto3
import botocore.config
import pytest
import requests

from node import Node, ROOT

ROOT_KEY, ROOT_SECRET = "CIAOSROOTKEY00000000", "a-secret-for-tests-of-root"
REGION = "us-east-1"
TABLE = os.path.join(ROOT, "docs", "s3-clients.md")
CLIENTS = ["boto3", "awscli", "s3cmd", "rclone", "restic", "AWS SDK for JavaScript", "minio", "AWS SDK for .NET"]

_names = itertools.count(1)
_seen = collections.defaultdict(set)


class User:
    def __init__(self, name, key, secret):
        self.name, self.key, self.secret = name, key, secret
        self.canonical_id = None


class S3Node(Node):
    """A node whose root key is known, with helpers to make users and clients."""

    def __init__(self, data, settings=()):
        super().__init__(data, [
            f"ciaos.identity.root-access-key={ROOT_KEY}", f"ciaos.identity.root-secret-key={ROOT_SECRET}", *settings])
        self.root = User("root", ROOT_KEY, ROOT_SECRET)

    def admin(self, method, path, json=None):
        answer = requests.request(
            method, f"{self.url}/admin/v1/{path}", json=json, timeout=60,
            headers={"Authorization": f"Bearer {ROOT_KEY}:{ROOT_SECRET}"})
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def add_user(self, name):
        made = self.admin("POST", "users", {"name": name, "email": f"{name}@example.com"})
        key = self.admin("POST", f"users/{name}/keys", {})
        user = User(name, key["access_key"], key["secret_key"])
        user.canonical_id = made["canonical_id"]
        return user

    def boto3(self, user, service="s3", **config):
        return boto3.client(
            service, endpoint_url=self.s3_url, region_name=REGION, aws_access_key_id=user and user.key,
            aws_secret_access_key=user and user.secret,
            config=botocore.config.Config(
                **{"retries": {"max_attempts": 0}, "s3": {"addressing_style": "path"}, "signature_version": "s3v4",
                   **config}))

    def environment(self, user):
        """For command lines that read their credentials from the environment."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return own | {
            "AWS_ACCESS_KEY_ID": user.key, "AWS_SECRET_ACCESS_KEY": user.secret, "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION, "AWS_EC2_METADATA_DISABLED": "true", "HOME": self.data}


@pytest.fixture(scope="session")
def s3_node(tmp_path_factory):
    started = S3Node(tmp_path_factory.mktemp("s3-node")).start()
    yield started
    assert started.stop() == 0, started.log()


@pytest.fixture(scope="session")
def alice(s3_node):
    return s3_node.add_user("alice")


@pytest.fixture(scope="session")
def bob(s3_node):
    return s3_node.add_user("bob")


@pytest.fixture
def s3(s3_node, alice):
    return s3_node.boto3(alice)


@pytest.fixture
def bucket(s3):
    name = f"bucket-{next(_names)}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def make_s3_node(tmp_path):
    """Makes nodes that the test may kill and start again."""
    made = []

    def make(*settings):
        made.append(S3Node(tmp_path, settings))
        return made[-1]

    yield make
    for each in made:
        each.kill()


@pytest.fixture
def dice():
    return random.Random(20)


@pytest.fixture
def run(s3_node, alice, tmp_path):
    """Runs a command line as alice, and gives what it printed."""

    def call(*command, fails=False):
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, timeout=300, cwd=tmp_path,
            stdin=subprocess.DEVNULL, env=s3_node.environment(alice))
        assert (done.returncode != 0) == fails, f"{command}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    return call


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    report = (yield).get_result()
    if report.when == "call" and report.passed:
        for mark in item.iter_markers("shows"):
            client, *operations = mark.args
            assert client in CLIENTS, client
            for operation in operations:
                _seen[operation].add(client)


def pytest_configure(config):
    config.addinivalue_line("markers", "shows(client, *operations): passing shows that they work with that client")


def pytest_sessionfinish(session, exitstatus):
    """A full run that passed writes the table anew: a change of it is for the one who commits to look at."""
    if exitstatus == 0 and all(any(client in clients for clients in _seen.values()) for client in CLIENTS):
        with open(TABLE, "w", encoding="utf-8") as file:
            file.write(table())


def table():
    lines = [
        "# S3 operations and the clients that were seen to use them", "",
        "Written by the test run (`tests/s3`): a mark stands where a test of that client passed that depends on the",
        "operation. An empty field means that no test tried it.", "",
        "| operation | " + " | ".join(CLIENTS) + " |", "| --- |" + " :-: |" * len(CLIENTS)]
    for operation in sorted(_seen):
        lines.append(f"| {operation} | " + " | ".join(
            "✓" if client in _seen[operation] else " " for client in CLIENTS) + " |")
    return "\n".join(lines) + "\n"
