"""S3 clients against a live node. What each client was seen to do becomes the table of docs/s3-clients.md."""

import collections
import itertools
import os
import random
import subprocess

import pytest

from node import ROOT
from s3node import S3Node

TABLE = os.path.join(ROOT, "docs", "s3-clients.md")
CLIENTS = ["boto3", "awscli", "s3cmd", "rclone", "restic", "AWS SDK for JavaScript", "minio", "AWS SDK for .NET"]

_names = itertools.count(1)
_seen = collections.defaultdict(set)


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
