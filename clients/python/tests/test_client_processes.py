"""Threads share a client, forks do not share its sockets, and pickles carry it."""

import concurrent.futures
import gc
import multiprocessing
import os
import pickle
import threading

import pytest
from ciaos import Ciaos, Config
from scripted import ScriptedServer, answer


def check(client, number):
    """Work of a worker: writes and reads what is its own, often enough to meet another's answer if it could."""
    key = f"worker-{number}"
    for turn in range(10):
        client.put_bytes(key, b"%d-%d" % (number, turn) * 1000)
        assert client.read(key) == b"%d-%d" % (number, turn) * 1000
        assert client.get("shared") == [b"shared"]
    return os.getpid()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_eight_processes_carry_one_client(client, method):
    client.put_binary("shared", [b"shared"])
    context = multiprocessing.get_context(method)
    with concurrent.futures.ProcessPoolExecutor(8 if method == "fork" else 2, mp_context=context) as pool:
        pids = set(pool.map(check, [client] * 8, range(8)))
    assert os.getpid() not in pids
    assert client.get("shared") == [b"shared"]


def test_a_forked_child_leaves_the_parents_connections_alone():
    with ScriptedServer(answer(200, b'{"key":"k","size":1}')) as server:
        client = Ciaos(Config(server.url, "me", ""))
        client.stat("parent")
        assert client.delete("parent")
        before = server.connections
        child = os.fork()
        if child == 0:
            code = 1
            try:
                client.stat("child")
                client.delete("child")
                client.close()
                del client
                gc.collect()
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(child, 0)[1] == 0
        assert server.connections == before + 1
        client.stat("parent")
        client.delete("parent")
        assert server.connections == before + 1 and len(server.asked) == 6


def test_a_fork_while_another_thread_is_busy(client):
    client.put_binary("shared", [b"shared"])
    is_over = threading.Event()

    def busy():
        while not is_over.is_set():
            client.stat("shared")

    thread = threading.Thread(target=busy)
    thread.start()
    try:
        context = multiprocessing.get_context("fork")
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
            assert len(list(pool.map(check, [client] * 2, range(2), timeout=60))) == 2
    finally:
        is_over.set()
        thread.join()


def test_threads_share_a_client(client):
    client.put_binary("shared", [b"shared"])
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda number: check(client, number), range(16))) == {os.getpid()}


def test_a_thread_keeps_one_connection_and_close_ends_them_all():
    with ScriptedServer(answer(200, b'{"key":"k","size":1}')) as server:
        with Ciaos(Config(server.url, "me", "")) as client:
            for _ in range(5):
                client.stat("k")
                client.delete("k")
                client.put_binary("k", [b"x"])
            assert server.connections == 1
            thread = threading.Thread(target=lambda: client.stat("k"))
            thread.start()
            thread.join()
            assert server.connections == 2
        # It may be used on, on a new connection.
        assert client.stat("k").size == 1 and server.connections == 3


class Derived(Ciaos):
    def __init__(self, config):
        super().__init__(config)
        self.more = [1, 2]


def test_what_a_derived_class_adds_travels_with_a_pickle(config):
    copy = pickle.loads(pickle.dumps(Derived(config)))
    assert type(copy) is Derived and copy.more == [1, 2] and copy.config == config and not copy.exists("k")


def test_a_thread_that_ends_closes_its_connections(client, recwarn):
    thread = threading.Thread(target=lambda: (client.exists("k"), client.get("k")))
    thread.start()
    thread.join()
    del thread
    gc.collect()
    assert [str(each.message) for each in recwarn if each.category is ResourceWarning] == []


def test_a_pickle_has_what_was_set_and_no_connections(client):
    client.put_bytes("k", b"x")
    client.headers["X-More"] = "1"
    copy = pickle.loads(pickle.dumps(client))
    assert copy.config == client.config and copy.headers == client.headers
    assert copy.read("k") == b"x"
    assert pickle.loads(pickle.dumps(client.config)) == client.config
