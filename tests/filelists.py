"""The original protocol's FlatBuffers, made and read with Debian's python3-flatbuffers (no generated code):

    table FileData     { data:[ubyte]; }
    table FileDataList { files:[FileData]; }
    root_type FileDataList;
"""

import flatbuffers
from flatbuffers import encode, number_types, packer, table

FIRST_FIELD = 4  # its place in a vtable


def build(files, vector=True):
    """A FileDataList of byte strings; None makes a file without data. vector=False leaves `files` out."""
    builder = flatbuffers.Builder(sum(len(file or b"") for file in files) + 64 * len(files) + 1024)
    tables = []
    for file in files:
        data = None if file is None else builder.CreateByteVector(file)
        builder.StartObject(1)
        if data is not None:
            builder.PrependUOffsetTRelativeSlot(0, data, 0)
        tables.append(builder.EndObject())
    builder.StartVector(4, len(tables), 4)
    for offset in reversed(tables):
        builder.PrependUOffsetTRelative(offset)
    entries = builder.EndVector() if flatbuffers.__version__ >= "2" else builder.EndVector(len(tables))
    builder.StartObject(1)
    if vector:
        builder.PrependUOffsetTRelativeSlot(0, entries, 0)
    builder.Finish(builder.EndObject())
    return bytes(builder.Output())


def read(body):
    """The files of a FileDataList, as memoryviews."""
    view = memoryview(body)
    root = table.Table(body, encode.Get(packer.uoffset, body, 0))
    field = root.Offset(FIRST_FIELD)
    if field == 0:
        return None
    start, count = root.Vector(field), root.VectorLen(field)
    files = []
    for i in range(count):
        file = table.Table(body, root.Indirect(start + 4 * i))
        data = file.Offset(FIRST_FIELD)
        if data == 0:
            files.append(None)
            continue
        at = file.Vector(data)
        files.append(view[at:at + file.VectorLen(data)])
    return files


def uint32(body, at):
    return encode.Get(number_types.Uint32Flags.packer_type, body, at)
