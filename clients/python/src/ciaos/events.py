"""The store's feed of changes: server-sent events, taken up where they broke off."""

from __future__ import annotations

import dataclasses
import datetime
import json
from typing import Iterable, Iterator, Optional
from urllib.parse import quote

from ._transport import Patience, Request, Transport
from .errors import TransferBroken
from .objects import parse_time


@dataclasses.dataclass(frozen=True)
class StoreEvent:
    """One change. A rename is a ``delete`` of the old key and a ``put`` of the new one."""

    position: str
    """Where to go on: what ``after`` takes, once this event has been dealt with."""
    type: str
    """``put``, ``append`` or ``delete``; ``position`` where only others' events passed and nothing else is told."""
    key: str = ""
    etag: Optional[str] = None
    size: Optional[int] = None
    at: Optional[datetime.datetime] = None
    shard: Optional[int] = None
    seq: Optional[int] = None
    renamed_to: Optional[str] = None
    renamed_from: Optional[str] = None


@dataclasses.dataclass
class _Message:
    id: str = ""
    event: str = ""
    data: str = ""


def follow_events(transport: Transport, after: str, prefix: str, follow: bool,
                  positions: bool) -> Iterator[StoreEvent]:
    # Once there was a connection a follower waits for the store for as long as it takes: its restart is no failure.
    patience = Patience(transport.config)
    while True:
        path = f"/events?after={quote(after, safe='')}&prefix={quote(prefix, safe='')}&follow={int(follow)}"
        request = Request("GET", path, None, {"Accept": "text/event-stream"})
        try:
            with transport.open(request, patience) as reply:
                patience.is_endless = follow
                for message in _messages(reply.pieces()):
                    after = message.id or after
                    patience.progressed()
                    if message.event != "position" or positions:
                        yield _event(message)
            if not follow:
                return
            failure = TransferBroken("The store ended the stream of events")
        except TransferBroken as error:
            failure = error
        patience.wait(failure)


def _messages(pieces: Iterable[bytes]) -> Iterator[_Message]:
    """Server-sent events, as far as the store writes them: fields by line, a blank line ends each."""
    message = _Message()
    for line in _lines(pieces):
        if not line:
            if message.event or message.data:
                yield message
            message = _Message()
            continue
        name, _, value = line.partition(":")
        value = value[1:] if value.startswith(" ") else value
        if name == "id":
            message.id = value
        elif name == "event":
            message.event = value
        elif name == "data":
            message.data = f"{message.data}\n{value}" if message.data else value


def _lines(pieces: Iterable[bytes]) -> Iterator[str]:
    rest = b""
    for piece in pieces:
        lines = (rest + piece).split(b"\n")
        rest = lines.pop()
        for line in lines:
            yield line.rstrip(b"\r").decode("utf-8", "replace")


def _event(message: _Message) -> StoreEvent:
    told = json.loads(message.data) if message.data else {}
    return StoreEvent(
        message.id, message.event or told.get("type", ""), told.get("key", ""), told.get("etag"), told.get("size"),
        parse_time(told.get("at")), told.get("shard"), told.get("seq"), told.get("renamed_to"),
        told.get("renamed_from"))
