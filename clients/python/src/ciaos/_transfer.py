"""Whole objects of any size, streamed both ways through one small buffer."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import re
import stat
import uuid
from typing import Any, BinaryIO, Dict, Iterator, Optional, Union

from . import _objects
from ._bodies import BLOCK_BYTES, StreamBody, source_errors
from ._progress import Meter, Progress
from ._transport import Body, Patience, Reply, Request, Transport, idempotency_key
from ._urls import escape
from .errors import KeyExists, PreconditionFailed, RangeNotSatisfiable, TransferBroken
from .objects import BytesLike, ObjectInfo, quote_etag

Path = Union[str, "os.PathLike[str]"]


@dataclasses.dataclass(frozen=True)
class PutOptions:
    overwrite: bool = True
    content_type: Optional[str] = None
    if_match: Optional[str] = None
    if_none_match: Optional[str] = None

    def headers(self) -> Dict[str, str]:
        headers = idempotency_key()
        if self.content_type:
            headers["Content-Type"] = self.content_type
        if self.if_match is not None:
            headers["If-Match"] = quote_etag(self.if_match)
        if self.if_none_match is not None:
            headers["If-None-Match"] = quote_etag(self.if_none_match)
        elif not self.overwrite:
            headers["If-None-Match"] = "*"
        return headers


def put_file(transport: Transport, path: Path, key: Optional[str], progress: Progress,
             options: PutOptions) -> ObjectInfo:
    name = os.path.basename(os.fspath(path)) if key is None else key
    with open(path, "rb", buffering=0) as file:
        told = os.fstat(file.fileno())
        # Pipes, devices and what the kernel makes up while it is read have no length to go by.
        size = told.st_size if stat.S_ISREG(told.st_mode) and told.st_size > 0 else None
        return put_stream(transport, name, file, size, progress, options)


def put_stream(transport: Transport, key: str, stream: Any, size: Optional[int], progress: Progress,
               options: PutOptions) -> ObjectInfo:
    if size is None:
        size = _bytes_left(stream)
    with Meter(progress, key) as meter, source_errors():
        meter.total = size
        body = StreamBody(stream, size, meter)
        etag = _put(transport, key, body, options)
    return ObjectInfo(key, body.sent_bytes, 1, etag, content_type=options.content_type)


def put_bytes(transport: Transport, key: str, data: BytesLike, options: PutOptions) -> ObjectInfo:
    view = memoryview(data)
    content = data if isinstance(data, bytes) else bytes(view) if view.nbytes < BLOCK_BYTES else None
    if content is not None:
        return ObjectInfo(key, len(content), 1, _put(transport, key, content, options),
                          content_type=options.content_type)
    return put_stream(transport, key, _Bytes(view), view.nbytes, None, options)


def _put(transport: Transport, key: str, body: Union[bytes, Body], options: PutOptions) -> Optional[str]:
    request = Request("PUT", f"/raw/{escape(key)}", key, options.headers(), body, (200, 201))
    try:
        reply, _ = transport.call(request)
    except PreconditionFailed as error:
        if not options.overwrite and options.if_match is None and options.if_none_match is None:
            raise KeyExists("Key already exists", error.status, key, error.request_id) from error
        raise
    return reply.etag


def _bytes_left(stream: Any) -> Optional[int]:
    """How much there is to read, or None where that is not to be known. Of a text file it would not be bytes."""
    if isinstance(stream, io.TextIOBase):
        raise TypeError("Open it in binary mode: what is stored is bytes")
    try:
        if not stream.seekable():
            return None
        here = stream.tell()
        end: int = stream.seek(0, os.SEEK_END)
        stream.seek(here)
        # Zero may be the truth, or what the kernel says of files that it makes up while they are read.
        return end - here or None
    except (AttributeError, OSError, ValueError, TypeError):
        return None


class _Bytes(io.RawIOBase):
    """Bytes in memory as a file, which io.BytesIO would copy."""

    def __init__(self, view: memoryview) -> None:
        self._view = view.cast("B") if view.c_contiguous else memoryview(view.tobytes())
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._at = offset + (0 if whence == os.SEEK_SET else self._at if whence == os.SEEK_CUR else len(self._view))
        return self._at

    def readinto(self, buffer: Any) -> int:
        piece = self._view[self._at:self._at + len(buffer)]
        buffer[:len(piece)] = piece
        self._at += len(piece)
        return len(piece)


def read(transport: Transport, key: str, offset: int, length: Optional[int], if_match: Optional[str]) -> bytes:
    if length == 0:
        _objects.stat(transport, key)
        return b""
    request = _ranged(key, offset, length, if_match)
    try:
        reply, content = transport.call(request)
    except RangeNotSatisfiable:
        return b""
    _check_range(reply, request, offset)
    return content


def get_to(transport: Transport, key: str, target: Union[Path, BinaryIO], offset: int, length: Optional[int],
           progress: Progress, if_match: Optional[str]) -> ObjectInfo:
    with Meter(progress, key) as meter:
        if hasattr(target, "write"):
            return _Download(transport, key, target, offset, length, if_match, meter).run()
        with _whole_file(target) as file:
            return _Download(transport, key, file, offset, length, if_match, meter, may_restart=True).run()


@contextlib.contextmanager
def _whole_file(path: Path) -> Iterator[io.FileIO]:
    """A file that gets its name when all is in it. Beside its place, since a name can only change within a disk."""
    folder, name = os.path.split(os.fspath(path))
    if os.path.isdir(path):
        raise IsADirectoryError(f"Is a directory: {os.fspath(path)}")
    temporary = os.path.join(folder, f".{name[:200]}.{uuid.uuid4().hex[:8]}.part")
    try:
        with open(temporary, "xb", buffering=0) as file:
            yield file
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


class _Download:
    """One object on its way to a file, over as many connections as it takes."""

    def __init__(self, transport: Transport, key: str, file: Any, offset: int, length: Optional[int],
                 if_match: Optional[str], meter: Meter, may_restart: bool = False) -> None:
        if offset < 0 or (length is not None and length < 0):
            raise ValueError("offset and length are not negative")
        self._transport, self._key, self._file, self._meter = transport, key, file, meter
        self._offset, self._length, self._if_match = offset, length, if_match
        self._may_restart = may_restart
        # What is kept by its writer must not be a view of the buffer that the next block comes into.
        self._takes_views = isinstance(file, (io.RawIOBase, io.BufferedIOBase))
        self._received = 0
        self._etag: Optional[str] = if_match
        self._info: Optional[ObjectInfo] = None

    def run(self) -> ObjectInfo:
        if self._length == 0:
            return _objects.stat(self._transport, self._key)
        patience = Patience(self._transport.config)
        while True:
            try:
                with self._open(patience) as reply:
                    self._copy(reply, patience)
                assert self._info is not None
                return self._info
            except RangeNotSatisfiable:
                # The object ends before the range begins: there is nothing to write, as when a file is read there.
                return _objects.stat(self._transport, self._key)
            except PreconditionFailed as error:
                if self._received == 0 or self._if_match is not None or not self._may_restart:
                    raise
                patience.wait(error)
                self._restart()
            except TransferBroken as error:
                patience.wait(error)

    def _open(self, patience: Patience) -> Reply:
        start = self._offset + self._received
        length = None if self._length is None else self._length - self._received
        request = _ranged(self._key, start, length, self._etag)
        reply = self._transport.open(request, patience)
        _check_range(reply, request, start)
        if reply.length is None:
            raise TransferBroken("The answer does not say how long it is", reply.status, self._key)
        if self._info is None:
            self._etag = self._etag or reply.etag
            self._meter.total = reply.length
            self._meter(0)
            total = re.fullmatch(r"bytes \d+-\d+/(\d+)", reply.headers.get("Content-Range", ""))
            self._info = ObjectInfo(
                self._key, int(total[1]) if total else reply.length, etag=reply.etag,
                content_type=reply.headers.get("Content-Type"))
        return reply

    def _copy(self, reply: Reply, patience: Patience) -> None:
        left = reply.length or 0
        buffer = memoryview(bytearray(min(BLOCK_BYTES, max(left, 1))))
        while left > 0:
            block = buffer[:min(len(buffer), left)]
            got = reply.readinto(block)
            if not got:
                raise TransferBroken(f"The answer ended {left} bytes too early", reply.status, self._key)
            _write(self._file, block[:got] if self._takes_views else bytes(block[:got]))
            left -= got
            self._received += got
            self._meter(self._received)
            patience.progressed()

    def _restart(self) -> None:
        """The object was replaced meanwhile: two halves of two objects are none."""
        self._file.seek(0)
        self._file.truncate()
        self._received, self._etag, self._info = 0, None, None


def _ranged(key: str, offset: int, length: Optional[int], etag: Optional[str]) -> Request:
    if offset < 0 or (length is not None and length < 0):
        raise ValueError("offset and length are not negative")
    request = Request("GET", f"/raw/{escape(key)}", key)
    if offset or length is not None:
        last = "" if length is None else str(offset + length - 1)
        request.headers["Range"] = f"bytes={offset}-{last}"
        request.accept = (206,)
    if etag:
        request.headers["If-Match"] = quote_etag(etag)
    return request


def _check_range(reply: Reply, request: Request, offset: int) -> None:
    told = reply.headers.get("Content-Range", "")
    if reply.status == 206 and not told.startswith(f"bytes {offset}-"):
        reply.close()
        raise TransferBroken(f"Asked for {request.headers['Range']}, the answer is of {told!r}", 206, request.key)


def _write(file: Any, block: Union[bytes, memoryview]) -> None:
    """All of a block: a file without a buffer may take less at once."""
    written = file.write(block)
    while isinstance(written, int) and written < len(block):
        block = block[written:]
        written = file.write(block)
