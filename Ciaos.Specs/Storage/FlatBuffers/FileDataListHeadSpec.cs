using System.Buffers;
using Ciaos.Storage.FlatBuffers;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Storage.FlatBuffers;

public sealed class FileDataListHeadSpec
{
    [Fact]
    public void The_bytes_of_a_list_are_those_of_the_format_page()
    {
        const string expected =
            "0c000000" + "060008000400" + "0000" + "08000000" + "04000000" + // root, vtable, zero, root table
            "02000000" + "08000000" + "0c000000" + // two files, the ways to their tables
            "1c000000" + "0c000000" + "24000000" + "0c000000" + // the tables
            "03000000" + "616263" + "00" + "02000000" + "6869" + "0000"; // the data

        Assert.Equal(expected, Convert.ToHexStringLower(FileLists.Write(["abc"u8.ToArray(), "hi"u8.ToArray()])));
    }

    [Fact]
    public void Any_list_that_is_written_reads_back_the_same() =>
        Prop.ForAll<byte[][]>(files => Assert.Equal(files, FileLists.Read(FileLists.Write(files))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(300));

    [Fact]
    public void The_length_is_known_from_the_lengths_of_the_files_alone() =>
        Prop.ForAll<byte[][]>(files => Assert.Equal(
                FileLists.Write(files).Length,
                FileDataListHead.HeadBytes(files.Length) + files.Sum(file => FileDataListHead.FileBytes(file.Length))))
            .Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Offsets_may_be_written_in_runs()
    {
        var atOnce = new ArrayBufferWriter<byte>();
        var inRuns = new ArrayBufferWriter<byte>();
        var head = new FileDataListHead(1000);

        head.WriteOffsets(atOnce, 0, 1000);
        for (var first = 0; first < 1000; first += 300) head.WriteOffsets(inRuns, first, Math.Min(300, 1000 - first));

        Assert.Equal(atOnce.WrittenSpan.ToArray(), inRuns.WrittenSpan.ToArray());
    }

    [Fact]
    public void Impossible_numbers_of_files_have_an_impossible_length_and_do_not_overflow() =>
        Assert.True(FileDataListHead.HeadBytes(long.MaxValue) > FileDataListReader.MaxBytes);

    [Fact]
    public void A_reply_at_the_limit_of_the_format_is_addressed_to_its_last_file()
    {
        const long first = FileDataListReader.MaxBytes - 100;
        var head = new FileDataListHead(2);
        var output = new ArrayBufferWriter<byte>();

        head.WriteTable(output, first);
        head.WriteTable(output, 1);

        // The second table lies at 24 + 8 + 8 = 40, its data behind the head of 48 bytes and all of the first file.
        var offset = BitConverter.ToInt32(output.WrittenSpan[12..]);
        Assert.Equal(48 + FileDataListHead.FileBytes(first), 44L + offset);
    }
}
