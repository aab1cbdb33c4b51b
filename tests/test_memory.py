"""The memory of a node does not grow with the bodies. With CIAOS_TEST_SLOW=1, since it moves 8 GiB."""

import os

import pytest

import memory
from node import Node


@pytest.mark.skipif(os.environ.get("CIAOS_TEST_SLOW") != "1", reason="CIAOS_TEST_SLOW=1 runs it")
def test_two_gibibytes_up_and_down_take_less_than_128_mebibytes(tmp_path):
    node = Node(tmp_path).start()
    try:
        assert memory.measure(node, 2048 * memory.MIB) < memory.LIMIT
    finally:
        node.stop()
