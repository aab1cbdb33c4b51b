using System.Buffers.Binary;
using System.Text;
using Ciaos.Storage.FlatBuffers;
using Xunit;

namespace Ciaos.Specs.Storage.FlatBuffers;

public sealed class FileDataListReaderSpec
{
    [Fact]
    public void A_list_written_back_to_front_by_another_library_is_read_in_order_without_the_file_that_has_no_data()
    {
        var files = FileLists.Read(FileLists.OfPython()).ConvertAll(Encoding.ASCII.GetString);

        Assert.Equal(["abc", "", "hello world"], files);
    }

    [Fact]
    public void A_root_without_a_files_vector_is_told_apart_from_an_empty_vector()
    {
        byte[] without = [8, 0, 0, 0, 4, 0, 4, 0, 4, 0, 0, 0];
        var empty = FileLists.Write([]);

        Assert.False(FileDataListReader.Open(new MemoryByteSource(without)).HasFiles);
        var reader = FileDataListReader.Open(new MemoryByteSource(empty));
        Assert.True(reader.HasFiles);
        Assert.Equal(0, reader.EntryCount);
        Assert.False(reader.TryReadNext(out _));
    }

    [Fact]
    public void Files_that_share_one_data_vector_are_legal()
    {
        var body = FileLists.Write([[1, 2, 3], [9]]);
        // The second table's way to its data is bent to the first one's: table 1 lies at 24 + 8 + 8 = 40, data 0 at 48.
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(44), 48 - 44);

        Assert.Equal([[1, 2, 3], [1, 2, 3]], FileLists.Read(body));
    }

    [Fact]
    public void Entries_that_share_one_table_are_legal()
    {
        var body = FileLists.Write([[1, 2, 3], [9]]);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(28), 32 - 28);

        Assert.Equal([[1, 2, 3], [1, 2, 3]], FileLists.Read(body));
    }

    [Fact]
    public void A_vtable_with_later_fields_is_read_as_far_as_it_is_known()
    {
        byte[] body =
        [
            16, 0, 0, 0, 8, 0, 12, 0, 4, 0, 8, 0, 0, 0, 0, 0, // root at 16; a vtable at 4 with two fields
            12, 0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0, // the root table: files at 20, an unknown field at 24
            1, 0, 0, 0, 4, 0, 0, 0, // the vector at 28; its one table at 36
            32, 0, 0, 0, 8, 0, 0, 0, 7, 0, 0, 0, // the file's table, same vtable; data at 48
            2, 0, 0, 0, 5, 6, 0, 0,
        ];

        Assert.Equal([[5, 6]], FileLists.Read(body));
    }

    [Theory]
    [InlineData("", "the body has only 0 bytes, at byte 0")]
    [InlineData("040000", "the body has only 3 bytes, at byte 0")]
    [InlineData("00000000", "the offset of the root is 0, at byte 0")]
    [InlineData("04000000", "the offset of the root is 4 and leads outside the body, at byte 0")]
    [InlineData("ffffffff00000000", "the offset of the root is 4294967295 and leads outside the body, at byte 0")]
    [InlineData("0500000000000000000000",
        "the offset of the root is 5 and leads to a place that is not aligned, at byte 0")]
    [InlineData("0400000005000000", "a table's vtable lies outside the body, at byte 4")]
    [InlineData("0400000000000080", "a table's vtable lies outside the body, at byte 4")]
    [InlineData("0400000001000000", "a table's vtable is not aligned, at byte 4")]
    [InlineData("0400000000000000", "a vtable cannot have 0 bytes here, at byte 4")]
    [InlineData("080000000500040004000000", "a vtable cannot have 5 bytes here, at byte 4")]
    [InlineData("08000000ff7f040004000000", "a vtable cannot have 32767 bytes here, at byte 4")]
    [InlineData("080000000400030004000000", "a table cannot have 3 bytes, at byte 6")]
    [InlineData("080000000400080004000000", "a table of 8 bytes reaches beyond the body, at byte 8")]
    [InlineData("0c00000006000800030000000800000000000000", "a field cannot lie at 3 in a table of 8 bytes, at byte 8")]
    [InlineData("0c00000006000800050000000800000000000000", "a field cannot lie at 5 in a table of 8 bytes, at byte 8")]
    [InlineData("0c00000006000a0006000000080000000000000000000000", "the field of a table is not aligned, at byte 18")]
    [InlineData("0c00000006000800040000000800000000000000", "the offset of the list of files is 0, at byte 16")]
    [InlineData("0c000000060008000400000008000000040000000100000000",
        "the list of files would have 1 entries and reach beyond the body, at byte 20")]
    [InlineData("0c00000006000800040000000800000004000000ffffffff",
        "the list of files would have 4294967295 entries and reach beyond the body, at byte 20")]
    public void What_is_wrong_is_told_with_its_place(string hex, string problem)
    {
        var source = new MemoryByteSource(Convert.FromHexString(hex));

        var error = Assert.Throws<FlatBuffersParseException>(() => FileLists.Extents(source));

        Assert.Equal("Failed to parse FlatBuffers data: " + problem, error.Message);
    }

    [Theory]
    [InlineData(24, 0, "the offset of a file is 0, at byte 24")]
    [InlineData(24, 400, "the offset of a file is 400 and leads outside the body, at byte 24")]
    [InlineData(32, 0, "the offset of a file's data is 0, at byte 32")]
    [InlineData(32, 12, "the offset of a file's data is 12 and leads outside the body, at byte 32")]
    [InlineData(36, 5, "a file's data would have 5 entries and reach beyond the body, at byte 36")]
    [InlineData(36, -1, "a file's data would have 4294967295 entries and reach beyond the body, at byte 36")]
    public void A_bad_file_is_found_when_its_turn_comes(int at, int value, string problem)
    {
        var body = FileLists.Write([[1, 2, 3, 4]]);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(at), value);
        var reader = FileDataListReader.Open(new MemoryByteSource(body));

        var error = Assert.Throws<FlatBuffersParseException>(() => reader.TryReadNext(out _));

        Assert.Equal("Failed to parse FlatBuffers data: " + problem, error.Message);
    }

    [Theory]
    [InlineData("504b0304", 10_000_000L)]
    [InlineData("50000000", 80L)]
    [InlineData("00000000", null)]
    [InlineData("01000000", null)]
    [InlineData("fcffffff", null)]
    public void The_first_bytes_of_a_body_can_show_that_it_is_no_list(string start, long? length) =>
        Assert.Throws<FlatBuffersParseException>(
            () => FileDataListReader.CheckStart(Convert.FromHexString(start), length));

    [Fact]
    public void The_first_bytes_of_a_list_are_let_through()
    {
        FileDataListReader.CheckStart(FileLists.OfPython().AsMemory(0, 4), lengthBytes: 100);
        FileDataListReader.CheckStart(FileLists.Write([[1]]), lengthBytes: null);
        FileDataListReader.CheckStart(Convert.FromHexString("f0ffff7f"), lengthBytes: null);
    }

    [Fact]
    public void A_body_longer_than_offsets_reach_is_refused_without_reading_it()
    {
        using var source = new PagedByteSource(
            int.MaxValue + 1L, (_, _) => throw new InvalidOperationException("read"));

        var error = Assert.Throws<FlatBuffersParseException>(() => FileDataListReader.Open(source));

        Assert.Contains("2147483648 bytes, 2147483647 are possible", error.Message, StringComparison.Ordinal);
    }
}
