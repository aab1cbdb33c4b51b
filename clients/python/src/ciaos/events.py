"""The store's feed of changes."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Iterator, Optional


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


def follow_events(*arguments: object) -> Iterator[StoreEvent]:
    raise NotImplementedError
