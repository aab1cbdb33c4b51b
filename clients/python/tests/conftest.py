"""A node and clients for the tests of the Python package, which is taken from its sources."""

import itertools
import os
import sys

import pytest

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(os.path.dirname(PACKAGE))
SOURCES = os.path.join(PACKAGE, "src")

for folder in (os.path.join(ROOT, "tests"), SOURCES):
    if folder not in sys.path:
        sys.path.insert(0, folder)
# Processes that tests start are to find the package too.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (SOURCES, os.environ.get("PYTHONPATH"))))

from node import Node  # noqa: E402

_users = itertools.count(1)


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """One node for all tests that do not stop theirs. Tests do not meet: each has a user of its own."""
    started = Node(tmp_path_factory.mktemp("node")).start()
    yield started
    assert started.stop() == 0, started.log()


@pytest.fixture
def config(node):
    from ciaos import Config
    return Config(node.url, f"user-{next(_users)}", "")


@pytest.fixture
def client(config):
    from ciaos import Ciaos
    with Ciaos(config) as made:
        yield made


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
