"""What the new methods raise. The original seven methods return None or the answer instead."""

from __future__ import annotations

from typing import Dict, List, Optional, Tuple, Type

from .objects import ObjectInfo


class CiaosError(Exception):
    """The store refused, failed, or could not be reached.

    ``status`` is the HTTP status or None where no answer came, ``text`` says why, ``key`` names the object meant
    and ``request_id`` the line in the node's log, where they are known.
    """

    def __init__(self, text: str, status: Optional[int] = None, key: Optional[str] = None,
                 request_id: Optional[str] = None) -> None:
        super().__init__(text)
        self.text = text
        self.status = status
        self.key = key
        self.request_id = request_id

    def __str__(self) -> str:
        # Not the inherited one: a KeyError shows its text in quotes.
        about = [str(self.status)] if self.status is not None else []
        if self.key is not None and self.key not in self.text:
            about.append(f"key {self.key!r}")
        if self.request_id:
            about.append(f"request {self.request_id}")
        return f"{self.text} ({', '.join(about)})" if about else self.text

    def __reduce__(self) -> Tuple[object, ...]:
        # An error crosses processes (a worker of a pool) with all that it knows.
        return type(self), (self.text, self.status, self.key, self.request_id)


class KeyNotFound(CiaosError, KeyError):
    """There is no such key (404)."""


class KeyExists(CiaosError):
    """There is such a key already, and it was not to be replaced."""


class PreconditionFailed(CiaosError):
    """The object is not the one that ``if_match`` or ``if_none_match`` speaks of (412)."""


class AccessDenied(CiaosError):
    """The access key is missing, wrong, or may not do this (401, 403); or a quota has no room: the text says so."""


class BadRequest(CiaosError):
    """The request was refused as it is; to repeat it is of no use (other 4xx)."""


class RangeNotSatisfiable(BadRequest):
    """The object ends before the range that was asked for begins (416)."""


class PositionGone(BadRequest):
    """The journal does not reach back to the position that events were asked from (410)."""


class ServerError(CiaosError):
    """The server failed (5xx); its log tells more under the request id."""


class ServerUnavailable(ServerError):
    """Nobody answers, or the node starts, stops or is overloaded (503, 429). Repeating was of no use."""


class StorageFull(ServerError):
    """The disk is full: nothing was written (507)."""


class TransferBroken(CiaosError):
    """The connection was cut, and going on where it broke was not possible."""


class SourceEnded(CiaosError):
    """What was to be sent ended before the size that was announced, as a file that is being cut. Nothing is stored."""


class TransferIncomplete(CiaosError):
    """Of a folder some files were not carried over; all the others were.

    ``failures`` has the error of each of them by its key or path, ``done`` what was carried over.
    """

    def __init__(self, failures: Dict[str, Exception], done: List[ObjectInfo]) -> None:
        first = next(iter(failures.items()))
        super().__init__(f"{len(failures)} of {len(failures) + len(done)} failed, the first: {first[0]}: {first[1]}")
        self.failures = failures
        self.done = done

    def __reduce__(self) -> Tuple[object, ...]:
        return type(self), (self.failures, self.done)


_BY_STATUS: Dict[int, Type[CiaosError]] = {
    401: AccessDenied, 403: AccessDenied, 404: KeyNotFound, 409: KeyExists, 410: PositionGone,
    412: PreconditionFailed, 416: RangeNotSatisfiable, 429: ServerUnavailable, 503: ServerUnavailable,
    507: StorageFull,
}


def error_for(status: int, text: str, key: Optional[str] = None, request_id: Optional[str] = None) -> CiaosError:
    """The error that an answer means."""
    kind = _BY_STATUS.get(status) or (ServerError if status >= 500 else BadRequest)
    # The original protocol says 400 here, and only the text tells.
    if status == 400 and text.startswith("Key already exists"):
        kind = KeyExists
    # Where no key was meant, what is not found is the route: an older server.
    if status == 404 and key is None:
        kind = BadRequest
    return kind(text or f"The server answered with status {status}", status, key, request_id)
