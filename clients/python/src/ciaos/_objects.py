"""One object at a time: its files, its names, what is known of it."""

from __future__ import annotations

import json
from typing import Dict, Iterable, Iterator, List, Optional
from urllib.parse import quote

from . import _flatbuffers
from ._bodies import FileList
from ._transport import Request, Transport, idempotency_key
from ._urls import escape, escape_whole
from .errors import BadRequest, KeyNotFound, TransferBroken
from .objects import BytesLike, ObjectInfo, quote_etag

# What the server gives at most.
_PAGE = 1000


def get_files(transport: Transport, key: str) -> List[memoryview]:
    _, content = transport.call(Request("GET", f"/get/{escape(key)}", key))
    try:
        return _flatbuffers.read(content)
    except _flatbuffers.Malformed as error:
        raise TransferBroken(f"The answer is no list of files: {error}", 200, key) from error


def append_bytes(transport: Transport, key: str, data_list: Iterable[BytesLike]) -> Optional[str]:
    try:
        body = FileList(_flatbuffers.as_views([data_list] if _is_bytes(data_list) else data_list))
    except ValueError as error:
        raise BadRequest(str(error), None, key) from error
    reply, _ = transport.call(Request("POST", f"/append/{escape(key)}", key, idempotency_key(), body))
    return reply.etag


def list_objects(transport: Transport, prefix: str, after: str, limit: Optional[int]) -> Iterator[ObjectInfo]:
    left = limit
    while left is None or left > 0:
        count = _PAGE if left is None else min(left, _PAGE)
        _, content = transport.call(Request(
            "GET", f"/list?prefix={quote(prefix, safe='')}&after={quote(after, safe='')}&limit={count}"))
        page = json.loads(content)
        for told in page["objects"]:
            yield ObjectInfo.from_json(told)
        if page["next"] is None:
            return
        after = page["next"]
        left = None if left is None else left - len(page["objects"])


def stat(transport: Transport, key: str) -> ObjectInfo:
    _, content = transport.call(Request("GET", f"/stat/{escape(key)}", key))
    return ObjectInfo.from_json(json.loads(content))


def remove(transport: Transport, key: str, if_match: Optional[str]) -> None:
    request = Request("DELETE", f"/delete/{escape(key)}", key, _condition(if_match))
    try:
        transport.call(request)
    except KeyNotFound:
        # After a repeat: the answer that was lost said that it is deleted, and it is.
        if request.failures == 0:
            raise


def rename(transport: Transport, old: str, new: str, if_match: Optional[str]) -> None:
    request = Request("PUT", f"/update_key/{escape_whole(old)}/{escape_whole(new)}", old, _condition(if_match))
    try:
        transport.call(request)
    except KeyNotFound:
        # After a repeat this may mean that the request whose answer was lost has done it. The new key tells.
        if request.failures == 0 or not _exists(transport, new):
            raise


def _exists(transport: Transport, key: str) -> bool:
    try:
        stat(transport, key)
    except KeyNotFound:
        return False
    return True


def _condition(if_match: Optional[str]) -> Dict[str, str]:
    return {} if if_match is None else {"If-Match": quote_etag(if_match)}


def _is_bytes(data: object) -> bool:
    return isinstance(data, (bytes, bytearray, memoryview))
