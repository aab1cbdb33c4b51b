"""A node for benchmarks: one of their own, or the one that is named."""

import argparse
import contextlib
import os
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
sys.path[:0] = [os.path.join(ROOT, "clients/python/src"), os.path.join(ROOT, "tests")]


def arguments(text):
    parser = argparse.ArgumentParser(description=text, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--url", help="a node that runs, instead of one in a temporary folder")
    parser.add_argument("--user", default="bench")
    parser.add_argument("--folder", help="where the node and the files are to be, instead of the system's")
    return parser


@contextlib.contextmanager
def node_and_folder(given):
    """(address, folder for files)."""
    from node import Node
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        if given.url:
            yield given.url, folder
            return
        os.mkdir(os.path.join(folder, "node"))
        node = Node(os.path.join(folder, "node")).start()
        try:
            yield node.url, folder
        finally:
            node.stop()
