"""The frames of batches, as docs/formats-wire.md has them: many objects in one stream."""

from __future__ import annotations

import struct
from typing import Iterator, List, NamedTuple, Optional, Protocol, Sequence, Tuple, Union

from .errors import ServerError, TransferBroken

CONTENT_TYPE = "application/vnd.ciaos.frames"

OBJECT, END = 1, 2
MODES = {"create": 1, "replace": 2, "upsert": 3, "append": 4}

# Kind, status or mode, index or bytes of the key, number of files, bytes of the body.
HEADER = struct.Struct("<HHIIQ")
_LENGTH = struct.Struct("<Q")
_BUFFER_BYTES = 1 << 20
_STEP_BYTES = 1 << 26
# More files or bytes in a frame than this are damage, not data.
_MAX_FILES = 1 << 27
_MAX_BODY_BYTES = 1 << 48

Files = List[Union[bytearray, memoryview]]


class Frame(NamedTuple):
    item: int
    """Which of those that were asked for, from 0."""
    status: int
    files: Optional[Files]
    """None unless the status is 200."""
    text: str


class Source(Protocol):
    def readinto(self, view: memoryview) -> int:
        """Fills the view; fewer bytes than it holds come only at the end."""

    def read_exactly(self, view: memoryview) -> None:
        """Fills the view or raises."""


class FrameReader:
    """Reads a batch through one buffer. What is cut off is `TransferBroken`, what is wrong `ServerError`.

    This loop is what a batch of small objects waits for: little is done for each of them.

    An object's files are given as copies of their own, so that one which is kept does not keep a megabyte of others.
    One that is larger than the buffer is read into memory of its own; its files, if several, are views of it.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._buffer = bytearray(_BUFFER_BYTES)
        self._view = memoryview(self._buffer)
        self._at = 0
        self._end = 0

    def __iter__(self) -> Iterator[Frame]:
        buffer, unpack, header = self._buffer, HEADER.unpack_from, HEADER.size
        told = 0
        while True:
            if self._end - self._at < header:
                self._fill(header)
            kind, status, index, count, size = unpack(buffer, self._at)
            if kind == END:
                if index != told:
                    raise ServerError(f"The batch ends after {index} frames, but {told} came")
                self._finish()
                return
            if kind != OBJECT or count > _MAX_FILES or size > _MAX_BODY_BYTES:
                raise ServerError(f"Not a frame: kind {kind}, {count} files, {size} bytes")
            told += 1
            whole = header + 8 * count + size
            if whole > _BUFFER_BYTES:
                yield self._large(index, status, count, size)
                continue
            if self._end - self._at < whole:
                self._fill(whole)
            start = self._at + header
            self._at += whole
            if status != 200:
                yield Frame(index, status, None, buffer[start:start + size].decode("utf-8", "replace"))
            elif count == 1:
                if _LENGTH.unpack_from(buffer, start)[0] != size:
                    raise ServerError("A frame whose lengths are not those of its files")
                yield Frame(index, status, [buffer[start + 8:start + 8 + size]], "")
            else:
                files: Files = [buffer[a:b] for a, b in _places(buffer, start, count, size)]
                yield Frame(index, status, files, "")

    def _fill(self, needed: int) -> None:
        """Brings at least so many bytes into the buffer, and as many more as fit."""
        left = self._end - self._at
        self._view[:left] = self._view[self._at:self._end]
        self._at, self._end = 0, left + self._source.readinto(self._view[left:])
        if self._end < needed:
            raise TransferBroken("The batch was cut in the middle")

    def _finish(self) -> None:
        """Behind the last frame there is nothing. Asked for, so that the connection is known to be at its end."""
        if self._end - self._at > HEADER.size or self._source.readinto(self._view[:1]):
            raise ServerError("Something follows the end of the batch")

    def _large(self, index: int, status: int, count: int, size: int) -> Frame:
        self._at += HEADER.size
        head = self._take(8 * count)
        body = self._take(size)
        if status != 200:
            return Frame(index, status, None, body.decode("utf-8", "replace"))
        places = _places(head, 0, count, size)
        if count == 1:
            return Frame(index, status, [body], "")
        view, first = memoryview(body), 8 * count
        return Frame(index, status, [view[a - first:b - first] for a, b in places], "")

    def _take(self, size: int) -> bytearray:
        filled = min(size, self._end - self._at)
        taken = bytearray(self._view[self._at:self._at + filled])
        self._at += filled
        while filled < size:
            # Memory grows with what has come: a frame may claim any length.
            step = min(size - filled, max(filled, _STEP_BYTES))
            taken.extend(bytes(step))
            with memoryview(taken) as whole, whole[filled:] as part:
                self._source.read_exactly(part)
            filled += step
        return taken


def _places(buffer: bytearray, start: int, count: int, size: int) -> Sequence[Tuple[int, int]]:
    """Where each file begins and ends, counted from the start of the buffer that has the lengths at `start`."""
    lengths = struct.unpack_from(f"<{count}Q", buffer, start)
    if sum(lengths) != size:
        raise ServerError("A frame whose lengths are not those of its files")
    places = []
    at = start + 8 * count
    for length in lengths:
        places.append((at, at + length))
        at += length
    return places


def object_head(mode: int, key: bytes, lengths: Sequence[int]) -> bytes:
    """What stands before the files of an object that is to be put."""
    return b"".join((HEADER.pack(OBJECT, mode, len(key), len(lengths), sum(lengths)), key,
                     struct.pack(f"<{len(lengths)}Q", *lengths)))


END_FRAME = HEADER.pack(END, 0, 0, 0, 0)
