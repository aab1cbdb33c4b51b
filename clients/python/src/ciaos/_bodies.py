"""What requests carry: files, streams and lists of files, sent without a joined copy."""

from __future__ import annotations

import contextlib
import io
from typing import Any, Callable, Iterable, Iterator, List, Optional, Sequence, Union

from . import _flatbuffers
from ._transport import Body
from .errors import SourceEnded

# What is read and written at a time. Large enough for Python not to matter, and small enough to be in the processor's
# cache when it is written a moment after it was read: a megabyte takes half as long again.
BLOCK_BYTES = 1 << 18
# Parts smaller than this are sent together: a packet of their own costs more than copying them.
_SMALL_BYTES = 1 << 16

Part = Union[bytes, memoryview]
Told = Callable[[int], object]


class Parts(Body):
    """Parts that lie in memory."""

    def __init__(self, make: Callable[[], Iterable[Part]], size: int) -> None:
        self._make = make
        self.size: int = size

    def __len__(self) -> int:
        return self.size

    def __iter__(self) -> Iterator[Part]:
        return gather(self._make())


class FileList(Parts):
    """A FlatBuffers list of files."""

    def __init__(self, files: Sequence[memoryview]) -> None:
        lengths = [len(file) for file in files]
        # Checked here, since ValueError must not come when half of a request is out.
        size = _flatbuffers.encoded_bytes(lengths)
        if size > _flatbuffers.MAX_BYTES:
            raise ValueError(f"A list of files has {_flatbuffers.MAX_BYTES} bytes at most, this one has {size}")
        super().__init__(lambda: _flatbuffers.parts(files, lengths), size)


class SourceFailed(Exception):
    """Carries what reading a source raised past whoever sends it, to be raised as it was by `source_errors`."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


@contextlib.contextmanager
def source_errors() -> Iterator[None]:
    try:
        yield
    except SourceFailed as failed:
        raise failed.error from None


class StreamBody(Body):
    """What is left to read in a file or a stream, through one buffer."""

    def __init__(self, stream: Any, size: Optional[int], told: Optional[Told] = None,
                 before: bytes = b"", after: bytes = b"") -> None:
        self._stream = stream
        self._content_bytes = size
        self._told = told
        self._before, self._after = before, after
        self.size = None if size is None else len(before) + size + len(after)
        self._start: Optional[int] = _position(stream)
        self._is_begun = False
        self.sent_bytes = 0

    def __len__(self) -> int:
        return self.size or 0

    @property
    def can_repeat(self) -> bool:  # type: ignore[override]
        return self._start is not None or not self._is_begun

    def __iter__(self) -> Iterator[Part]:
        try:
            yield from self._parts()
        except Exception as error:
            # Whatever it is, it is the source's. As it is, an OSError would be taken for one of the connection.
            raise SourceFailed(error) from error

    def _parts(self) -> Iterator[Part]:
        if self._is_begun:
            self._stream.seek(self._start)
        self._is_begun = True
        self.sent_bytes = 0
        yield self._before
        for block in self._blocks():
            yield block
            self.sent_bytes += len(block)
            if self._told is not None:
                self._told(self.sent_bytes)
        if self._content_bytes is not None and self.sent_bytes != self._content_bytes:
            raise SourceEnded(
                f"The source ended after {self.sent_bytes} of the {self._content_bytes} bytes that it was to have")
        yield self._after

    def _blocks(self) -> Iterator[Part]:
        left = self._content_bytes
        if left is None or not isinstance(self._stream, (io.RawIOBase, io.BufferedIOBase)):
            while left is None or left > 0:
                block = self._stream.read(BLOCK_BYTES if left is None else min(BLOCK_BYTES, left))
                if not block:
                    return
                if not isinstance(block, (bytes, bytearray, memoryview)):
                    raise TypeError("Open it in binary mode: what is stored is bytes")
                yield bytes(block)
                left = None if left is None else left - len(block)
            return
        # The same memory again and again: a block is out before the next is asked for.
        buffer = memoryview(bytearray(min(BLOCK_BYTES, max(left, 1))))
        while left > 0:
            got = self._stream.readinto(buffer[:min(len(buffer), left)])
            if not got:
                return
            yield buffer[:got]
            left -= got


def file_as_list(file: io.RawIOBase, size: int) -> StreamBody:
    """A file as a FlatBuffers list of one, never wholly in memory. ValueError where it is too long for that."""
    before = _flatbuffers.head([size]) + size.to_bytes(4, "little")
    return StreamBody(file, size, None, before, b"\0" * (-size % 4))


def gather(parts: Iterable[Part]) -> Iterator[Part]:
    """The same bytes, in pieces that are worth a call each."""
    small: List[Part] = []
    small_bytes = 0
    for part in parts:
        if len(part) < _SMALL_BYTES:
            small.append(part)
            small_bytes += len(part)
            if small_bytes < BLOCK_BYTES:
                continue
            part = b""
        if small:
            yield b"".join(small)
            small, small_bytes = [], 0
        if part:
            yield part
    if small:
        yield b"".join(small)


def _position(stream: Any) -> Optional[int]:
    """Where a stream stands, or None where one cannot come back to it."""
    try:
        if hasattr(stream, "seekable") and not stream.seekable():
            return None
        position: int = stream.tell()
        stream.seek(position)
        return position
    except (AttributeError, OSError, ValueError):
        return None
