"""Datasets over keys, for training loops: with PyTorch where it is installed, and without.

`CiaosMapDataset` gives objects by number, `CiaosIterableDataset` whole epochs in an order that a seed makes, shared by
ranks and workers, and to be gone on with after a crash. PyTorch is imported by this module alone.
"""

from __future__ import annotations

import array
import bisect
import itertools
import json
import sys
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Callable, Deque, Dict, Iterable, Iterator, List, NamedTuple, Optional
from typing import Sequence, Tuple, Union

from . import _epoch
from ._epoch import Part, Point, merge_tokens
from .client import Ciaos, Files
from .config import Config

if TYPE_CHECKING:
    class _MapBase:
        pass

    class _IterableBase:
        pass

    def _worker_of_torch() -> Optional[Tuple[int, int]]: ...
else:
    try:
        from torch.utils.data import Dataset as _MapBase, IterableDataset as _IterableBase, get_worker_info
    except ImportError:
        _MapBase = _IterableBase = object
        get_worker_info = None

    def _worker_of_torch():
        info = get_worker_info() if get_worker_info is not None else None
        return None if info is None else (info.id, info.num_workers)

__all__ = ["CiaosIterableDataset", "CiaosMapDataset", "Positioned", "ResumePoint", "merge_tokens"]

Transform = Callable[[str, Any], Any]


class Positioned(NamedTuple):
    """A sample that knows its place. A DataLoader's default collation makes one of tensors of these."""

    epoch: Any
    position: Any
    """Counted in the epoch's order, over all ranks, from 0."""
    value: Any


class CiaosMapDataset(_MapBase):
    """Objects by number: ``dataset[i]`` is what `transform` makes of the i-th key and its files.

    client: or the `Config` for one. prefix: all keys that begin with it (by default all), listed once, now, in the order
    of their bytes.
    keys: these instead, in this order; one may come twice. transform: called with a key and the list of its files
    (bytearrays or memoryviews); without it a sample is the pair of the two.
    A DataLoader that fetches whole batches (PyTorch 2) gets each by one request.
    """

    def __init__(self, client: Union[Ciaos, Config], *, prefix: Optional[str] = None,
                 keys: Optional[Iterable[str]] = None, transform: Optional[Transform] = None) -> None:
        self.client = _client(client)
        self.keys = _listed(self.client, prefix)[0] if keys is None else _given(keys, prefix)
        self.transform = transform

    def __len__(self) -> int:
        return len(self.keys)

    def __getitem__(self, index: int) -> Any:
        return self.__getitems__([index])[0]

    def __getitems__(self, indices: Sequence[int]) -> List[Any]:
        keys = [self.keys[index] for index in indices]
        files = _fetch(self.client, list(dict.fromkeys(keys)))
        return [_sample(self.transform, key, files[key]) for key in keys]


class CiaosIterableDataset(_IterableBase):
    """Every object once an epoch, in an order that is a pure function of seed, epoch and the sorted keys.

    The keys are listed once, when the dataset is made, and must be the same for all ranks. An object that is gone when
    its turn comes raises `KeyNotFound`.

    client: or the `Config` for one. prefix, keys, transform: as of `CiaosMapDataset`, but each key may come once only,
    and the order of `keys` does not matter. shuffle: without it the order is that of the keys' bytes.
    rank, world_size: whose part is meant; by default those of torch.distributed where it is in use, else all.
    worker: (i, n) without a DataLoader: this is the i-th of n processes that share the rank's part. The workers of a
    DataLoader are known by themselves.
    batch_size: of the DataLoader. Given, its batches come in the epoch's order, for any number of workers.
    drop_uneven: leaves out the last keys, fewer than there are ranks, so that every rank has equally many.
    batch_keys, batch_bytes: fetched by one request are at most so many objects and bytes, and at least one object
    (the sizes are known where the keys were listed here). prefetch: so many such requests go ahead of the consumer;
    0 for none. A worker holds up to prefetch + 1 batches.
    with_position: samples come as `Positioned`, which is what a `ResumePoint` is fed with.
    """

    def __init__(self, client: Union[Ciaos, Config], *, prefix: Optional[str] = None,
                 keys: Optional[Iterable[str]] = None, transform: Optional[Transform] = None, shuffle: bool = True,
                 seed: int = 0, rank: Optional[int] = None, world_size: Optional[int] = None,
                 worker: Optional[Tuple[int, int]] = None, batch_size: int = 1, drop_uneven: bool = False,
                 batch_keys: int = 256, batch_bytes: int = 64 * 1024 * 1024, prefetch: int = 2,
                 with_position: bool = False) -> None:
        if batch_keys < 1 or batch_bytes < 1 or prefetch < 0:
            raise ValueError("batch_keys and batch_bytes must be at least 1, prefetch at least 0")
        self.client = _client(client)
        self.transform = transform
        self.shuffle = shuffle
        self.drop_uneven = drop_uneven
        self.batch_keys = batch_keys
        self.batch_bytes = batch_bytes
        self.prefetch = prefetch
        self.with_position = with_position
        self._sizes: Optional[array.array[int]] = None
        if keys is None:
            self.keys, self._sizes = _listed(self.client, prefix)
        else:
            self.keys = sorted(_given(keys, prefix))
            if any(one == next_one for one, next_one in zip(self.keys, self.keys[1:])):
                raise ValueError("A key comes more than once")
        self._worker = worker
        rank, world_size = _rank(rank, world_size)
        self._part = Part(rank, world_size, *(worker or (0, 1)), batch_size=batch_size)
        self._start = Point(int(seed), 0, len(self.keys), f"{_epoch.fingerprint(self.keys)}{'' if shuffle else '-sorted'}")
        self._progress = _Progress(self._start, self._part)
        self._iterated_by_worker = False

    @property
    def seed(self) -> int:
        return self._start.seed

    @property
    def epoch(self) -> int:
        return self._start.epoch

    def set_epoch(self, epoch: int) -> None:
        """The epoch that the next iteration reads. One that was gone on with stays so, if it is the same."""
        if epoch != self._start.epoch:
            self._begin_at(Point(self.seed, int(epoch), self._start.count, self._start.keys))

    def __len__(self) -> int:
        """How many samples the next iteration has for this rank; or for this worker, if ``worker`` was given."""
        return len(self._start.to_read(self._part, self.drop_uneven))

    def __iter__(self) -> Iterator[Any]:
        self._progress = _Progress(self._start, self._part)
        return self._iterate(self._progress)

    # Going on after a crash.

    def state_dict(self) -> Dict[str, Any]:
        """Where the latest iteration of this very object is: what it handed out counts as read.

        This knows nothing of samples that a DataLoader's workers handed out, since they have copies of the dataset:
        there, a `ResumePoint` in the main process is what counts.
        """
        return self._progress.point().to_json()

    def load_state_dict(self, state: Dict[str, Any]) -> None:
        """Every iteration begins there, until `set_epoch` is told another epoch.

        Raises ValueError where seed or keys are others, or the state is that of another rank or worker.
        """
        point = Point.from_json(state)
        if (point.seed, point.count, point.keys) != (self.seed, self._start.count, self._start.keys):
            raise ValueError(
                f"The token is of seed {point.seed} and {point.count} keys ({point.keys}), the dataset of seed "
                f"{self.seed} and {self._start.count} keys ({self._start.keys})")
        point.of_rank(self._part)
        self._begin_at(point)

    def token(self) -> str:
        """`state_dict` as one line of JSON."""
        return json.dumps(self.state_dict(), separators=(",", ":"))

    def resume(self, token: str) -> None:
        """`load_state_dict` from a `token`, of this object, a `ResumePoint` or `merge_tokens`."""
        self.load_state_dict(json.loads(token))

    def order(self) -> List[str]:
        """All keys in the epoch's order, over all ranks: position p is the p-th of them."""
        return [self.keys[index] for index in self._order()]

    # Within.

    def _order(self) -> Sequence[int]:
        return _epoch.order(self.keys, self.seed, self.epoch) if self.shuffle else range(len(self.keys))

    def _begin_at(self, point: Point) -> None:
        self._start = point
        self._progress = _Progress(point, self._part)

    def _part_here(self) -> Part:
        part = self._part
        of_torch = _worker_of_torch()
        if of_torch is None:
            return part
        if self._iterated_by_worker:
            raise RuntimeError(
                "A DataLoader with persistent_workers keeps copies of the dataset, which set_epoch does not reach: "
                "leave persistent_workers off")
        self._iterated_by_worker = True
        if self._worker is None:
            return Part(part.rank, part.world, *of_torch, batch_size=part.batch_size)
        if of_torch[1] > 1:
            raise ValueError("worker was given, and a DataLoader has workers too: leave one of them out")
        return part

    def _iterate(self, progress: _Progress) -> Iterator[Any]:
        # Here and not before, since of an error at the first sample a DataLoader tells the text.
        progress.part = self._part_here()
        start = progress.start
        to_read = start.to_read(progress.part, self.drop_uneven)
        if len(to_read) == 0:
            return
        order = self._order()
        batches = self._batches(to_read, order)

        def fetch(positions: List[int]) -> List[Tuple[int, str, Files]]:
            keys = [self.keys[order[position]] for position in positions]
            files = _fetch(self.client, keys)
            return [(position, key, files[key]) for position, key in zip(positions, keys)]

        for batch in _ahead(fetch, batches, self.prefetch):
            # From the end, so that no batch is held longer than its last sample.
            batch.reverse()
            while batch:
                position, key, files = batch.pop()
                value = _sample(self.transform, key, files)
                progress.read += 1
                yield Positioned(start.epoch, position, value) if self.with_position else value

    def _batches(self, to_read: Sequence[int], order: Sequence[int]) -> Iterator[List[int]]:
        batch: List[int] = []
        size = 0
        for position in to_read:
            more = self._sizes[order[position]] if self._sizes is not None else 0
            if batch and (len(batch) == self.batch_keys or size + more > self.batch_bytes):
                yield batch
                batch, size = [], 0
            batch.append(position)
            size += more
        yield batch


class ResumePoint:
    """What the main process has really consumed of the dataset's current epoch, whoever fetched it.

    A DataLoader's workers run ahead of the loop that trains, so only the loop knows. The dataset is made with
    ``with_position=True``; each batch, once it has been dealt with, goes to `token_after`, and its token is saved with
    the model. After a crash, `CiaosIterableDataset.resume` with the last token that was saved goes on with exactly those
    samples that no such token tells of. Make a new one for each epoch, after `set_epoch`.
    """

    def __init__(self, dataset: CiaosIterableDataset) -> None:
        start = dataset._start
        if start.taken:
            raise ValueError("The dataset goes on at a worker's own token: give merge_tokens those of all workers")
        part = dataset._part
        self._point = start.after(part, 0)
        self._point.part = Part(part.rank, part.world) if part.world > 1 else None
        self._dealt = start.of_rank(part)

    def consumed(self, samples: Any) -> None:
        """Samples as the dataset gave them, in any nesting of lists, or collated. Twice is as good as once."""
        for epoch, position in _positions(samples):
            if epoch != self._point.epoch:
                raise ValueError(f"A sample of epoch {epoch} came, where epoch {self._point.epoch} was to be read")
            self._add(position)

    def token_after(self, samples: Any) -> str:
        """The token by which these and all that was consumed before are not read again."""
        self.consumed(samples)
        return self.token()

    def state_dict(self) -> Dict[str, Any]:
        return self._point.to_json()

    def token(self) -> str:
        return json.dumps(self.state_dict(), separators=(",", ":"))

    def _add(self, position: int) -> None:
        dealt = self._dealt
        # Ascending; of a range this computes what it compares.
        index = bisect.bisect_left(dealt, position)
        if index >= len(dealt) or dealt[index] != position:
            raise ValueError(f"Position {position} is not of this rank's part")
        if self._point.part is None:
            self._point.everyone.add(position)
        else:
            self._point.own.add(index)


class _Progress:
    """How far one iteration is."""

    def __init__(self, start: Point, part: Part) -> None:
        self.start = start
        self.part = part
        self.read = 0

    def point(self) -> Point:
        return self.start.after(self.part, self.read) if self.read else self.start


def _client(given: Union[Ciaos, Config]) -> Ciaos:
    return Ciaos(given) if isinstance(given, Config) else given


def _given(keys: Iterable[str], prefix: Optional[str]) -> List[str]:
    if prefix is not None:
        raise ValueError("Give prefix or keys, not both")
    return list(keys)


def _listed(client: Ciaos, prefix: Optional[str]) -> Tuple[List[str], array.array[int]]:
    keys, sizes = [], array.array("Q")
    for info in client.list(prefix or ""):
        keys.append(info.key)
        sizes.append(info.size)
    return keys, sizes


def _rank(rank: Optional[int], world_size: Optional[int]) -> Tuple[int, int]:
    if (rank is None) != (world_size is None):
        raise ValueError("Give rank and world_size, or neither")
    if rank is not None and world_size is not None:
        return int(rank), int(world_size)
    distributed = getattr(sys.modules.get("torch"), "distributed", None)
    if distributed is not None and distributed.is_available() and distributed.is_initialized():
        return int(distributed.get_rank()), int(distributed.get_world_size())
    return 0, 1


def _fetch(client: Ciaos, keys: List[str]) -> Dict[str, Files]:
    """By one request, in the order of the disk."""
    return dict(client.get_many(keys))


def _sample(transform: Optional[Transform], key: str, files: Files) -> Any:
    return (key, files) if transform is None else transform(key, files)


def _ahead(fetch: Callable[[List[int]], List[Tuple[int, str, Files]]], batches: Iterator[List[int]],
           prefetch: int) -> Iterator[List[Tuple[int, str, Files]]]:
    """What is fetched, in the order of the batches; up to `prefetch` of them before they are asked for."""
    if prefetch == 0:
        yield from map(fetch, batches)
        return
    threads = ThreadPoolExecutor(prefetch, thread_name_prefix="ciaos-prefetch")
    try:
        running: Deque[Future[List[Tuple[int, str, Files]]]] = deque(
            threads.submit(fetch, batch) for batch in itertools.islice(batches, prefetch))
        while running:
            fetched = running.popleft().result()
            # Only now, so that no more than one batch is in use and `prefetch` of them are coming.
            running.extend(threads.submit(fetch, batch) for batch in itertools.islice(batches, 1))
            yield fetched
            del fetched
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _positions(samples: Any) -> Iterator[Tuple[int, int]]:
    if isinstance(samples, Positioned):
        epochs, positions = _numbers(samples.epoch), _numbers(samples.position)
        if len(epochs) != len(positions):
            raise ValueError("A collated batch must have an epoch for each position")
        yield from zip(epochs, positions)
    elif isinstance(samples, (list, tuple)):
        for each in samples:
            yield from _positions(each)
    else:
        raise TypeError(
            f"Samples of a dataset made with with_position=True were to come, not {type(samples).__name__}")


def _numbers(given: Any) -> List[int]:
    """A number, or a tensor or list of them."""
    if hasattr(given, "tolist"):
        given = given.tolist()
    return [int(each) for each in given] if isinstance(given, (list, tuple)) else [int(given)]
