"""Folders up and down, several files at a time."""

from __future__ import annotations

import concurrent.futures
import os
import threading
from typing import Callable, Dict, Iterable, Iterator, List, Optional, Tuple, Union

from . import _objects, _transfer
from ._progress import Meter, Progress
from ._transport import Transport
from .errors import BadRequest, TransferIncomplete
from .objects import ObjectInfo

Path = Union[str, "os.PathLike[str]"]
Told = Callable[[int, Optional[int]], object]

# Transfers that are prepared and wait for a worker, for each worker: a folder may have any number of files.
_AHEAD = 4


def upload(transport: Transport, directory: Path, prefix: str, workers: int, progress: Progress,
           overwrite: bool) -> List[ObjectInfo]:
    root = os.fspath(directory)
    if not os.path.isdir(root):
        raise NotADirectoryError(f"Not a directory: {root}")
    options = _transfer.PutOptions(overwrite=overwrite)

    def one(path: str, told: Told) -> ObjectInfo:
        key = prefix + os.path.relpath(path, root).replace(os.sep, "/")
        # Each has an idempotency key of its own, made from the options when it is sent.
        return _transfer.put_file(transport, path, key, told, options)

    return _all(((path, path) for path in _files_below(root)), one, workers, progress, f"{root} up")


def download(transport: Transport, prefix: str, directory: Path, workers: int,
             progress: Progress) -> List[ObjectInfo]:
    root = os.fspath(directory)
    os.makedirs(root, exist_ok=True)

    def one(key: str, told: Told) -> ObjectInfo:
        path = os.path.join(root, *_steps(key, prefix))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.commonpath((os.path.realpath(root), os.path.realpath(path))) != os.path.realpath(root):
            raise BadRequest("A link in the folder leads out of it", None, key)
        return _transfer.get_to(transport, key, path, 0, None, told, None)

    keys = ((info.key, info.key) for info in _objects.list_objects(transport, prefix, "", None))
    return _all(keys, one, workers, progress, f"{prefix or 'all'} down")


def _files_below(root: str) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders.sort()
        yield from (os.path.join(folder, name) for name in sorted(names))


def _steps(key: str, prefix: str) -> List[str]:
    """The folders and the name that a key stands for below the folder. Keys are anybody's: none may lead elsewhere."""
    rest = key[len(prefix):]
    # A prefix that is a whole key, or ends before a slash: `a` of `a` is named a, of `a/b` it is b.
    rest = rest.lstrip("/") if prefix and not prefix.endswith("/") and rest.startswith("/") else rest
    steps = (rest or key.rsplit("/", 1)[-1]).split("/")
    for step in steps:
        if step in ("", ".", "..") or "\0" in step or (os.sep != "/" and (os.sep in step or ":" in step)):
            raise BadRequest("The key is no path below a folder", None, key)
    return steps


class _Sum:
    """Adds up what transfers that run side by side tell of themselves."""

    def __init__(self, meter: Meter) -> None:
        self._meter = meter
        self._lock = threading.Lock()
        self._done = self._total = 0

    def one(self) -> Told:
        before = [0, 0]

        def told(done: int, total: Optional[int]) -> None:
            with self._lock:
                self._done += done - before[0]
                self._total += (total or 0) - before[1]
                before[:] = [done, total or 0]
                # Grows as more files are begun: nobody has counted them before.
                self._meter.total = self._total
                self._meter(self._done)

        return told


def _all(work: Iterable[Tuple[str, str]], one: Callable[[str, Told], ObjectInfo], workers: int, progress: Progress,
         label: str) -> List[ObjectInfo]:
    done: List[ObjectInfo] = []
    failures: Dict[str, Exception] = {}
    running: Dict["concurrent.futures.Future[ObjectInfo]", str] = {}

    def collect(is_last: bool) -> None:
        when = concurrent.futures.ALL_COMPLETED if is_last else concurrent.futures.FIRST_COMPLETED
        for future in concurrent.futures.wait(running, return_when=when).done:
            name = running.pop(future)
            error = future.exception()
            if error is None:
                done.append(future.result())
            elif isinstance(error, Exception):
                failures[name] = error
            else:
                raise error

    with Meter(progress, label) as meter, concurrent.futures.ThreadPoolExecutor(max(1, workers)) as pool:
        total = _Sum(meter)
        for name, argument in work:
            running[pool.submit(one, argument, total.one())] = name
            if len(running) >= _AHEAD * max(1, workers):
                collect(is_last=False)
        collect(is_last=True)
    if failures:
        raise TransferIncomplete(failures, done)
    return sorted(done, key=lambda info: info.key)
