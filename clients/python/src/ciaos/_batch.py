"""Many keys by one stream."""

from __future__ import annotations

import itertools
import json
from typing import Iterable, Iterator, List, Optional, Sequence, Tuple, Union

from . import _frames
from ._bodies import Parts
from ._flatbuffers import as_views
from ._frames import END_FRAME, HEADER, MODES, Files, FrameReader
from ._transport import Patience, Request, Transport, idempotency_key
from .errors import BadRequest, CiaosError, ServerError, TransferBroken, error_for
from .objects import BytesLike, PutResult

# Keys of one request. The more, the better the disk's order; a server takes 100,000 unless it is told otherwise.
WINDOW_KEYS = 10_000
# Items and bytes of one request to put. They stay in memory until it is answered, since it may have to be repeated.
PUT_ITEMS = 5_000
PUT_BYTES = 32 << 20

_PASSING = (429, 503)

Item = Tuple[str, Union[BytesLike, Iterable[BytesLike]]]
_Encoded = Tuple[str, bytes, List[memoryview]]


def get_many(transport: Transport, keys: Iterable[str], ordered: bool,
             missing: str) -> Iterator[Tuple[str, Optional[Files]]]:
    if missing not in ("raise", "skip", "none"):
        raise ValueError(f"missing is 'raise', 'skip' or 'none', not {missing!r}")
    if isinstance(keys, (str, bytes)):
        raise TypeError("A list of keys is asked for, not one key")
    return _get_windows(transport, iter(keys), "given" if ordered else "disk", missing)


def _get_windows(transport: Transport, keys: Iterator[str], order: str,
                 missing: str) -> Iterator[Tuple[str, Optional[Files]]]:
    while True:
        window = list(itertools.islice(keys, WINDOW_KEYS))
        if not window:
            return
        yield from _get_window(transport, window, order, missing)


def _get_window(transport: Transport, keys: List[str], order: str,
                missing: str) -> Iterator[Tuple[str, Optional[Files]]]:
    """One request; or more, for what a broken one did not bring."""
    patience = Patience(transport.config)
    while keys:
        told = bytearray(len(keys))
        failure: CiaosError = TransferBroken("The batch ended without some of the keys")
        try:
            for index, status, files, text in _frames_of(transport, keys, order, patience):
                if index >= len(told) or told[index]:
                    raise ServerError(f"Frame {index} was not asked for, or came twice")
                if status in _PASSING:
                    failure = error_for(status, text, keys[index])
                    continue
                told[index] = 1
                if status == 200 or (status == 404 and missing == "none"):
                    yield keys[index], files
                elif status != 404 or missing == "raise":
                    raise error_for(status, text, keys[index])
        except TransferBroken as error:
            failure = error
        except BadRequest as error:
            if error.status != 413 or len(keys) < 2:
                raise
            # This server takes fewer keys at once.
            for half in (keys[:len(keys) // 2], keys[len(keys) // 2:]):
                yield from _get_window(transport, half, order, missing)
            return
        # Each frame is whole in itself: where none is missing, it is no matter that the stream broke behind the last.
        left = [key for key, is_told in zip(keys, told) if not is_told]
        if left:
            if len(left) < len(keys):
                patience.progressed()
            patience.wait(failure)
        keys = left


def _frames_of(transport: Transport, keys: Sequence[str], order: str,
               patience: Patience) -> Iterator[_frames.Frame]:
    body = json.dumps({"keys": keys, "order": order}, ensure_ascii=False).encode("utf-8")
    request = Request("POST", "/batch/get", None, {"Content-Type": "application/json"}, body)
    with transport.open(request, patience) as reply:
        yield from FrameReader(reply)


def put_many(transport: Transport, items: Iterable[Item], mode: str) -> List[PutResult]:
    if mode not in MODES:
        raise ValueError(f"mode is one of {', '.join(MODES)}, not {mode!r}")
    results: List[PutResult] = []
    for window in _put_windows(_encoded(items)):
        results += _put_window(transport, window, MODES[mode])
    return results


def _encoded(items: Iterable[Item]) -> Iterator[_Encoded]:
    for key, value in items:
        files = [value] if isinstance(value, (bytes, bytearray, memoryview)) else value
        yield key, key.encode("utf-8"), as_views(files)


def _put_windows(items: Iterable[_Encoded]) -> Iterator[List[_Encoded]]:
    window: List[_Encoded] = []
    window_bytes = 0
    for item in items:
        size = sum(map(len, item[2]))
        if window and (len(window) >= PUT_ITEMS or window_bytes + size > PUT_BYTES):
            yield window
            window, window_bytes = [], 0
        window.append(item)
        window_bytes += size
    if window:
        yield window


def _put_window(transport: Transport, items: List[_Encoded], mode: int) -> List[PutResult]:
    size = sum(HEADER.size + len(key) + sum(8 + len(file) for file in files) for _, key, files in items)
    request = Request(
        "POST", "/batch/put", None, {"Content-Type": _frames.CONTENT_TYPE, **idempotency_key()},
        Parts(lambda: _put_parts(items, mode), size + HEADER.size))
    patience = Patience(transport.config)
    while True:
        _, content = transport.call(request, patience)
        told = json.loads(content)["results"]
        if len(told) != len(items):
            raise TransferBroken(f"{len(items)} items were sent and {len(told)} answered")
        results = [
            PutResult(key, int(each["status"]), each.get("etag"), each.get("error"))
            for (key, _, _), each in zip(items, told)]
        busy = next((each for each in results if each.status in _PASSING), None)
        # The whole again with the same idempotency key: what was stored is not stored twice.
        if busy is None or not patience.may_wait(error_for(busy.status, busy.error or "", busy.key)):
            return results


def _put_parts(items: Iterable[_Encoded], mode: int) -> Iterator[Union[bytes, memoryview]]:
    for _, key, files in items:
        yield _frames.object_head(mode, key, [len(file) for file in files])
        yield from files
    yield END_FRAME
