"""The files that `ciaos.fs` opens, and its errors."""

from __future__ import annotations

import contextlib
import errno
import io
import os
from types import TracebackType
from typing import TYPE_CHECKING, Any, Iterator, Optional, Tuple, Type

from fsspec.compression import compr

from .errors import AccessDenied, KeyExists, KeyNotFound, PreconditionFailed, StorageFull
from .file import CiaosFile

if TYPE_CHECKING:
    from .fs import CiaosFileSystem


class FsFile(CiaosFile):
    """A file that lets its file system know when it has been stored."""

    def __init__(self, fs: CiaosFileSystem, path: str, mode: str, block_bytes: int, autocommit: bool) -> None:
        super().__init__(fs.client, path, mode, block_bytes=block_bytes, autocommit=autocommit)
        self.fs = fs
        self.path = path

    def commit(self) -> None:
        with os_errors(self.path):
            super().commit()
        self.fs.invalidate_cache(self.path)

    def __reduce_ex__(self, protocol: Any) -> Tuple[Any, ...]:
        reopen, (_, *others) = super().__reduce_ex__(protocol)
        return reopen, (CiaosFile, *others)


class FsText(io.TextIOWrapper):
    """Text over a file, of which nothing is stored where the block that writes it fails."""

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        if kind is None:
            self.close()
        else:
            self.detach().__exit__(kind, error, trace)


class FsCompressing(io.BufferedIOBase):
    """Writes through a compressor and closes both. fsspec leaves the inner one to the garbage collector."""

    def __init__(self, compression: str, target: CiaosFile) -> None:
        self._target = target
        self._compressor = compr[compression](target, mode="wb")

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        self._compressor.write(data)
        return len(data)

    def close(self) -> None:
        if not self.closed:
            try:
                self._compressor.close()
                self._target.close()
            finally:
                super().close()

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        if kind is not None:
            self._give_up()
        else:
            self.close()

    def __del__(self) -> None:
        # The inherited one would store half a file that nobody closed.
        self._give_up()

    def _give_up(self) -> None:
        self._target.discard()
        # What the compressor has left has nowhere to go.
        with contextlib.suppress(ValueError):
            self._compressor.close()
        super().close()


@contextlib.contextmanager
def os_errors(path: str, create: bool = False) -> Iterator[None]:
    """Errors as the users of files expect them. create: the only condition was that there is no such key."""
    try:
        yield
    except KeyNotFound as error:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), path) from error
    except (KeyExists, PreconditionFailed) as error:
        if isinstance(error, PreconditionFailed) and not create:
            raise
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), path) from error
    except AccessDenied as error:
        raise PermissionError(errno.EACCES, error.text, path) from error
    except StorageFull as error:
        raise OSError(errno.ENOSPC, error.text, path) from error
