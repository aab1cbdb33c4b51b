"""File objects over keys: what `Ciaos.open` gives."""

from __future__ import annotations

import io
import mmap
import os
import tempfile
import warnings
from types import TracebackType
from typing import TYPE_CHECKING, Any, Optional, Tuple, Type, Union

from ._pipe import Pipe
from .errors import KeyExists, KeyNotFound, PreconditionFailed, TransferBroken
from .objects import ObjectInfo

if TYPE_CHECKING:
    from .client import Ciaos

BLOCK_BYTES = 1024 * 1024
"""What is read ahead by one request, and what is gathered before an upload begins, unless another size is given."""

_APPEND_BYTES = 1024 * 1024 * 1024
"""The most that is appended at one go: a request of the original protocol has to stay below 2 GiB."""

MODES = ("rb", "wb", "xb", "ab")


class CiaosFile(io.BufferedIOBase):
    """An object as a file, in binary.

    ``rb``: seeks, and reads ahead by blocks. All that is read is of the object that was there at the opening: once
    it is replaced or appended to, reading on raises `PreconditionFailed`, and never mixes the two.
    ``wb``: makes or replaces the object when the file is closed; nothing of it is seen before. From the first full
    block on it is sent while it is written, so that files larger than memory can be written. ``xb`` also demands that
    there is no such key: FileExistsError. ``ab`` appends when it is closed, and makes the key where there is none;
    what is to be appended is kept until then, beyond one block in a temporary file.

    An exception in a ``with`` block, `discard` and forgetting to close leave the store as it was. To be used by one
    thread at a time. A file for reading may be pickled, and goes on at the same place of the same object.

    key: of the object. mode: as above. block_bytes: read or sent at a time, at least 1. autocommit: False leaves it to
    `commit` to store what was written before `close`. info: of the very object to read, where it is known.
    """

    def __init__(self, client: Ciaos, key: str, mode: str = "rb", *, block_bytes: int = BLOCK_BYTES,
                 autocommit: bool = True, info: Optional[ObjectInfo] = None) -> None:
        # First, since an object that could not be made is disposed of as well.
        self._writer: Union[_Put, _Append, None] = None
        if mode not in MODES:
            raise ValueError(
                f"mode must be one of {', '.join(MODES)} (io.TextIOWrapper makes text of it), not {mode!r}")
        if block_bytes < 1:
            raise ValueError(f"block_bytes must be at least 1, not {block_bytes}")
        self.client = client
        self.key = self.name = key
        self.mode = mode
        self.block_bytes = block_bytes
        self.autocommit = autocommit
        self.info: Optional[ObjectInfo] = None
        """Of the object that is read; or, once it is stored, of the one that was written by ``wb`` or ``xb``."""
        self._written = 0
        self._process = os.getpid()
        if mode == "rb":
            self.info = info if info is not None else client.stat(key)
            self._reader = io.BufferedReader(_Ranges(client, key, self.info), block_bytes)
        elif mode == "ab":
            self._writer = _Append(client, key, block_bytes)
        else:
            if mode == "xb" and client.exists(key):
                raise FileExistsError(f"Key already exists: {key}")
            self._writer = _Put(client, key, block_bytes, create=mode == "xb")

    @property
    def size(self) -> int:
        """Bytes of the object that is read, or bytes written so far."""
        return self.info.size if self.mode == "rb" and self.info is not None else self._written

    def readable(self) -> bool:
        self._check_open()
        return self.mode == "rb"

    def seekable(self) -> bool:
        self._check_open()
        return self.mode == "rb"

    def writable(self) -> bool:
        self._check_open()
        return self.mode != "rb"

    # Reading. All of it is done by the buffer, which asks for blocks.

    def read(self, size: Optional[int] = -1, /) -> bytes:
        return self._for_reading().read(size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._for_reading().read1(size)

    def readinto(self, buffer: Any, /) -> int:
        return self._for_reading().readinto(buffer)

    def readinto1(self, buffer: Any, /) -> int:
        return self._for_reading().readinto1(buffer)

    def readline(self, size: Optional[int] = -1, /) -> bytes:
        return self._for_reading().readline(-1 if size is None else size)

    def peek(self, size: int = 0, /) -> bytes:
        """Bytes from here on, without going on: at least one unless the file ends here."""
        return self._for_reading().peek(size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._for_reading().seek(offset, whence)

    def tell(self) -> int:
        self._check_open()
        return self._written if self._writer is not None else self._reader.tell()

    # Writing.

    def write(self, data: Any, /) -> int:
        self._check_open()
        if self._writer is None:
            raise io.UnsupportedOperation("The file is open for reading")
        with memoryview(data) as given, given.cast("B") as view:
            self._writer.write(view)
            self._written += len(view)
            return len(view)

    def commit(self) -> None:
        """Stores what was written; `close` does it, unless ``autocommit`` is off."""
        writer, self._writer = self._writer, None
        if writer is not None:
            self.info = writer.commit()

    def discard(self) -> None:
        """Closes the file and leaves the store as it was."""
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.discard()
        super().close()

    def close(self) -> None:
        """Stores what was written. Where this raises nothing is stored, unless the error says that it is not known."""
        if self.closed:
            return
        try:
            if self.autocommit:
                self.commit()
        finally:
            super().close()

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        if kind is None:
            self.close()
        else:
            self.discard()

    def __del__(self) -> None:
        # A file that nobody closed may be half of what was to be written; and a copy in a forked process is nobody's.
        if self._writer is not None and os.getpid() == self._process:
            if self.autocommit:
                warnings.warn(f"{self!r} was never closed: nothing is stored", ResourceWarning, source=self)
            self.discard()

    def __reduce_ex__(self, protocol: Any) -> Tuple[Any, ...]:
        if self.mode != "rb" or self.closed:
            raise TypeError("Only a file that is open for reading can be pickled")
        return _reopen, (type(self), self.client, self.key, self.block_bytes, self.info, self.tell())

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.key!r}, mode {self.mode!r}>"

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("The file is closed")

    def _for_reading(self) -> io.BufferedReader:
        self._check_open()
        if self.mode != "rb":
            raise io.UnsupportedOperation("The file is open for writing")
        return self._reader


def _reopen(kind: Type[CiaosFile], client: Ciaos, key: str, block_bytes: int, info: ObjectInfo,
            position: int) -> CiaosFile:
    file = kind(client, key, block_bytes=block_bytes, info=info)
    file.seek(position)
    return file


class _Ranges(io.RawIOBase):
    """One version of an object, read by ranges."""

    def __init__(self, client: Ciaos, key: str, info: ObjectInfo) -> None:
        self._client = client
        self._key = key
        self._info = info
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        with memoryview(buffer) as given, given.cast("B") as view:
            data = self._read(len(view))
            view[:len(data)] = data
            return len(data)

    def readall(self) -> bytes:
        return self._read(self._info.size)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._info.size}.get(whence)
        if start is None:
            raise ValueError(f"whence must be 0, 1 or 2, not {whence}")
        if start + offset < 0:
            raise OSError(22, "Seek before the start of the file")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def _read(self, most: int) -> bytes:
        wanted = min(most, self._info.size - self._position)
        if wanted <= 0:
            return b""
        data = self._client.read(self._key, self._position, wanted, if_match=self._info.etag)
        if len(data) != wanted:
            raise TransferBroken(f"{len(data)} bytes came where {wanted} were to come", key=self._key)
        self._position += wanted
        return data


class _Put:
    """An object in the making: gathered to one block, then sent by a thread of its own while it is written."""

    def __init__(self, client: Ciaos, key: str, block_bytes: int, create: bool) -> None:
        self._client = client
        self._key = key
        self._block_bytes = block_bytes
        self._condition = "*" if create else None
        self._block = bytearray()
        self._pipe: Optional[Pipe[ObjectInfo]] = None

    def write(self, data: memoryview) -> None:
        while len(data) > 0:
            taken = data[:self._block_bytes - len(self._block)]
            self._block += taken
            data = data[len(taken):]
            if len(self._block) == self._block_bytes:
                self._hand_over()

    def commit(self) -> ObjectInfo:
        try:
            if self._pipe is None:
                return self._client.put_bytes(self._key, self._block, if_none_match=self._condition)
            if self._block:
                self._hand_over()
            return self._pipe.finish()
        except (KeyExists, PreconditionFailed) as error:
            if self._condition is None:
                raise
            raise FileExistsError(f"Key already exists: {self._key}") from error

    def discard(self) -> None:
        if self._pipe is not None:
            self._pipe.abort()

    def _hand_over(self) -> None:
        if self._pipe is None:
            self._pipe = Pipe(lambda body: self._client.put_stream(
                self._key, body, if_none_match=self._condition))
        block, self._block = self._block, bytearray()
        self._pipe.write(block)


class _Append:
    """What is to be appended, all at once: the store does not take it in parts that nobody sees."""

    def __init__(self, client: Ciaos, key: str, block_bytes: int) -> None:
        self._client = client
        self._key = key
        self._block_bytes = block_bytes
        self._spool = tempfile.SpooledTemporaryFile(max_size=block_bytes)

    def write(self, data: memoryview) -> None:
        self._spool.write(data)

    def commit(self) -> None:
        """Above 1 GiB it takes several appends, of which others may see the first before the last."""
        with self._spool:
            size = self._spool.tell()
            if size == 0:
                self._make()
                return
            if size <= self._block_bytes:
                self._spool.seek(0)
                self._append(memoryview(self._spool.read()))
                return
            self._spool.flush()
            # Unmapped when the last view of it is gone, and a request that failed may keep its own for a while.
            pages = memoryview(mmap.mmap(self._spool.fileno(), size, access=mmap.ACCESS_READ))
            for start in range(0, size, _APPEND_BYTES):
                self._append(pages[start:start + _APPEND_BYTES])

    def discard(self) -> None:
        self._spool.close()

    def _append(self, data: memoryview) -> None:
        try:
            self._client.append_bytes(self._key, [data])
        except KeyNotFound:
            if not self._make(data):
                self._client.append_bytes(self._key, [data])

    def _make(self, data: Union[bytes, memoryview] = b"") -> bool:
        """False where there is such a key already, be it that another made it in the meantime."""
        try:
            self._client.put_bytes(self._key, data, if_none_match="*")
        except (KeyExists, PreconditionFailed):
            return False
        return True
