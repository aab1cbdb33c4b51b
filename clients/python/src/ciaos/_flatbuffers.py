"""The one FlatBuffers type of the protocol, a list of files, written and read without a copy of them.

    table FileData     { data:[ubyte]; }
    table FileDataList { files:[FileData]; }

Written as docs/formats-wire.md says ("What is written"): the head follows from the lengths alone, the files come
behind it one after the other, each behind its length and padded to four bytes.
"""

from __future__ import annotations

import struct
from typing import Iterable, List, Sequence, Tuple, Union

# Offsets have 32 bits, and some readers take them for signed ones.
MAX_BYTES = 0x7FFFFFFF

_UINT16 = struct.Struct("<H")
_UINT32 = struct.Struct("<I")
_INT32 = struct.Struct("<i")
_VTABLE = struct.Struct("<HH")
_FIRST_FIELD = 4
_PADDING = (b"", b"\0\0\0", b"\0\0", b"\0")

Part = Union[bytes, memoryview]


class Malformed(ValueError):
    """The bytes are no list of files; the text says what and where."""


def encoded_bytes(lengths: Sequence[int]) -> int:
    """How long the list of files of these lengths is."""
    return 24 + 12 * len(lengths) + sum(4 + length + -length % 4 for length in lengths)


def head(lengths: Sequence[int]) -> bytes:
    """All that comes before the first file's length. ValueError where the list would be too long for the format."""
    if encoded_bytes(lengths) > MAX_BYTES:
        raise ValueError(f"A list of files has {MAX_BYTES} bytes at most, this one has {encoded_bytes(lengths)}")
    count = len(lengths)
    tables = 24 + 4 * count
    numbers = [4 * count + 4 * i for i in range(count)]
    data = tables + 8 * count
    for i, length in enumerate(lengths):
        table = tables + 8 * i
        numbers += (table - 4, data - table - 4)
        data += 4 + length + -length % 4
    # Root at 12; vtable of one field at 4, for the root and the files alike; root: vtable 8 back, vector 4 ahead.
    return struct.pack(f"<IHHHHiII{len(numbers)}I", 12, 6, 8, 4, 0, 8, 4, count, *numbers)


def parts(files: Iterable[memoryview], lengths: Sequence[int]) -> Iterable[Part]:
    """The list as what one sends: the files themselves, and what stands between them."""
    yield head(lengths)
    padding = b""
    for file in files:
        yield padding + _UINT32.pack(len(file))
        yield file
        padding = _PADDING[len(file) % 4]
    yield padding


def as_views(data_list: Iterable[object]) -> List[memoryview]:
    """Files as bytes to be sent. TypeError for anything but bytes, bytearray and memoryview."""
    views = []
    for data in data_list:
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"A file is bytes, a bytearray or a memoryview, not {type(data).__name__}")
        view = memoryview(data)
        views.append(view.cast("B") if view.c_contiguous else memoryview(view.tobytes()))
    return views


def read(buffer: Union[bytes, bytearray, memoryview]) -> List[memoryview]:
    """The files of a list, as views of the buffer. Whatever the bytes are: the files, or `Malformed`.

    Files may share bytes, as the format allows. An entry without data is no file.
    """
    view = memoryview(buffer)
    return [view[start:start + length] for start, length in _places(view)]


def _places(view: memoryview) -> List[Tuple[int, int]]:
    size = len(view)
    vector = _field(view, _follow(view, 0, size, "root"), size)
    if vector is None:
        return []
    count = _uint32(view, vector, size, "number of files")
    if count > (size - vector - 4) // 4:
        raise Malformed(f"{count} files do not fit, at byte {vector}")
    places = []
    for i, offset in enumerate(struct.unpack_from(f"<{count}I", view, vector + 4)):
        at = vector + 4 + 4 * i
        if offset == 0:
            raise Malformed(f"An offset of zero, at byte {at}")
        data = _field(view, at + offset, size)
        if data is None:
            continue
        length = _uint32(view, data, size, "length of a file")
        if length > size - data - 4:
            raise Malformed(f"A file of {length} bytes does not fit, at byte {data}")
        places.append((data + 4, length))
    return places


def _field(view: memoryview, table: int, size: int) -> "int | None":
    """Where the first field of a table leads, or None where the table has none."""
    if table + 4 > size:
        raise Malformed(f"A table begins outside, at byte {table}")
    vtable = table - _INT32.unpack_from(view, table)[0]
    if vtable < 0 or vtable + 4 > size:
        raise Malformed(f"The vtable at {vtable} is outside, named at byte {table}")
    vtable_bytes, table_bytes = _VTABLE.unpack_from(view, vtable)
    if vtable_bytes < 4 or vtable + vtable_bytes > size or table_bytes < 4 or table + table_bytes > size:
        raise Malformed(f"A vtable of {vtable_bytes} bytes for a table of {table_bytes}, at byte {vtable}")
    if vtable_bytes < 6:
        return None
    place = _UINT16.unpack_from(view, vtable + _FIRST_FIELD)[0]
    if place == 0:
        return None
    if place < 4 or place + 4 > table_bytes:
        raise Malformed(f"A field outside of its table, at byte {vtable + _FIRST_FIELD}")
    return _follow(view, table + place, size, "field")


def _follow(view: memoryview, at: int, size: int, what: str) -> int:
    offset = _uint32(view, at, size, what)
    if offset == 0:
        raise Malformed(f"An offset of zero, at byte {at}")
    if at + offset + 4 > size:
        raise Malformed(f"An offset leads outside, at byte {at}")
    return at + offset


def _uint32(view: memoryview, at: int, size: int, what: str) -> int:
    if at + 4 > size:
        raise Malformed(f"The bytes end before the {what}, at byte {at}")
    value: int = _UINT32.unpack_from(view, at)[0]
    return value
