"""Datasets: each object once an epoch, in the order of the seed, whoever reads, and whenever he was killed."""

import hashlib
import json
import multiprocessing
import os
import pickle
import random
import subprocess
import sys
import threading
import time

import pytest

from ciaos import Ciaos, KeyNotFound
from ciaos._epoch import IndexSet, Part, Point
from ciaos.data import CiaosIterableDataset, CiaosMapDataset, Positioned, ResumePoint, merge_tokens
from pychildren import read_shard

BENCH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "bench", "epoch.py")
KEYS = [f"set/{number:03}" for number in range(100)]


def the_key(key, files):
    assert bytes(files[0]) == key.encode() * 3
    return key


@pytest.fixture
def filled(client):
    client.put_many((key, key.encode() * 3) for key in KEYS)
    client.put_bytes("other", b"not of the set")
    return client


def dataset(client, **more):
    return CiaosIterableDataset(client, prefix="set/", **{"transform": the_key, "batch_keys": 7, **more})


# By number.

def test_map_dataset(filled):
    filled.append_bytes("set/007", [b"second"])
    plain = CiaosMapDataset(filled, prefix="set/")
    assert len(plain) == 100
    key, files = plain[7]
    assert key == "set/007" and [bytes(file) for file in files] == [b"set/007" * 3, b"second"]
    named = CiaosMapDataset(filled, keys=["set/003", "set/001", "set/003"], transform=the_key)
    assert list(named) == ["set/003", "set/001", "set/003"]
    assert named[-1] == "set/003"
    with pytest.raises(IndexError):
        named[3]
    with pytest.raises(KeyNotFound):
        CiaosMapDataset(filled, keys=["set/001", "nothing"]).__getitems__([0, 1])
    with pytest.raises(ValueError):
        CiaosMapDataset(filled, keys=[], prefix="set/")


def test_map_dataset_fetches_a_batch_by_one_request(filled, monkeypatch):
    asked = spied_batches(monkeypatch)
    named = CiaosMapDataset(filled, prefix="set/", transform=the_key)
    assert named.__getitems__([5, 99, 0, 5]) == ["set/005", "set/099", "set/000", "set/005"]
    assert asked == [["set/005", "set/099", "set/000"]]


# The order.

def test_the_order_is_what_the_guide_says(filled):
    for epoch in (0, 3):
        read = dataset(filled, seed=7)
        read.set_epoch(epoch)
        expected = sorted(KEYS, key=lambda key: hashlib.blake2b(
            f"ciaos-epoch-1\n7\n{epoch}\n{key}".encode(), digest_size=16).digest())
        assert read.order() == list(read) == expected
    # Never to change: a program that goes on by a token after an update relies on it.
    assert dataset(filled, seed=7).order()[:6] == ["set/074", "set/094", "set/082", "set/031", "set/081", "set/068"]


def test_epochs_and_seeds_differ_and_come_again(filled):
    read = dataset(filled, seed=1)
    first = list(read)
    assert sorted(first) == KEYS and first != KEYS
    assert list(read) == first
    read.set_epoch(1)
    second = list(read)
    assert sorted(second) == KEYS and second != first
    read.set_epoch(0)
    assert list(read) == first
    assert list(dataset(filled, seed=2)) not in (first, second)
    assert list(dataset(filled, shuffle=False)) == KEYS
    backwards = CiaosIterableDataset(filled, keys=reversed(KEYS), transform=the_key, seed=1)
    assert list(backwards) == first, "it is the set of keys that counts"


def test_a_sample_is_a_key_and_its_files(filled):
    for key, files in CiaosIterableDataset(filled, prefix="set/"):
        assert [bytes(file) for file in files] == [key.encode() * 3]


def test_what_makes_no_dataset(filled):
    for wrong in ({"rank": 1}, {"rank": 2, "world_size": 2}, {"worker": (4, 4)}, {"batch_size": 0}, {"batch_keys": 0},
                  {"prefetch": -1}, {"keys": KEYS}):
        with pytest.raises(ValueError):
            dataset(filled, **wrong)
    with pytest.raises(ValueError, match="more than once"):
        CiaosIterableDataset(filled, keys=["set/001", "set/001"])


def test_nothing_is_an_epoch_too(client):
    empty = CiaosIterableDataset(client, prefix="set/")
    assert len(empty) == 0 and list(empty) == []


# Sharing.

@pytest.mark.parametrize("world, workers, batch_size", [(1, 3, 1), (3, 1, 1), (3, 4, 1), (2, 3, 5), (7, 2, 4)])
def test_ranks_and_workers_share_an_epoch(filled, world, workers, batch_size):
    parts = [[dataset(filled, rank=rank, world_size=world, worker=(worker, workers), batch_size=batch_size)
              for worker in range(workers)] for rank in range(world)]
    read = [[list(part) for part in rank] for rank in parts]
    assert [[len(part) for part in rank] for rank in parts] == [[len(part) for part in rank] for rank in read]
    order = parts[0][0].order()
    assert sorted(key for rank in read for part in rank for key in part) == KEYS
    # As a DataLoader takes them, a batch from each worker in turn, a rank's come in the epoch's order.
    for rank, of_workers in enumerate(read):
        in_turn = []
        while any(of_workers):
            for part in of_workers:
                in_turn += part[:batch_size]
                del part[:batch_size]
        assert in_turn == order[rank::world]


def test_drop_uneven_gives_each_rank_equally_many(filled):
    read = [list(dataset(filled, rank=rank, world_size=7, drop_uneven=True)) for rank in range(7)]
    assert {len(keys) for keys in read} == {14}
    assert len({key for keys in read for key in keys}) == 98


# Fetching.

def spied_batches(monkeypatch):
    asked, get_many = [], Ciaos.get_many

    def spy(self, keys, **more):
        asked.append(list(keys))
        return get_many(self, asked[-1], **more)

    monkeypatch.setattr(Ciaos, "get_many", spy)
    return asked


def eventually(condition):
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.005)
    return condition()


@pytest.mark.parametrize("prefetch", [0, 1, 3])
def test_what_is_held_is_bounded(filled, monkeypatch, prefetch):
    read = dataset(filled, batch_keys=10, prefetch=prefetch)
    asked = spied_batches(monkeypatch)
    samples = iter(read)
    assert asked == []
    for taken in range(1, 101):
        next(samples)
        most = min((taken - 1) // 10 + 1 + prefetch, 10)
        assert eventually(lambda: len(asked) == most), (taken, len(asked))
    assert sorted(key for batch in asked for key in batch) == KEYS
    assert {len(batch) for batch in asked} == {10}


def test_a_batch_is_bounded_in_bytes(filled, monkeypatch):
    filled.put_bytes("set/large", b"set/large" * 3 + b"x" * 1000)
    asked = spied_batches(monkeypatch)
    read = CiaosIterableDataset(filled, prefix="set/", batch_bytes=100)
    assert len(list(read)) == 101
    # Each but the large one has 21 bytes.
    assert all(len(batch) <= 4 for batch in asked) and max(map(len, asked)) == 4
    assert ["set/large"] in asked


def test_an_iteration_that_is_given_up_leaves_no_thread(filled):
    samples = iter(dataset(filled, prefetch=3))
    next(samples)
    samples.close()
    assert eventually(lambda: not [each for each in threading.enumerate() if "ciaos-prefetch" in each.name])


def test_an_object_that_is_gone_is_told(filled):
    read = dataset(filled)
    filled.remove("set/050")
    with pytest.raises(KeyNotFound):
        list(read)


# Going on.

@pytest.mark.parametrize("part", [{}, {"rank": 1, "world_size": 3}, {"worker": (1, 2), "batch_size": 3},
                                  {"rank": 0, "world_size": 2, "worker": (2, 3)}])
def test_goes_on_after_any_sample(filled, part):
    whole = dataset(filled, **part)
    whole.set_epoch(5)
    expected = list(whole)
    for stop in (0, 1, len(expected) // 2, len(expected) - 1, len(expected)):
        first = dataset(filled, **part)
        first.set_epoch(5)
        samples = iter(first)
        taken = [next(samples) for _ in range(stop)]
        second = dataset(filled, **part)
        second.resume(first.token())
        assert second.epoch == 5 and len(second) == len(expected) - stop
        rest = iter(second)
        taken += [next(rest) for _ in range(min(2, len(expected) - stop))]
        third = dataset(filled, **part)
        third.load_state_dict(second.state_dict())
        assert taken + list(third) == expected
        third.set_epoch(5)
        assert len(third) == len(expected) - len(taken), "the same epoch is gone on with"
        third.set_epoch(6)
        assert len(third) == len(expected)


def test_a_token_of_something_else_is_refused(filled):
    token = token_after(dataset(filled, seed=1), 10)
    for other in (dataset(filled, seed=2), CiaosIterableDataset(filled, keys=KEYS[1:], seed=1),
                  dataset(filled, seed=1, shuffle=False)):
        with pytest.raises(ValueError, match="The token is of"):
            other.resume(token)
    of_rank = token_after(dataset(filled, rank=1, world_size=2), 10)
    with pytest.raises(ValueError, match="rank 1 of 2.*merge_tokens"):
        dataset(filled, rank=0, world_size=2).resume(of_rank)
    of_worker = token_after(dataset(filled, worker=(0, 2)), 10)
    for other in ({}, {"worker": (1, 2)}, {"worker": (0, 3)}, {"worker": (0, 2), "batch_size": 2}):
        with pytest.raises(ValueError, match="worker 0 of 2.*merge_tokens"):
            dataset(filled, **other).resume(of_worker)
    later = json.loads(token)
    later["version"] = 2
    with pytest.raises(ValueError, match="version 2"):
        dataset(filled, seed=1).load_state_dict(later)


def token_after(read, count):
    samples = iter(read)
    for _ in range(count):
        next(samples)
    return read.token()


def test_others_go_on_with_the_tokens_of_all(filled):
    """Six readers stop anywhere; one, or seven, go on."""
    tokens, taken = [], []
    for rank in range(2):
        for worker in range(3):
            read = dataset(filled, seed=3, rank=rank, world_size=2, worker=(worker, 3), batch_size=4)
            samples = iter(read)
            taken += [next(samples) for _ in range(5 * worker + rank)]
            tokens.append(read.token())
    merged = merge_tokens(tokens)
    alone = dataset(filled, seed=3)
    alone.resume(merged)
    rest = list(alone)
    assert sorted(taken + rest) == KEYS
    assert rest == [key for key in alone.order() if key not in taken], "in the order of the seed"
    shared = []
    for rank in range(7):
        read = dataset(filled, seed=3, rank=rank, world_size=7)
        read.resume(merged)
        shared.append(list(read))
    assert sorted(taken + [key for keys in shared for key in keys]) == KEYS
    with pytest.raises(ValueError, match="different epochs"):
        merge_tokens([merged, token_after(dataset(filled, seed=4), 1)])
    with pytest.raises(ValueError):
        merge_tokens([])


def test_points_of_random_readers_fit_together():
    """Whatever was done before, the parts of all make up the rest, and each goes on where it stopped."""
    source = random.Random(20261122)
    for _ in range(500):
        count, world, workers = source.randint(0, 40), source.randint(1, 4), source.randint(1, 4)
        start = Point(0, 0, count, "", IndexSet(0, source.sample(range(count), source.randint(0, count))))
        done = {position for position in range(count) if position in start.everyone}
        tokens, dealt, size = [], [], source.randint(1, 4)
        for part in [Part(rank, world, worker, workers, size) for rank in range(world) for worker in range(workers)]:
            own = list(start.to_read(part))
            dealt += own
            point, read = start, 0
            for _ in range(2):
                more = source.randint(0, len(own) - read)
                point = Point.from_json(json.loads(json.dumps(point.after(part, more).to_json())))
                read += more
                assert list(point.to_read(part)) == own[read:]
            done.update(own[:read])
            tokens.append(json.dumps(point.to_json()))
        assert sorted(dealt) == [position for position in range(count) if position not in start.everyone]
        merged = Point.from_json(json.loads(merge_tokens(tokens)))
        assert list(merged.done()) == sorted(done)


def test_a_set_of_indexes_survives_json():
    source = random.Random(1)
    for _ in range(300):
        members = set(source.sample(range(60), source.randint(0, 60)))
        made = IndexSet(0, members)
        assert {index for index in range(60) if index in made} == members
        assert IndexSet.from_json(json.loads(json.dumps(made.to_json()))) == made
        missing = [index for index in range(60) if index not in members]
        assert list(made.missing(range(60))) == missing
        made.take(min(3, len(missing)))
        assert [index for index in range(60) if index not in made] == missing[3:]


# What the loop knows.

@pytest.mark.parametrize("part", [{}, {"rank": 1, "world_size": 3}])
def test_a_resume_point_counts_what_was_consumed_whatever_was_handed_out(filled, part):
    read = dataset(filled, with_position=True, seed=9, **part)
    samples = list(read)
    random.Random(5).shuffle(samples)
    for consumed in (0, 1, 17, len(samples)):
        point = ResumePoint(read)
        token = point.token()
        for sample in samples[:consumed]:
            token = point.token_after([sample])
        point.consumed(samples[:consumed])
        assert point.token() == token, "twice is as good as once"
        again = dataset(filled, seed=9, **part)
        again.resume(token)
        assert sorted(list(again) + [sample.value for sample in samples[:consumed]]) == sorted(
            sample.value for sample in samples)


def test_a_resume_point_in_order_has_a_short_token(filled):
    read = dataset(filled, with_position=True)
    point = ResumePoint(read)
    lengths = {len(point.token_after(sample)) for sample in read}
    assert max(lengths) < 200 and json.loads(point.token())["everyone"] == {"first": 100, "beyond": []}


def test_a_resume_point_goes_on_with_one(filled):
    read = dataset(filled, with_position=True)
    samples, token, got = iter(read), None, []
    for _ in range(10):
        batch = [sample for _, sample in zip(range(10), iter(read))]
        token = ResumePoint(read).token_after(batch)
        got += [sample.value for sample in batch]
        read.resume(token)
    assert got == read.order() and list(read) == []
    samples.close()


def test_a_resume_point_refuses_what_is_none_of_its_epoch(filled):
    read = dataset(filled, with_position=True, rank=0, world_size=2)
    sample = next(iter(read))
    assert isinstance(sample, Positioned) and (sample.epoch, sample.position) == (0, 0)
    point = ResumePoint(read)
    with pytest.raises(ValueError, match="epoch 1"):
        point.consumed(sample._replace(epoch=1))
    with pytest.raises(ValueError, match="not of this rank"):
        point.consumed(sample._replace(position=1))
    with pytest.raises(ValueError, match="not of this rank"):
        point.consumed(sample._replace(position=1000))
    with pytest.raises(TypeError, match="with_position"):
        point.consumed("key")
    stopped = dataset(filled, worker=(0, 2))
    stopped.resume(token_after(dataset(filled, worker=(0, 2)), 3))
    with pytest.raises(ValueError, match="merge_tokens"):
        ResumePoint(stopped)


# Processes.

@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_eight_processes_read_an_epoch(filled, method):
    context = multiprocessing.get_context(method)
    results = context.Queue()
    children = [
        context.Process(target=read_shard, args=(dataset(filled, transform=None, worker=(worker, 8)), results))
        for worker in range(8)]
    for child in children:
        child.start()
    got = [key for _ in children for key in results.get(timeout=60)]
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    assert sorted(got) == KEYS


def test_a_dataset_is_pickled_with_where_it_is(filled):
    read = dataset(filled, transform=None)
    samples = iter(read)
    for _ in range(40):
        next(samples)
    copy = pickle.loads(pickle.dumps(read))
    assert copy.token() == read.token()
    copy.resume(copy.token())
    assert [key for key, _ in copy] == read.order()[40:]


@pytest.mark.parametrize("loader", ["processes", "torch"])
def test_an_epoch_that_is_killed_goes_on_exactly(node, loader):
    """5,000 files and 4 workers, two SIGKILLs to all of them: each file once, in the order of the seed."""
    if loader == "torch":
        pytest.importorskip("torch")
    ended = subprocess.run(
        [sys.executable, BENCH, "--url", node.url, "--user", f"epoch-{loader}", "--bytes", "1000", "--keep"]
        + ["--torch"] * (loader == "torch"), capture_output=True, text=True, timeout=300)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "each of 5000 files came once, in the order of the seed, over 2 kills" in ended.stdout


def test_importing_the_package_imports_neither_torch_nor_fsspec():
    subprocess.run([sys.executable, "-c", (
        "import sys, ciaos; assert not {'torch', 'fsspec', 'numpy', 'pandas', 'tqdm'} & set(sys.modules)")],
        check=True, timeout=60)


# With PyTorch, where it is installed.

def test_torch_takes_both_for_its_own(filled):
    torch_data = pytest.importorskip("torch.utils.data")
    assert isinstance(dataset(filled), torch_data.IterableDataset)
    by_number = CiaosMapDataset(filled, prefix="set/", transform=the_key)
    assert isinstance(by_number, torch_data.Dataset)
    loader = torch_data.DataLoader(by_number, batch_size=10, shuffle=True, num_workers=2)
    assert sorted(key for batch in loader for key in batch) == KEYS


@pytest.mark.parametrize("workers, batch_size", [(0, 8), (3, 8), (4, None)])
def test_torch_batches_come_in_the_order_and_tell_their_positions(filled, workers, batch_size):
    torch_data = pytest.importorskip("torch.utils.data")
    read = dataset(filled, with_position=True, batch_size=batch_size or 1)
    for epoch in range(2):
        read.set_epoch(epoch)
        point, got = ResumePoint(read), []
        for batch in torch_data.DataLoader(read, batch_size=batch_size, num_workers=workers):
            token = point.token_after(batch)
            got += [batch.value] if batch_size is None else batch.value
            if len(got) > 50 and epoch == 1:
                break
        assert got == read.order()[:len(got)]
    again = dataset(filled)
    again.resume(token)
    assert got + list(again) == read.order()


def test_torch_workers_that_persist_are_refused(filled):
    torch_data = pytest.importorskip("torch.utils.data")
    loader = torch_data.DataLoader(dataset(filled), batch_size=None, num_workers=1, persistent_workers=True)
    assert len(list(loader)) == 100
    with pytest.raises(RuntimeError, match="persistent_workers"):
        list(loader)
