"""The order of an epoch, who reads what of it, and how far one has come: pure functions of numbers and keys.

Positions count in the epoch's order, from 0. They are dealt in two steps, each from what is left to read:

1. to the ranks one by one: rank r of R has every R-th, from the r-th on;
2. of a rank's to its workers in groups of `batch_size`: worker w of n has every n-th group, from the w-th on. A
   DataLoader takes a batch from each worker in turn, so its batches come in the epoch's order.
"""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import json
from typing import Any, Dict, Iterable, Iterator, List, Optional, Sequence, Set

VERSION = 1


def order(keys: Sequence[str], seed: int, epoch: int) -> Sequence[int]:
    """The indexes of sorted keys in the epoch's order, the same on every machine.

    The keys are sorted by BLAKE2b with 16 bytes of digest, over the UTF-8 text ``ciaos-epoch-1``, seed, epoch and key,
    each but the key followed by a line feed.
    """
    head = hashlib.blake2b(f"ciaos-epoch-1\n{seed}\n{epoch}\n".encode(), digest_size=16)

    def rank(index: int) -> bytes:
        hashed = head.copy()
        hashed.update(keys[index].encode())
        return hashed.digest()

    return sorted(range(len(keys)), key=rank)


def fingerprint(keys: Iterable[str]) -> str:
    """Tells sets of sorted keys apart."""
    hashed = hashlib.blake2b(digest_size=16)
    for key in keys:
        encoded = key.encode()
        hashed.update(len(encoded).to_bytes(4, "big") + encoded)
    return hashed.hexdigest()


class IndexSet:
    """Numbers from 0: all below `first`, and some beyond."""

    def __init__(self, first: int = 0, beyond: Iterable[int] = ()) -> None:
        self.first = first
        self.beyond: Set[int] = set()
        for index in beyond:
            self.add(index)

    def __contains__(self, index: int) -> bool:
        return index < self.first or index in self.beyond

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IndexSet) and (self.first, self.beyond) == (other.first, other.beyond)

    def copy(self) -> IndexSet:
        return IndexSet(self.first, self.beyond)

    def add(self, index: int) -> None:
        if index > self.first:
            self.beyond.add(index)
        elif index == self.first:
            self.first += 1
            while self.beyond and self.first in self.beyond:
                self.beyond.remove(self.first)
                self.first += 1

    def take(self, count: int) -> None:
        """Adds the lowest `count` that are missing."""
        while count > 0 and self.beyond:
            self.add(self.first)
            count -= 1
        self.first += count

    def missing(self, among: Sequence[int]) -> Sequence[int]:
        """The members of `among` whose index in it is not in this set."""
        if not self.beyond:
            return among[self.first:]
        return [value for index, value in enumerate(among) if index not in self]

    def to_json(self) -> Dict[str, Any]:
        """``beyond`` becomes runs of [first, count, step]."""
        runs: List[List[int]] = []
        for index in sorted(self.beyond):
            if runs and runs[-1][1] == 1:
                runs[-1][1:] = [2, index - runs[-1][0]]
            elif runs and index == runs[-1][0] + runs[-1][1] * runs[-1][2]:
                runs[-1][1] += 1
            else:
                runs.append([index, 1, 1])
        return {"first": self.first, "beyond": runs}

    @classmethod
    def from_json(cls, told: Dict[str, Any]) -> IndexSet:
        return cls(told["first"], itertools.chain.from_iterable(
            range(first, first + count * step, step) for first, count, step in told["beyond"]))


@dataclasses.dataclass(frozen=True)
class Part:
    """Whose part of an epoch is meant."""

    rank: int = 0
    world: int = 1
    worker: int = 0
    workers: int = 1
    batch_size: int = 1

    def __post_init__(self) -> None:
        if not 0 <= self.rank < self.world:
            raise ValueError(f"rank must be from 0 to {self.world - 1} with a world_size of {self.world}")
        if not 0 <= self.worker < self.workers:
            raise ValueError(f"the worker must be from 0 to {self.workers - 1}, as there are {self.workers}")
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {self.batch_size}")


@dataclasses.dataclass
class Point:
    """How far an epoch of `count` keys was read.

    everyone: positions of which all know that they are done; they are not dealt any more.
    own: done by the rank since then, as indexes into what was dealt to it. Where there is one rank, `everyone` has all.
    taken: by the worker since then, so many of those dealt to it.
    part: whose `own` and `taken` these are; None where nothing is nobody's but one part's.
    """

    seed: int
    epoch: int
    count: int
    keys: str
    everyone: IndexSet = dataclasses.field(default_factory=IndexSet)
    own: IndexSet = dataclasses.field(default_factory=IndexSet)
    taken: int = 0
    part: Optional[Part] = None

    @property
    def identity(self) -> Any:
        """Two points of which this is equal are of the same epoch."""
        return self.seed, self.epoch, self.count, self.keys

    def of_rank(self, part: Part, drop_uneven: bool = False) -> Sequence[int]:
        """The positions dealt to a rank, done or not."""
        self._check(part)
        left = self.everyone.missing(range(self.count))
        most = len(left) // part.world * part.world if drop_uneven else len(left)
        return left[part.rank:most:part.world]

    def to_read(self, part: Part, drop_uneven: bool = False) -> Sequence[int]:
        """The positions that a worker has yet to read, in their order."""
        left = self.own.missing(self.of_rank(part, drop_uneven))
        if part.workers == 1:
            return left[self.taken:]
        if part.batch_size == 1:
            return left[part.worker::part.workers][self.taken:]
        size = part.batch_size
        dealt = (left[index] for start in range(part.worker * size, len(left), part.workers * size)
                 for index in range(start, min(start + size, len(left))))
        return list(itertools.islice(dealt, self.taken, None))

    def after(self, part: Part, read: int) -> Point:
        """The point once the worker has read `read` more."""
        point = dataclasses.replace(self, everyone=self.everyone.copy(), own=self.own.copy())
        if part.workers > 1:
            point.taken += read
            point.part = part
        elif part.world > 1:
            point.own.take(read)
            point.part = part
        else:
            point.everyone.take(read)
        return point

    def done(self) -> Iterator[int]:
        """All positions that were read."""
        yield from (position for position in range(self.count) if position in self.everyone)
        if self.part is not None:
            for index, position in enumerate(self.of_rank(self.part)):
                if index in self.own:
                    yield position
            everything = dataclasses.replace(self, taken=0).to_read(self.part)
            yield from everything[:self.taken]

    def to_json(self) -> Dict[str, Any]:
        told: Dict[str, Any] = {
            "version": VERSION, "seed": self.seed, "epoch": self.epoch, "count": self.count, "keys": self.keys,
            "everyone": self.everyone.to_json()}
        if self.part is not None:
            told.update(part=dataclasses.asdict(self.part), own=self.own.to_json(), taken=self.taken)
        return told

    @classmethod
    def from_json(cls, told: Dict[str, Any]) -> Point:
        if told.get("version") != VERSION:
            raise ValueError(f"The token is of version {told.get('version')}, this release reads version {VERSION}")
        point = cls(told["seed"], told["epoch"], told["count"], told["keys"], IndexSet.from_json(told["everyone"]))
        if "part" in told:
            point.part = Part(**told["part"])
            point.own = IndexSet.from_json(told["own"])
            point.taken = told["taken"]
        return point

    def _check(self, part: Part) -> None:
        own = self.part
        if own is None:
            return
        if (own.rank, own.world) != (part.rank, part.world):
            raise ValueError(
                f"The token is of rank {own.rank} of {own.world}, this is rank {part.rank} of {part.world}: give "
                "merge_tokens those of all ranks")
        if self.taken and (own.worker, own.workers, own.batch_size) != (part.worker, part.workers, part.batch_size):
            raise ValueError(
                f"The token is of worker {own.worker} of {own.workers}, by groups of {own.batch_size}; this is worker "
                f"{part.worker} of {part.workers}, by groups of {part.batch_size}: give merge_tokens those of all")


def merge_tokens(tokens: Iterable[str]) -> str:
    """One token of those of all ranks and workers, with which any number of ranks and workers can go on.

    What nobody's token tells is done once more: a rank or worker of which there is none begins again.
    """
    points = [Point.from_json(json.loads(token)) for token in tokens]
    if not points:
        raise ValueError("There are no tokens")
    first = points[0]
    for point in points:
        if point.identity != first.identity:
            raise ValueError("The tokens are of different epochs, seeds or keys")
    done = sorted(set(itertools.chain.from_iterable(point.done() for point in points)))
    merged = Point(first.seed, first.epoch, first.count, first.keys, IndexSet(0, done))
    return json.dumps(merged.to_json(), separators=(",", ":"))
