import itertools
import os

import pytest

from client import Client
from node import Node

_users = itertools.count(1)


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """One node for all tests that do not stop theirs. Tests do not meet: each has a user of its own."""
    started = Node(tmp_path_factory.mktemp("node")).start()
    yield started
    assert started.stop() == 0, started.log()


@pytest.fixture
def client(node):
    return Client(node.url, f"user-{next(_users)}")


@pytest.fixture
def make_node(tmp_path):
    """Makes nodes that the test may kill, start again and configure. They share the test's folder."""
    made = []

    def make(*settings):
        made.append(Node(tmp_path, settings))
        return made[-1]

    yield make
    for each in made:
        each.kill()


@pytest.fixture(scope="session")
def large_bytes():
    """Size of a large file: CIAOS_TEST_LARGE_MIB, by default 64."""
    return int(os.environ.get("CIAOS_TEST_LARGE_MIB", "64")) * 1024 * 1024
