"""The client: the original package's methods, inherited, and everything newer."""

from __future__ import annotations

import os
from types import TracebackType
from typing import (
    TYPE_CHECKING, Any, BinaryIO, Dict, Iterable, Iterator, List, Optional, Tuple, Type, Union, overload)

from . import _batch, _folders, _objects, _transfer
from ._original import OriginalMethods
from ._progress import Progress
from ._transport import Transport
from .config import Config
from .errors import KeyNotFound
from .events import StoreEvent, follow_events
from .objects import BytesLike, ObjectInfo, PutResult

if TYPE_CHECKING:
    from typing import Literal

    from .file import CiaosFile

Path = Union[str, "os.PathLike[str]"]
Files = List[Union[bytearray, memoryview]]


class Ciaos(OriginalMethods):
    """One user's objects in one store.

    Threads may share it: each has connections of its own. A forked child makes its own, and a pickled client travels
    as its configuration, so that workers of any kind can carry it.
    """

    def __init__(self, config: Config) -> None:
        if not config.user_id:
            raise ValueError("User ID must not be empty")
        if not config.api_url:
            raise ValueError("API URL must not be empty")
        self._transport = Transport(config, {"User": config.user_id})

    @property
    def config(self) -> Config:
        return self._transport.config

    @config.setter
    def config(self, config: Config) -> None:
        self._transport.config = config

    @property
    def headers(self) -> Dict[str, str]:
        """Sent with every request. What is added here is sent too."""
        return self._transport.headers

    @headers.setter
    def headers(self, headers: Dict[str, str]) -> None:
        self._transport.headers = headers

    # Whole objects.

    def put_file(self, path: Path, key: Optional[str] = None, *, progress: Progress = None, overwrite: bool = True,
                 content_type: Optional[str] = None, if_match: Optional[str] = None,
                 if_none_match: Optional[str] = None) -> ObjectInfo:
        """Stores a file of any size, streamed. The key is the file's name where none is given."""
        return _transfer.put_file(self._transport, path, key, progress, _transfer.PutOptions(
            overwrite, content_type, if_match, if_none_match))

    def put_stream(self, key: str, fileobj: Any, *, size: Optional[int] = None, progress: Progress = None,
                   overwrite: bool = True, content_type: Optional[str] = None, if_match: Optional[str] = None,
                   if_none_match: Optional[str] = None) -> ObjectInfo:
        """Stores what is left to read in anything that has ``read(n)``.

        ``size`` may be left out. What can seek is sent again after a failure; what cannot is sent once.
        """
        return _transfer.put_stream(self._transport, key, fileobj, size, progress, _transfer.PutOptions(
            overwrite, content_type, if_match, if_none_match))

    def put_bytes(self, key: str, data: BytesLike, *, overwrite: bool = True, content_type: Optional[str] = None,
                  if_match: Optional[str] = None, if_none_match: Optional[str] = None) -> ObjectInfo:
        """Stores bytes, as one file."""
        return _transfer.put_bytes(self._transport, key, data, _transfer.PutOptions(
            overwrite, content_type, if_match, if_none_match))

    def get_to(self, key: str, target: Union[Path, BinaryIO], *, offset: int = 0, length: Optional[int] = None,
               progress: Progress = None, if_match: Optional[str] = None) -> ObjectInfo:
        """Writes an object, or a part of it, to a path or an open file.

        A path appears when all is there, never before. A broken connection is taken up where it broke.
        """
        return _transfer.get_to(self._transport, key, target, offset, length, progress, if_match)

    def read(self, key: str, offset: int = 0, length: Optional[int] = None, *,
             if_match: Optional[str] = None) -> bytes:
        """Bytes of an object; fewer, or none, where it ends before. Several files are read one behind the other."""
        return _transfer.read(self._transport, key, offset, length, if_match)

    def open(self, key: str, mode: str = "rb", *, block_bytes: Optional[int] = None) -> CiaosFile:
        """A file object: ``rb`` seeks and reads ahead by blocks, ``wb`` stores when it is closed."""
        from .file import CiaosFile
        return CiaosFile(self, key, mode) if block_bytes is None else CiaosFile(
            self, key, mode, block_bytes=block_bytes)

    def get_files(self, key: str) -> List[memoryview]:
        """The files of a key, without a copy each: views of the one reply."""
        return _objects.get_files(self._transport, key)

    def append_bytes(self, key: str, data_list: Iterable[BytesLike]) -> Optional[str]:
        """Appends files to a key that exists, exactly once. Gives the new tag, where the server tells it."""
        return _objects.append_bytes(self._transport, key, data_list)

    # Names.

    def list(self, prefix: str = "", after: str = "", limit: Optional[int] = None) -> Iterator[ObjectInfo]:
        """The objects whose keys begin with `prefix` and come behind `after`, by the bytes of their keys."""
        return _objects.list_objects(self._transport, prefix, after, limit)

    def stat(self, key: str) -> ObjectInfo:
        """What is known of an object. Raises `KeyNotFound`."""
        return _objects.stat(self._transport, key)

    def exists(self, key: str) -> bool:
        try:
            self.stat(key)
        except KeyNotFound:
            return False
        return True

    def remove(self, key: str, *, if_match: Optional[str] = None) -> None:
        """Deletes an object. Raises `KeyNotFound`."""
        _objects.remove(self._transport, key, if_match)

    def rename(self, old: str, new: str, *, if_match: Optional[str] = None) -> None:
        """Gives an object another key. Raises `KeyNotFound`, or `KeyExists` where the new key is taken."""
        _objects.rename(self._transport, old, new, if_match)

    # Many at once.

    @overload
    def get_many(self, keys: Iterable[str], *, ordered: bool = False,
                 missing: Literal["raise", "skip"] = "raise") -> Iterator[Tuple[str, Files]]: ...

    @overload
    def get_many(self, keys: Iterable[str], *, ordered: bool = False,
                 missing: Literal["none"]) -> Iterator[Tuple[str, Optional[Files]]]: ...

    def get_many(self, keys: Iterable[str], *, ordered: bool = False,
                 missing: str = "raise") -> Iterator[Tuple[str, Optional[Files]]]:
        """The files of many keys by one stream, as (key, files) in the order in which they lie on the disk.

        ordered: in the order of the keys instead, which costs the disk some ways.
        missing: of a key that is not there, ``raise`` raises `KeyNotFound`, ``skip`` says nothing, ``none`` gives
        None in place of the files.
        Keys may be endless: a window of them is asked for at a time. A key that comes twice is given twice.
        """
        return _batch.get_many(self._transport, keys, ordered, missing)

    def put_many(self, items: Iterable[Tuple[str, Union[BytesLike, Iterable[BytesLike]]]], *,
                 mode: str = "upsert") -> List[PutResult]:
        """Stores many small objects by few requests: (key, bytes or list of files) each.

        mode: ``create`` (must not exist), ``replace`` (must exist), ``upsert``, ``append`` (must exist).
        What the store refused is told by its `PutResult`, in the order of the items; the others are stored.
        """
        return _batch.put_many(self._transport, items, mode)

    # Folders.

    def upload(self, directory: Path, prefix: str = "", *, workers: int = 8, progress: Progress = None,
               overwrite: bool = True) -> List[ObjectInfo]:
        """Stores every file in a folder and below it, several at a time, under ``prefix`` + its path with slashes.

        Raises `TransferIncomplete` at the end where some failed.
        """
        return _folders.upload(self._transport, directory, prefix, workers, progress, overwrite)

    def download(self, prefix: str, directory: Path, *, workers: int = 8,
                 progress: Progress = None) -> List[ObjectInfo]:
        """Writes every object whose key begins with `prefix` to the folder, under the rest of its key.

        A key that would lead out of the folder is refused. Raises `TransferIncomplete` at the end where some failed.
        """
        return _folders.download(self._transport, prefix, directory, workers, progress)

    # Changes.

    def events(self, after: str = "", prefix: str = "", follow: bool = True, *,
               positions: bool = False) -> Iterator[StoreEvent]:
        """The changes behind the position `after`: empty for all, ``now`` for those to come.

        follow: waits for more, for ever; the connection is made again where it breaks, without a gap.
        positions: tells also, by events of the type ``position``, that nothing happened here up to there.
        """
        return follow_events(self._transport, after, prefix, follow, positions)

    # Life.

    def close(self) -> None:
        """Closes the connections of all threads. A client that is used again opens new ones."""
        self._transport.close()

    def __enter__(self) -> Ciaos:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()

    def __getstate__(self) -> Dict[str, Any]:
        # What a derived class has beyond this travels too.
        state = {name: value for name, value in vars(self).items() if name != "_transport"}
        return {**state, "config": self.config, "headers": self.headers}

    def __setstate__(self, state: Dict[str, Any]) -> None:
        self._transport = Transport(state.pop("config"), state.pop("headers"))
        vars(self).update(state)
