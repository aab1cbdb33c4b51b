"""``ciaos://`` for fsspec, and so for pandas, dask and whatever else opens its files by fsspec.

A path is a key; folders are what slashes in keys imply. They need not be made, and one without keys is not there.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from glob import has_magic
from typing import Any, Callable, Dict, Iterable, Iterator, List, Optional, Tuple, TypeVar, Union

from fsspec import AbstractFileSystem
from fsspec.callbacks import _DEFAULT_CALLBACK
from fsspec.core import get_compression
from fsspec.utils import isfilelike

from ._fs_files import FsCompressing, FsFile, FsText, os_errors
from .client import Ciaos
from .config import Config
from .errors import CiaosError, KeyExists, KeyNotFound
from .file import BLOCK_BYTES, CiaosFile
from .objects import ObjectInfo

Entry = Dict[str, Any]
T = TypeVar("T")

_THREADS = 8
"""Requests side by side where many keys are meant and there is no batch of them."""

_KEYS_IN_A_FOLDER = 1000
"""So many keys of one folder are passed over one by one, before the rest of it is skipped by another request."""

_KEY_BYTES_MAX = 1024


class CiaosFileSystem(AbstractFileSystem):
    """The keys of one user as files.

    api_url, user_id, user_access_key: as in `Config`; what is left out is read from ``CIAOS_URL``, ``CIAOS_USER`` and
    ``CIAOS_ACCESS_KEY`` when the file system is made. client: instead of these, one that is there already.
    block_bytes: read ahead by one request, unless ``open`` is told another size.
    use_listings_cache: off unless asked for, so that each listing shows every write that was acknowledged before.
    """

    protocol = "ciaos"
    root_marker = ""

    def __init__(self, api_url: Optional[str] = None, user_id: Optional[str] = None,
                 user_access_key: Optional[str] = None, *, client: Optional[Ciaos] = None,
                 block_bytes: int = BLOCK_BYTES, use_listings_cache: bool = False, **options: Any) -> None:
        super().__init__(use_listings_cache=use_listings_cache, **options)
        if client is None:
            known = Config.from_environment()
            client = Ciaos(Config(api_url or known.api_url, user_id or known.user_id,
                                  user_access_key or known.user_access_key))
        self.client = client
        self.block_bytes = block_bytes

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(each) for each in path]
        # A slash in front is the root's. The base class would leave it, and "/a" be another key than "a".
        return super()._strip_protocol(path).lstrip("/")

    @classmethod
    def _parent(cls, path: str) -> str:
        return str(cls._strip_protocol(path)).rpartition("/")[0]

    # What there is.

    def ls(self, path: str, detail: bool = True, refresh: bool = False, **kwargs: Any) -> List[Any]:
        path = self._strip_protocol(path)
        if refresh:
            self.dircache.pop(path, None)
        try:
            entries: List[Entry] = self.dircache[path]
        except KeyError:
            entries = list(self._entries(path))
            if not entries and path:
                entries = [self.info(path)]
            else:
                self.dircache[path] = entries
        return entries if detail else [entry["name"] for entry in entries]

    def info(self, path: str, **kwargs: Any) -> Entry:
        path = self._strip_protocol(path)
        if not path:
            return _folder("")
        with os_errors(path):
            try:
                return _file(self.client.stat(path))
            except KeyNotFound:
                if not self._is_folder(path):
                    raise
        return _folder(path)

    def exists(self, path: str, **kwargs: Any) -> bool:
        # The base class takes every error for an answer, a refused access key for one.
        try:
            self.info(path)
        except FileNotFoundError:
            return False
        return True

    def find(self, path: str, maxdepth: Optional[int] = None, withdirs: bool = False, detail: bool = False,
             **kwargs: Any) -> Union[List[str], Dict[str, Entry]]:
        path = self._strip_protocol(path)
        found = {entry["name"]: entry for entry in self._below(path, maxdepth, withdirs)}
        if path:
            with contextlib.suppress(FileNotFoundError):
                own = self.info(path)
                if own["type"] == "file" or withdirs:
                    found[path] = own
        ordered = {name: found[name] for name in sorted(found)}
        return ordered if detail else list(ordered)

    def du(self, path: str, total: bool = True, maxdepth: Optional[int] = None, withdirs: bool = False,
           **kwargs: Any) -> Union[int, Dict[str, int]]:
        found = self.find(path, maxdepth, withdirs, detail=True)
        assert isinstance(found, dict)
        sizes = {name: int(entry["size"]) for name, entry in found.items()}
        return sum(sizes.values()) if total else sizes

    def created(self, path: str) -> Optional[datetime]:
        return self._stat(path).created

    def modified(self, path: str) -> Optional[datetime]:
        return self._stat(path).modified

    def ukey(self, path: str) -> str:
        """The object's tag: another one, whenever the content is another one."""
        return str(self._stat(path).etag)

    def checksum(self, path: str) -> int:
        return int.from_bytes(hashlib.sha256(self.ukey(path).encode()).digest()[:8], "big")

    def invalidate_cache(self, path: Optional[str] = None) -> None:
        """Forgets listings: all, or those of the path, of what is below, and of the folders that it is in."""
        if path is None:
            self.dircache.clear()
        else:
            changed = str(self._strip_protocol(path))
            for listed in list(self.dircache):
                if not listed or f"{changed}/".startswith(f"{listed}/") or listed.startswith(f"{changed}/"):
                    self.dircache.pop(listed, None)
        super().invalidate_cache(path)

    # Contents.

    def _open(self, path: str, mode: str = "rb", block_size: Optional[int] = None, autocommit: bool = True,
              cache_options: Optional[Dict[str, Any]] = None, **kwargs: Any) -> CiaosFile:
        with os_errors(path):
            return FsFile(self, path, mode, block_size or self.block_bytes, autocommit)

    def open(self, path: str, mode: str = "rb", block_size: Optional[int] = None,
             cache_options: Optional[Dict[str, Any]] = None, compression: Optional[str] = None, **kwargs: Any) -> Any:
        """As fsspec's, but a ``with`` block that fails stores nothing, with text and compression too."""
        if "b" not in mode:
            text = {name: kwargs.pop(name) for name in ("encoding", "errors", "newline") if name in kwargs}
            return FsText(self.open(path, mode.replace("t", "") + "b", block_size, cache_options, compression,
                                   **kwargs), **text)
        compression = get_compression(path, compression) if compression is not None else None
        if compression is None or "r" in mode:
            return super().open(path, mode, block_size, cache_options, compression, **kwargs)
        return FsCompressing(compression, super().open(path, mode, block_size, cache_options, **kwargs))

    def cat_file(self, path: str, start: Optional[int] = None, end: Optional[int] = None, **kwargs: Any) -> bytes:
        path = self._strip_protocol(path)
        with os_errors(path):
            etag = None
            if (start is not None and start < 0) or (end is not None and end < 0):
                info = self.client.stat(path)
                etag = info.etag
                start, end, _ = slice(start, end).indices(info.size)
            start = start or 0
            if end is not None and end <= start:
                return b""
            return self.client.read(path, start, None if end is None else end - start, if_match=etag)

    def cat(self, path: Any, recursive: bool = False, on_error: str = "raise", **kwargs: Any) -> Any:
        """As fsspec's; many paths come by one batch."""
        if isinstance(path, str) and not recursive and not kwargs:
            paths = self.expand_path(path)
            if paths == [self._strip_protocol(path)]:
                return self.cat_file(paths[0])
        elif kwargs:
            return super().cat(path, recursive=recursive, on_error=on_error, **kwargs)
        else:
            paths = self.expand_path(path, recursive=recursive)
        contents: Dict[str, Any] = {}
        for key, files in self.client.get_many(paths, missing="none"):
            if files is not None:
                contents[key] = b"".join(files)
            elif recursive and self._is_folder(key):
                continue
            elif on_error == "raise":
                raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)
            elif on_error == "return":
                contents[key] = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), key)
        return {key: contents[key] for key in paths if key in contents}

    def cat_ranges(self, paths: Any, starts: Any, ends: Any, max_gap: Optional[int] = None,
                   on_error: str = "return", **kwargs: Any) -> List[Any]:
        """Parts of files, several at a time. Each range is a request: `max_gap` joins none."""
        if not isinstance(paths, list):
            raise TypeError("paths must be a list")
        starts = list(starts) if isinstance(starts, Iterable) else [starts] * len(paths)
        ends = list(ends) if isinstance(ends, Iterable) else [ends] * len(paths)
        if len(starts) != len(paths) or len(ends) != len(paths):
            raise ValueError("paths, starts and ends must be equally many")

        def part(path: str, start: Optional[int], end: Optional[int]) -> Any:
            try:
                return self.cat_file(path, start, end)
            except (OSError, CiaosError) as error:
                if on_error != "return":
                    raise
                return error

        return _side_by_side(part, zip(paths, starts, ends))

    def pipe_file(self, path: str, value: Any, mode: str = "overwrite", **kwargs: Any) -> None:
        path = self._strip_protocol(path)
        create = mode == "create"
        with os_errors(path, create):
            self.client.put_bytes(path, value, if_none_match="*" if create else None)
        self.invalidate_cache(path)

    def pipe(self, path: Any, value: Any = None, **kwargs: Any) -> None:
        if not isinstance(path, dict) or kwargs:
            super().pipe(path, value, **kwargs)
            return
        for result in self.client.put_many((self._strip_protocol(key), data) for key, data in path.items()):
            if not result.ok:
                raise OSError(f"{result.key} was not stored: {result.error} ({result.status})")
            self.invalidate_cache(result.key)

    def get_file(self, rpath: str, lpath: Any, callback: Any = _DEFAULT_CALLBACK, outfile: Any = None,
                 **kwargs: Any) -> None:
        rpath = self._strip_protocol(rpath)
        target = lpath if isfilelike(lpath) else outfile
        if target is None:
            if self.isdir(rpath):
                os.makedirs(lpath, exist_ok=True)
                return
            os.makedirs(os.path.dirname(os.path.abspath(lpath)), exist_ok=True)
        with os_errors(rpath):
            self.client.get_to(rpath, lpath if target is None else target, progress=_tells(callback))

    def put_file(self, lpath: Any, rpath: str, callback: Any = _DEFAULT_CALLBACK, mode: str = "overwrite",
                 **kwargs: Any) -> None:
        rpath = self._strip_protocol(rpath)
        if os.path.isdir(lpath):
            return
        callback.set_size(os.path.getsize(lpath))
        create = mode == "create"
        with os_errors(rpath, create):
            self.client.put_file(lpath, rpath, progress=_tells(callback), if_none_match="*" if create else None)
        self.invalidate_cache(rpath)

    # Names.

    def cp_file(self, path1: str, path2: str, **kwargs: Any) -> None:
        """The bytes pass through here: the store does not copy. Of a key of several files one file is made."""
        path1, path2 = self._strip_protocol(path1), self._strip_protocol(path2)
        with os_errors(path1):
            try:
                source = CiaosFile(self.client, path1, block_bytes=self.block_bytes)
            except KeyNotFound:
                if self._is_folder(path1):
                    return
                raise
            with source:
                content_type = source.info.content_type if source.info is not None else None
                self.client.put_stream(path2, source, size=source.size, content_type=content_type)
        self.invalidate_cache(path2)

    def mv(self, path1: Any, path2: Any, recursive: bool = False, maxdepth: Optional[int] = None,
           **kwargs: Any) -> None:
        """Renames, without moving a byte. Only what would replace another file is copied over it and then removed."""
        if not recursive and isinstance(path1, str) and not has_magic(path1) and self.isdir(path1):
            # fsspec would pass over it without a word.
            raise IsADirectoryError(errno.EISDIR, "A folder is moved with recursive=True", path1)
        moving = object.__new__(_Moving)
        moving.__dict__.update(self.__dict__)
        moving.copy(path1, path2, recursive=recursive, maxdepth=maxdepth, **kwargs)

    def rm_file(self, path: str) -> None:
        path = self._strip_protocol(path)
        with os_errors(path):
            self.client.remove(path)
        self.invalidate_cache(path)

    def _rm(self, path: str) -> None:
        self.rm_file(path)

    def rm(self, path: Any, recursive: bool = False, maxdepth: Optional[int] = None) -> None:
        paths = self.expand_path(path, recursive=recursive, maxdepth=maxdepth)
        if not recursive:
            _side_by_side(self.rm_file, ((each,) for each in paths))
            return

        def remove(each: str) -> None:
            # Folders are among these. They go with the last file in them.
            with contextlib.suppress(FileNotFoundError):
                self.rm_file(each)

        _side_by_side(remove, ((each,) for each in paths))

    def rmdir(self, path: str) -> None:
        """A folder without files is not there already."""
        path = self._strip_protocol(path)
        if self._is_folder(path):
            raise OSError(errno.ENOTEMPTY, os.strerror(errno.ENOTEMPTY), path)

    # Within.

    def _stat(self, path: str) -> ObjectInfo:
        path = self._strip_protocol(path)
        with os_errors(path):
            return self.client.stat(path)

    def _is_folder(self, path: str) -> bool:
        return next(iter(self.client.list(path + "/" if path else "", limit=1)), None) is not None

    def _entries(self, folder: str) -> Iterator[Entry]:
        """Files and folders right in a folder. The store lists all below it: of what lies deep, much is skipped."""
        prefix = folder + "/" if folder else ""
        after, seen, passed = "", "", 0
        going_on = True
        while going_on:
            going_on = False
            for info in self.client.list(prefix, after):
                name, slash, _ = info.key[len(prefix):].partition("/")
                if not name:
                    # A key with two slashes in a row, or one behind: the client reaches it, a path does not.
                    continue
                if not slash:
                    yield _file(info)
                    continue
                if name != seen:
                    yield _folder(prefix + name)
                    seen, passed = name, 0
                passed += 1
                beyond = prefix + name + "/\U0010ffff"
                if passed >= _KEYS_IN_A_FOLDER and info.key < beyond and len(beyond.encode()) <= _KEY_BYTES_MAX:
                    after, going_on = beyond, True
                    break

    def _below(self, folder: str, maxdepth: Optional[int], withdirs: bool) -> Iterator[Entry]:
        """Everything below a folder, without regard of folders but for the names of them."""
        if maxdepth is not None:
            if maxdepth < 1:
                raise ValueError("maxdepth must be at least 1")
            for entry in self._entries(folder):
                if entry["type"] == "file" or withdirs:
                    yield entry
                if entry["type"] == "directory" and maxdepth > 1:
                    yield from self._below(entry["name"], maxdepth - 1, withdirs)
            return
        prefix = folder + "/" if folder else ""
        told = {folder}
        for info in self.client.list(prefix):
            if withdirs:
                above = self._parent(info.key)
                while above not in told:
                    told.add(above)
                    yield _folder(above)
                    above = self._parent(above)
            yield _file(info)


class _Moving(CiaosFileSystem):
    """Copies by renaming: which path goes where is fsspec's to say."""

    cachable = False

    def cp_file(self, path1: str, path2: str, **kwargs: Any) -> None:
        path1, path2 = self._strip_protocol(path1), self._strip_protocol(path2)
        if path1 == path2:
            return
        with os_errors(path1):
            try:
                self.client.rename(path1, path2)
            except KeyExists:
                super().cp_file(path1, path2)
                self.client.remove(path1)
            except KeyNotFound:
                if not self._is_folder(path1):
                    raise
        self.invalidate_cache(path1)
        self.invalidate_cache(path2)


def _file(info: ObjectInfo) -> Entry:
    entry = {"name": info.key, "size": info.size, "type": "file", "etag": info.etag, "files": info.files,
             "modified": info.modified, "created": info.created, "content_type": info.content_type}
    return {name: value for name, value in entry.items() if value is not None}


def _folder(path: str) -> Entry:
    return {"name": path, "size": 0, "type": "directory"}


def _tells(callback: Any) -> Callable[[int, Optional[int]], object]:
    def progress(done: int, total: Optional[int]) -> None:
        if total is not None and callback.size is None:
            callback.set_size(total)
        callback.absolute_update(done)

    return progress


def _side_by_side(action: Callable[..., T], arguments: Iterable[Tuple[Any, ...]]) -> List[T]:
    """In the order of the arguments. The first error is raised once all have ended."""
    with ThreadPoolExecutor(_THREADS, thread_name_prefix="ciaos-fs") as threads:
        running = [threads.submit(action, *each) for each in arguments]
    return [each.result() for each in running]
