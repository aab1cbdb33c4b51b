"""Hands what one thread writes to another one that sends it."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any, Callable, Deque, Generic, Optional, TypeVar

T = TypeVar("T")

_BLOCKS_WAITING = 2


class _Aborted(Exception):
    """The writer gave up; the request is cut, so that nothing is stored."""


class Pipe(Generic[T]):
    """Runs `consume` in a thread and feeds it the blocks that are written.

    `consume` gets something with `read(n)`, and its result is that of `finish`. No more than a few blocks wait, so a
    writer that is faster than the network waits. Where `consume` fails, writing raises its error.
    """

    def __init__(self, consume: Callable[[Any], T]) -> None:
        self._consume = consume
        self._changed = threading.Condition()
        self._blocks: Deque[memoryview] = deque()
        self._complete = False
        self._aborted = False
        self._ended = False
        self._result: Optional[T] = None
        self._error: Optional[BaseException] = None
        # A daemon: a program that ends without closing its file shall end, and the object shall not appear.
        self._thread = threading.Thread(target=self._run, name="ciaos-upload", daemon=True)
        self._thread.start()

    # The writer's side.

    def write(self, block: bytearray) -> None:
        """The block changes owner."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or len(self._blocks) < _BLOCKS_WAITING)
            if self._ended:
                self._raise()
            self._blocks.append(memoryview(block))
            self._changed.notify_all()

    def finish(self) -> T:
        with self._changed:
            self._complete = True
            self._changed.notify_all()
        self._thread.join()
        if self._error is not None:
            self._raise()
        return self._result  # type: ignore[return-value]

    def abort(self) -> None:
        with self._changed:
            self._aborted = True
            self._blocks.clear()
            self._changed.notify_all()
        self._thread.join()

    def _raise(self) -> None:
        raise self._error or RuntimeError("The upload ended before all was written")

    # The sender's side.

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes, fewer where a block ends; none at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._aborted or self._complete or bool(self._blocks))
            if self._aborted:
                raise _Aborted()
            if not self._blocks:
                return b""
            block = self._blocks[0]
            if size < 0 or size >= len(block):
                self._blocks.popleft()
                self._changed.notify_all()
                return bytes(block)
            self._blocks[0] = block[size:]
            return bytes(block[:size])

    def _run(self) -> None:
        try:
            self._result = self._consume(self)
        except BaseException as error:
            self._error = error
        finally:
            with self._changed:
                self._ended = True
                self._changed.notify_all()
