"""The package's own FlatBuffers, against Debian's python3-flatbuffers, and against bytes that are none."""

import random

import filelists
import pytest
from ciaos import _flatbuffers
from ciaos._bodies import FileList

LISTS = [
    [], [b""], [b"a"], [b"abc", b"hi"], [b"", b"", b""], [b"x" * n for n in range(9)], [bytes(range(256)) * 999, b"!"],
    [b"q" * 70_000, b"", b"r" * 70_001],
]


def written(files):
    body = FileList(_flatbuffers.as_views(files))
    joined = b"".join(body)
    assert len(joined) == body.size
    return joined


@pytest.mark.parametrize("files", LISTS, ids=lambda files: str([len(file) for file in files]))
def test_what_is_written_others_read(files):
    assert [bytes(file) for file in filelists.read(written(files))] == files


@pytest.mark.parametrize("files", LISTS, ids=lambda files: str([len(file) for file in files]))
def test_what_others_write_is_read(files):
    assert [bytes(file) for file in _flatbuffers.read(filelists.build(files))] == files


def test_every_vector_and_offset_lies_on_a_multiple_of_four():
    body = written([b"a", b"bcd", b"efghi"])
    for view in _flatbuffers.read(body):
        assert (body.index(bytes(view)) - 4) % 4 == 0


def test_the_bytes_are_those_of_the_documented_example():
    assert written([b"abc", b"hi"]) == bytes.fromhex(
        "0c000000 06000800 04000000 08000000 04000000 02000000 08000000 0c000000"
        "1c000000 0c000000 24000000 0c000000 03000000 61626300 02000000 68690000")


def test_an_entry_without_data_is_no_file_and_a_list_without_files_is_empty():
    assert [bytes(file) for file in _flatbuffers.read(filelists.build([b"a", None, b""]))] == [b"a", b""]
    assert _flatbuffers.read(filelists.build([], vector=False)) == []


def test_files_are_read_as_views_of_the_one_buffer():
    body = bytearray(written([b"abc"]))
    [view] = _flatbuffers.read(body)
    body[body.index(b"abc")] = ord("x")
    assert bytes(view) == b"xbc"


def test_damaged_bytes_are_refused_or_read_within_their_bounds():
    assert {damaged_bytes_are_refused(seed) for seed in range(2000)} == {True, False}


def damaged_bytes_are_refused(seed):
    dice = random.Random(seed)
    body = bytearray(written([b"abc", b"hello world", b""]) if seed % 2 else filelists.build([b"abc", None, b"hello"]))
    for _ in range(dice.randint(1, 4)):
        kind = dice.randrange(3)
        if kind == 0 and len(body) > 4:
            at = dice.randrange(len(body) - 3)
            body[at:at + 4] = dice.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, len(body), dice.getrandbits(32)]).to_bytes(
                4, "little")
        elif kind == 1 and body:
            body[dice.randrange(len(body))] = dice.randrange(256)
        else:
            del body[dice.randrange(len(body) + 1):]
    try:
        files = _flatbuffers.read(bytes(body))
    except _flatbuffers.Malformed as error:
        assert str(error), seed
        return True
    assert all(len(file) <= len(body) for file in files), seed
    return False


def test_cut_anywhere_it_is_an_error():
    body = written([b"abc", b"hello world"])
    for length in range(len(body) - 1):
        with pytest.raises(_flatbuffers.Malformed):
            _flatbuffers.read(body[:length])


def test_what_is_too_long_for_the_format_is_refused_before_a_byte_is_sent():
    class Huge(bytes):
        def __len__(self):
            return 1 << 31

    with pytest.raises(ValueError, match="2147483647"):
        FileList([Huge()])
    with pytest.raises(ValueError, match="2147483647"):
        _flatbuffers.head([0x7FFFFFFF])


def test_views_of_other_items_and_with_gaps_are_sent_by_their_bytes():
    import array
    numbers = memoryview(array.array("H", [1, 2]))
    assert [bytes(view) for view in _flatbuffers.as_views([numbers, memoryview(b"abcd")[::2]])] == [
        numbers.tobytes(), b"ac"]
    for wrong in ("text", 1, None, [b"nested"]):
        with pytest.raises(TypeError):
            _flatbuffers.as_views([b"right", wrong])
