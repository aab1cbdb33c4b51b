"""Batches as docs/formats-wire.md has them: many objects in one stream."""

import struct

HEAD = struct.Struct("<HHIIQ")
OBJECT, END = 1, 2
CREATE, REPLACE, UPSERT, APPEND = 1, 2, 3, 4


def put_frame(mode, key, files):
    key = key.encode()
    lengths = struct.pack(f"<{len(files)}Q", *map(len, files))
    return HEAD.pack(OBJECT, mode, len(key), len(files), sum(map(len, files))) + key + lengths + b"".join(files)


def put_body(items):
    """Of (mode, key, files)."""
    return b"".join(put_frame(*item) for item in items) + HEAD.pack(END, 0, 0, 0, 0)


def read(stream):
    """Yields (index, status, files or text) of a stream that is read by read(n); fails where it was cut."""
    frames = 0
    while True:
        kind, status, index, count, size = HEAD.unpack(exactly(stream, HEAD.size))
        if kind == END:
            assert (status, index, count, size) == (0, frames, 0, 0)
            assert not stream.read(1)
            return
        assert kind == OBJECT and (count > 0) == (status == 200)
        lengths = struct.unpack(f"<{count}Q", exactly(stream, 8 * count))
        assert not count or sum(lengths) == size
        frames += 1
        yield index, status, [exactly(stream, length) for length in lengths] or exactly(stream, size).decode()


def exactly(stream, count):
    parts = []
    while count > 0:
        part = stream.read(count)
        assert part, "the stream was cut"
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def get(client, keys, **more):
    """All frames of a batch, in the order in which they come."""
    with client.session.post(f"{client.url}/batch/get", json={"keys": keys, **more}, stream=True) as answer:
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == "application/vnd.ciaos.frames"
        return list(read(answer.raw))


def put(client, items, **headers):
    """The results of a batch, in the order of its items."""
    answer = client.session.post(f"{client.url}/batch/put", data=put_body(items), headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]
