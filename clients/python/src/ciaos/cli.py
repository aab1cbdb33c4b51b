"""The command ``python -m ciaos``: the client's methods for people and scripts.

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 no such key, 4 the key exists or a condition does not hold, 5 access
denied, 6 the store cannot be reached or is too busy, 7 a local file cannot be read or written, 130 interrupted. Where
several things are asked for, all are tried, and the code is that of the first failure.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple

from . import __version__
from ._progress import human
from .client import Ciaos
from .config import Config
from .errors import (
    AccessDenied, CiaosError, KeyExists, KeyNotFound, PreconditionFailed, ServerUnavailable, TransferIncomplete)
from .objects import ObjectInfo

FAILED, USAGE, NOT_FOUND, CONFLICT, DENIED, UNREACHABLE, LOCAL, INTERRUPTED = 1, 2, 3, 4, 5, 6, 7, 130

_CODES: Tuple[Tuple[type, int], ...] = (
    (KeyNotFound, NOT_FOUND), (KeyExists, CONFLICT), (PreconditionFailed, CONFLICT), (AccessDenied, DENIED),
    (ServerUnavailable, UNREACHABLE), (CiaosError, FAILED), (OSError, LOCAL), (ValueError, USAGE))


class _Out:
    """Where results and failures go: lines for people, or JSON, one object a line."""

    def __init__(self, is_json: bool) -> None:
        self._is_json = is_json

    def tell(self, text: str, told: Dict[str, Any]) -> None:
        print(json.dumps(told, ensure_ascii=False) if self._is_json else text, flush=True)

    def fail(self, about: str, error: BaseException) -> int:
        """Tells of a failure and gives its exit code."""
        told: Dict[str, Any] = {"error": str(error), "about": about, "kind": type(error).__name__}
        if isinstance(error, CiaosError) and error.status is not None:
            told["status"] = error.status
        print(json.dumps(told, ensure_ascii=False) if self._is_json else f"ciaos: {about}: {error}", file=sys.stderr)
        return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)


class _Command:
    def __init__(self, arguments: argparse.Namespace, store: Ciaos) -> None:
        self.store = store
        self.given = arguments
        self.out = _Out(arguments.json)
        is_seen = sys.stderr.isatty() and not arguments.json and not arguments.quiet
        self.progress: Optional[bool] = True if is_seen else None

    def each(self, names: Iterable[str], one: Callable[[str], None]) -> int:
        """Does it for all, also behind one that fails."""
        code = 0
        for name in names:
            try:
                one(name)
            except BrokenPipeError:
                raise
            except (CiaosError, OSError, ValueError) as error:
                code = code or self.out.fail(name, error)
        return code

    def put(self) -> int:
        file, key = self.given.file, self.given.key
        overwrite = not self.given.create
        if file == "-":
            if key is None:
                raise ValueError("What comes from standard input needs a key")
            info = self.store.put_stream(key, sys.stdin.buffer, progress=self.progress, overwrite=overwrite,
                                         content_type=self.given.content_type)
        else:
            if key is not None and key.endswith("/"):
                key += os.path.basename(file)
            info = self.store.put_file(file, key, progress=self.progress, overwrite=overwrite,
                                       content_type=self.given.content_type)
        self._tell_object("put", info)
        return 0

    def append(self) -> int:
        def one(file: str) -> None:
            with open(file, "rb") as opened:
                self.store.append_bytes(self.given.key, [opened.read()])
            self.out.tell(f"appended {file} to {self.given.key}", {"key": self.given.key, "file": file})

        return self.each(self.given.files, one)

    def get(self) -> int:
        key, path = self.given.key, self.given.path
        if path == "-":
            self._cat(key)
            return 0
        name = key.rsplit("/", 1)[-1]
        path = os.path.join(path, name) if path and os.path.isdir(path) else path or name
        info = self.store.get_to(key, path, offset=self.given.offset, length=self.given.length,
                                 progress=self.progress)
        self.out.tell(f"got {key}, {human(os.path.getsize(path))}, to {path}", {**info.to_json(), "path": path})
        return 0

    def cat(self) -> int:
        return self.each(self.given.keys, self._cat)

    def _cat(self, key: str) -> None:
        self.store.get_to(key, sys.stdout.buffer, offset=self.given.offset, length=self.given.length)
        sys.stdout.buffer.flush()

    def ls(self) -> int:
        for info in self.store.list(self.given.prefix, self.given.after, self.given.limit):
            self.out.tell(_line(info) if self.given.long else info.key, info.to_json())
        return 0

    def rm(self) -> int:
        def one(key: str) -> None:
            self.store.remove(key)
            self.out.tell(f"removed {key}", {"removed": key})

        return self.each(self.given.keys, one)

    def mv(self) -> int:
        self.store.rename(self.given.old, self.given.new)
        self.out.tell(f"renamed {self.given.old} to {self.given.new}", {"from": self.given.old, "to": self.given.new})
        return 0

    def stat(self) -> int:
        def one(key: str) -> None:
            told = self.store.stat(key).to_json()
            self.out.tell("\n".join(f"{name + ':':14}{value}" for name, value in told.items()), told)

        return self.each(self.given.keys, one)

    def upload(self) -> int:
        return self._folder("put", lambda: self.store.upload(
            self.given.directory, self.given.prefix, workers=self.given.workers, progress=self.progress,
            overwrite=not self.given.create))

    def download(self) -> int:
        return self._folder("got", lambda: self.store.download(
            self.given.prefix, self.given.directory, workers=self.given.workers, progress=self.progress))

    def _folder(self, what: str, carry: Callable[[], List[ObjectInfo]]) -> int:
        code = 0
        try:
            done = carry()
        except TransferIncomplete as error:
            done = error.done
            for name, failure in error.failures.items():
                code = code or self.out.fail(name, failure)
        for info in done:
            self._tell_object(what, info)
        return code

    def events(self) -> int:
        for event in self.store.events(self.given.after, self.given.prefix, not self.given.no_follow):
            told = {name: value for name, value in dataclasses.asdict(event).items() if value is not None}
            if event.at is not None:
                told["at"] = event.at.isoformat().replace("+00:00", "Z")
            self.out.tell(f"{event.position} {event.type} {event.key}", told)
        return 0

    def _tell_object(self, what: str, info: ObjectInfo) -> None:
        self.out.tell(f"{what} {info.key}, {human(info.size)}", info.to_json())


def _line(info: ObjectInfo) -> str:
    when = info.modified.strftime("%Y-%m-%d %H:%M:%S") if info.modified else "-"
    return f"{info.size:>15} {when:19} {info.key}"


def parser() -> argparse.ArgumentParser:
    # What is said before the command counts unless it is said behind it again: hence no default in the latter.
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    _options(shared)
    top = argparse.ArgumentParser(prog="ciaos", description="Puts, gets and lists objects of a CIAOS store.")
    top.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    _options(top, json=False, quiet=False, url=None, user=None, access_key=None, retries=None, timeout=None)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, text: str) -> argparse.ArgumentParser:
        return commands.add_parser(name, parents=[shared], help=text, description=text)

    put = command("put", "store a file")
    put.add_argument("file", help="path, or - for standard input")
    put.add_argument("key", nargs="?", help="default: the file's name; with a slash at its end, the name is added")
    put.add_argument("--create", action="store_true", help="fail where there is such a key")
    put.add_argument("--content-type")
    append = command("append", "append files to a key")
    append.add_argument("key")
    append.add_argument("files", nargs="+", metavar="file")
    get = command("get", "write an object to a file")
    get.add_argument("key")
    get.add_argument("path", nargs="?", help="default: the last part of the key; a folder; or - for standard output")
    _range(get)
    cat = command("cat", "write objects to standard output")
    cat.add_argument("keys", nargs="+", metavar="key")
    _range(cat)
    ls = command("ls", "list keys")
    ls.add_argument("prefix", nargs="?", default="")
    ls.add_argument("-l", "--long", action="store_true", help="with size in bytes and time (UTC)")
    ls.add_argument("--after", default="", help="keys behind this one")
    ls.add_argument("--limit", type=int, default=None)
    _many(command("rm", "delete objects"))
    _many(command("stat", "show what is known of objects"))
    mv = command("mv", "give an object another key")
    mv.add_argument("old")
    mv.add_argument("new")
    upload = command("upload", "store every file of a folder and below it")
    upload.add_argument("directory")
    upload.add_argument("prefix", nargs="?", default="")
    upload.add_argument("--create", action="store_true", help="fail for keys that there are")
    download = command("download", "write every object of a prefix to a folder")
    download.add_argument("prefix")
    download.add_argument("directory")
    for each in (upload, download):
        each.add_argument("--workers", type=int, default=8, help="transfers at a time (8)")
    events = command("events", "tell of changes as they come")
    events.add_argument("--after", default="", help="a position; empty for all there is, now for what is to come")
    events.add_argument("--prefix", default="")
    events.add_argument("--no-follow", action="store_true", help="end when all there is has been told")
    return top


def _options(to: argparse.ArgumentParser, **defaults: Any) -> None:
    to.add_argument("--url", help="address of the store (CIAOS_URL, http://127.0.0.1:9710)")
    to.add_argument("--user", help="whose keys (CIAOS_USER; default: the access key's)")
    to.add_argument("--access-key", help="ID:SECRET (CIAOS_ACCESS_KEY, which others on this machine cannot see)")
    to.add_argument("--json", action="store_true", help="answer in JSON, one object a line")
    to.add_argument("-q", "--quiet", action="store_true", help="no progress bars")
    to.add_argument("--retries", type=int, help="how often to try again (5)")
    to.add_argument("--timeout", type=float, help="seconds to wait for the next bytes of an answer (60)")
    to.set_defaults(**defaults)


def _range(to: argparse.ArgumentParser) -> None:
    to.add_argument("--offset", type=int, default=0, help="byte to begin at (0)")
    to.add_argument("--length", type=int, default=None, help="bytes at most (all)")


def _many(to: argparse.ArgumentParser) -> None:
    to.add_argument("keys", nargs="+", metavar="key")


def _config(given: argparse.Namespace) -> Config:
    config = Config.from_environment()
    changes = {"api_url": given.url, "user_id": given.user, "user_access_key": given.access_key,
               "retries": given.retries, "read_timeout": given.timeout}
    config = dataclasses.replace(config, **{name: value for name, value in changes.items() if value is not None})
    return config


def _store(config: Config) -> Ciaos:
    if config.user_id:
        return Ciaos(config)
    if not config.credential:
        raise ValueError("Whose keys? Say --user or set CIAOS_USER, or give an access key")
    # Where no user is named, the node takes the one whose access key it is.
    store = Ciaos(dataclasses.replace(config, user_id=config.credential.split(":")[0]))
    del store.headers["User"]
    return store


def main(arguments: Optional[Sequence[str]] = None) -> int:
    given = parser().parse_args(arguments)
    out = _Out(given.json)
    try:
        with _store(_config(given)) as store:
            code: int = getattr(_Command(given, store), given.command)()
            return code
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough. Python would complain when it flushes at the end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (CiaosError, OSError, ValueError) as error:
        return out.fail(given.command, error)
