"""What the store tells about objects."""

from __future__ import annotations

import dataclasses
import datetime
import re
from typing import Any, Dict, Mapping, Optional, Union

BytesLike = Union[bytes, bytearray, memoryview]


@dataclasses.dataclass(frozen=True)
class ObjectInfo:
    """One object. What an answer does not tell is None."""

    key: str
    size: int
    """Bytes of all its files together."""
    files: Optional[int] = None
    """How many files the key holds: those of one put and what was appended."""
    etag: Optional[str] = None
    """Changes with every change of the content; what ``if_match`` takes."""
    modified: Optional[datetime.datetime] = None
    created: Optional[datetime.datetime] = None
    content_type: Optional[str] = None

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> ObjectInfo:
        """From an entry of ``/list`` or the answer of ``/stat``."""
        return cls(told["key"], int(told["size"]), told.get("files"), told.get("etag"), parse_time(
            told.get("modified")), parse_time(told.get("created")), told.get("content_type"))

    def to_json(self) -> Dict[str, Any]:
        """What `from_json` takes, without what is not known."""
        told = dataclasses.asdict(self)
        for name in ("modified", "created"):
            if told[name] is not None:
                told[name] = told[name].isoformat().replace("+00:00", "Z")
        return {name: value for name, value in told.items() if value is not None}


@dataclasses.dataclass(frozen=True)
class PutResult:
    """What became of one item of `put_many`."""

    key: str
    status: int
    """As the single request would be answered: 201 made, 200 replaced or appended, 4xx and 5xx not stored."""
    etag: Optional[str] = None
    error: Optional[str] = None

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


def parse_time(text: Optional[str]) -> Optional[datetime.datetime]:
    """A time as the store writes it, ``2026-11-22T12:00:00.123Z``, with its zone, UTC."""
    if not text:
        return None
    # Python 3.9 reads neither the Z nor fractions that have not three or six digits.
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)", text)
    if match is None:
        raise ValueError(f"Not a time: {text!r}")
    zone = "+00:00" if match[3] == "Z" else match[3]
    return datetime.datetime.fromisoformat(f"{match[1]}.{(match[2] or '0')[:6]:0<6}{zone}")


def unquote_etag(value: Optional[str]) -> Optional[str]:
    """The tag in a header ``ETag``."""
    return value.strip().strip('"') if value else None


def quote_etag(etag: str) -> str:
    """A tag, or ``*``, or a list that is quoted already, as a header of conditions has it."""
    return etag if etag == "*" or etag.startswith(('"', "W/")) else f'"{etag}"'
