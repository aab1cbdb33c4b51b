"""Requests and their answers: sent again where that may help, and only where it can do no harm."""

from __future__ import annotations

import dataclasses
import email.utils
import http.client
import logging
import os
import random
import threading
import time
import uuid
import weakref
from types import TracebackType
from typing import Any, Dict, Iterator, Mapping, MutableMapping, Optional, Tuple, Type, Union

import requests
import urllib3.exceptions

from ._connections import Connections
from .config import Config
from .errors import CiaosError, ServerUnavailable, TransferBroken, error_for
from .objects import unquote_etag

log = logging.getLogger("ciaos")

# A server that asks for a longer pause than this many seconds is not waited for.
RETRY_AFTER_MAX = 60.0
_PIECE_BYTES = 1 << 18

_BROKEN = (OSError, http.client.HTTPException, urllib3.exceptions.HTTPError)


class Body:
    """What a request carries. It is iterated once for each time that it is sent."""

    size: Optional[int] = None
    """Bytes, or None where that is not known before."""
    can_repeat = True

    def __iter__(self) -> Iterator[Union[bytes, memoryview]]:
        raise NotImplementedError


@dataclasses.dataclass
class Request:
    method: str
    path: str
    key: Optional[str] = None
    """Of which object an error speaks."""
    headers: Dict[str, str] = dataclasses.field(default_factory=dict)
    body: Union[bytes, Body, None] = None
    accept: Tuple[int, ...] = (200,)
    failures: int = 0
    """How often it was sent and nobody knows what became of it."""

    @property
    def can_repeat(self) -> bool:
        return not isinstance(self.body, Body) or self.body.can_repeat


class Reply:
    """An answer whose body has not been read. To be used in a ``with``, which keeps the connection or drops it."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.status: int = raw.status
        self.headers: Mapping[str, str] = raw.headers
        # urllib3's own way to read into a buffer makes a copy of all and is slow for chunked answers; that of the
        # http.client below does not. What is read there is hidden from urllib3: see close().
        below = getattr(raw, "_fp", None)
        self._failure: Optional[Exception] = None
        self._below: Any = below if isinstance(below, http.client.HTTPResponse) else None

    @property
    def length(self) -> Optional[int]:
        """Bytes of the body, where they were announced."""
        told = self.headers.get("Content-Length", "")
        return int(told) if told.isdigit() else None

    @property
    def etag(self) -> Optional[str]:
        return unquote_etag(self.headers.get("ETag"))

    @property
    def retry_after(self) -> Optional[float]:
        """Seconds that the server asks to wait, told as seconds or as a date."""
        told = self.headers.get("Retry-After", "")
        if told.isdigit():
            return float(told)
        try:
            return max(0.0, email.utils.parsedate_to_datetime(told).timestamp() - time.time())
        except (TypeError, ValueError):
            return None

    def readinto(self, view: memoryview) -> int:
        """Fills as much of the view as there is; fewer bytes than it holds come only at the end of the body.

        Or where it breaks off: then the next call raises."""
        source = self._raw if self._below is None else self._below
        filled = 0
        while filled < len(view) and self._failure is None:
            # By pieces, since of the one in which a connection breaks nobody knows how much came.
            piece = view[filled:filled + _PIECE_BYTES]
            try:
                got = source.readinto(piece)
            except _BROKEN as error:
                # Told when what came before has been used.
                self._failure = error
                got = len(error.partial) if isinstance(error, http.client.IncompleteRead) else 0
            if not got:
                break
            filled += got
        if self._failure is not None and filled == 0 and len(view) > 0:
            raise TransferBroken(f"The answer broke off: {_why(self._failure)}", self.status) from self._failure
        return filled

    def read_exactly(self, view: memoryview) -> None:
        got = self.readinto(view)
        if got != len(view):
            raise TransferBroken(f"The answer ended {len(view) - got} bytes too early", self.status)

    def content(self) -> bytes:
        """All of the body, which must be one that fits into memory."""
        try:
            return self._raw.read()  # type: ignore[no-any-return]
        except _BROKEN as error:
            raise TransferBroken(f"The answer broke off: {_why(error)}", self.status) from error

    def pieces(self) -> Iterator[bytes]:
        """The body as it arrives, without waiting for more than there is."""
        try:
            yield from self._raw.stream(1 << 16, decode_content=False)
        except _BROKEN as error:
            raise TransferBroken(f"The answer broke off: {_why(error)}", self.status) from error

    def error(self, key: Optional[str]) -> CiaosError:
        # An answer that is no error has content of any length, which nobody asked for.
        text = self.content().decode("utf-8", "replace").strip() if self.status >= 400 else ""
        return error_for(self.status, text, key, self.headers.get("X-Request-Id"))

    def close(self) -> None:
        # A connection is kept only if the answer was read to its end: the rest would be taken for the next one.
        if self._below is not None and self._below.isclosed():
            self._raw.release_conn()
        self._raw.close()

    def __enter__(self) -> Reply:
        return self

    def __exit__(self, kind: Optional[Type[BaseException]], error: Optional[BaseException],
                 trace: Optional[TracebackType]) -> None:
        self.close()


class Patience:
    """How often and how long a failure is waited out: exponential back-off with full jitter."""

    def __init__(self, config: Config, is_endless: bool = False) -> None:
        self._config = config
        self._failures = 0
        self.is_endless = is_endless

    def wait(self, failure: CiaosError, seconds_asked: Optional[float] = None) -> None:
        """Waits before a repeat, or raises the failure."""
        if not self.may_wait(failure, seconds_asked):
            raise failure

    def may_wait(self, failure: CiaosError, seconds_asked: Optional[float] = None) -> bool:
        """Waits before a repeat, or tells that there is to be none."""
        if self._failures >= self._config.retries and not self.is_endless:
            return False
        if seconds_asked is not None and seconds_asked > RETRY_AFTER_MAX:
            return False
        longest = min(self._config.backoff * 2.0 ** min(self._failures, 30), self._config.backoff_max)
        self._failures += 1
        pause = (seconds_asked or 0.0) + random.uniform(0.0, longest)
        log.info("Repeating in %.2f s: %s", pause, failure)
        time.sleep(pause)
        return True

    def progressed(self) -> None:
        """Something went well: what fails next is another failure."""
        self._failures = 0


class Transport:
    """Sends requests of one user over connections that belong to the calling thread and process."""

    def __init__(self, config: Config, headers: Dict[str, str]) -> None:
        self.config = config
        self.headers = headers
        self._local = threading.local()
        # Only to close them: a thread's connections end with it. Single operations on it are atomic, so there is no
        # lock that a fork could copy while it is held.
        self._all: MutableMapping[Tuple[int, int], Connections] = weakref.WeakValueDictionary()

    def connections(self) -> Connections:
        """This thread's. After a fork they are the parent's: the child leaves them alone and makes its own."""
        mine: Optional[Connections] = getattr(self._local, "connections", None)
        if mine is None or mine.process != os.getpid():
            mine = self._local.connections = Connections()
            self._all[mine.process, threading.get_ident()] = mine
        return mine

    def close(self) -> None:
        for (process, _), connections in list(self._all.items()):
            if process == os.getpid():
                connections.close()

    def ask_session(self, method: str, path: str, headers: Mapping[str, str], body: Any = None,
                    length: Optional[int] = None, stream: bool = False) -> requests.Response:
        return self.connections().ask_session(
            self.config, method, path, {**self.headers, **headers}, body, length, stream)

    def open(self, request: Request, patience: Optional[Patience] = None) -> Reply:
        """Sends until an acceptable answer begins. Raises what any other answer means."""
        patience = patience or Patience(self.config)
        while True:
            failure: CiaosError
            pause = None
            try:
                reply = self._send(request)
                if reply.status in request.accept:
                    return reply
                with reply:
                    pause = reply.retry_after
                    failure = reply.error(request.key)
            except (TransferBroken, ServerUnavailable) as error:
                failure = error
            if not isinstance(failure, (ServerUnavailable, TransferBroken)) or not request.can_repeat:
                raise failure
            request.failures += 1
            patience.wait(failure, pause)

    def call(self, request: Request, patience: Optional[Patience] = None) -> Tuple[Reply, bytes]:
        """As `open`, with the whole of the answer."""
        patience = patience or Patience(self.config)
        while True:
            with self.open(request, patience) as reply:
                try:
                    return reply, reply.content()
                except TransferBroken as error:
                    if not request.can_repeat:
                        raise
                    failure = error
            request.failures += 1
            patience.wait(failure)

    def _send(self, request: Request) -> Reply:
        headers = {**self.headers, **request.headers}
        body: Any = request.body
        is_chunked = False
        if isinstance(body, Body):
            if body.size is None:
                is_chunked = True
            else:
                headers["Content-Length"] = str(body.size)
                body = body if body.size else b""
        try:
            return Reply(self.connections().ask_pool(
                self.config, request.method, request.path, headers, body, is_chunked))
        except urllib3.exceptions.SSLError as error:
            raise CiaosError(
                f"No safe connection to {self.config.api_url}: {_why(error)}", None, request.key) from error
        except requests.RequestException as error:
            raise CiaosError(
                f"Not an address of a store: {self.config.api_url}: {error}", None, request.key) from error
        except _BROKEN as error:
            raise ServerUnavailable(
                f"No answer from {self.config.api_url}: {_why(error)}", None, request.key) from error


def idempotency_key() -> Dict[str, str]:
    """Makes a write repeatable: the node carries out once what comes with the same one."""
    return {"Idempotency-Key": str(uuid.uuid4())}


def _why(error: BaseException) -> str:
    """The cause in few words: urllib3 wraps it several times and shows addresses of objects."""
    deepest = error
    for _ in range(10):
        wrapped = [each for each in deepest.args if isinstance(each, BaseException)]
        deepest = deepest.__cause__ or (wrapped[-1] if wrapped else deepest)
    text = str(deepest)
    if "object at 0x" in text:
        text = text.split(": ", 1)[-1]
    return text or type(deepest).__name__
