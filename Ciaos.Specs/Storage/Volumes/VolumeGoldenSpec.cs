using System.Globalization;
using System.Runtime.CompilerServices;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;
using Xunit;

namespace Ciaos.Specs.Storage.Volumes;

/// <summary>
/// The bytes of each format version for ever: Golden/volume-v1.vol, -v2.vol and Golden/checkpoint-v1.bin are never
/// written again.
/// </summary>
public class VolumeGoldenSpec
{
    private readonly SimulatedDisk _disk = new(seed: 1);
    private readonly VolumeFolder _folder;

    public VolumeGoldenSpec() => _folder = Needles.Folder(_disk);

    // Also that of version 1, which volumes that were begun in it are gone on with.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_writer_still_writes_the_golden_volume(int version)
    {
        WriteExample(version);
        Assert.Equal(Golden($"volume-v{version}.vol"), Contents(_folder.FileOf(Needles.Volume)));
    }

    [Fact]
    public void The_writer_still_writes_the_golden_checkpoint()
    {
        WriteExample(version: 1);
        Assert.Equal(Golden("checkpoint-v1.bin"), Contents(_folder.CheckpointOf(Needles.Volume)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_reader_still_reads_the_golden_volume(int version)
    {
        Put(_folder.FileOf(Needles.Volume), Golden($"volume-v{version}.vol"));
        var found = Needles.Scan(_folder);
        Assert.Equal(
            [NeedleKind.Data, NeedleKind.Data, NeedleKind.Tombstone, NeedleKind.Gap, NeedleKind.Seal],
            found.Select(needle => needle.Header.Kind));
        Assert.Equal(["cats/tom.jpg", "größe", "cats/tom.jpg", "", ""], found.Select(needle => needle.Key));
        Assert.Equal("meow"u8.ToArray(), found[0].Data);
        Assert.Equal(Pattern(65_540), found[1].Data);
        Assert.Equal(new ObjectId(1_700_000_000_000_001), found[2].Header.Object);
        Assert.Equal((UploadOperation.Append, BodyFormat.FileDataList, 1, true), Chunk(found[1].Header));
        var recovered = VolumeRecovery.Inspect(_folder, Needles.Volume);
        Assert.True(recovered.IsSealed);
        Assert.Equal(Needles.Superblock with { Version = version }, recovered.Superblock);
        Assert.Empty(recovered.Torn);
        Assert.Empty(recovered.Rotten);
    }

    [Fact]
    public void The_reader_still_reads_the_golden_checkpoint()
    {
        Put(_folder.CheckpointOf(Needles.Volume), Golden("checkpoint-v1.bin"));
        var length = Golden("volume-v1.vol").Length;
        Assert.Equal(
            new VolumeCheckpoint(
                Needles.Volume, Needles.Superblock.Salt, true, length, 5, new NeedleId(1_700_000_000_000_003)),
            VolumeCheckpoint.Read(_folder, Needles.Superblock));
    }

    [Theory]
    [InlineData("superblock", "volume-v2.vol", 0, 48)]
    [InlineData("needle", "volume-v2.vol", 4096, 80)]
    [InlineData("needle of version 1", "volume-v1.vol", 4096, 104)]
    [InlineData("checkpoint", "checkpoint-v1.bin", 0, 64)]
    public void The_example_on_the_format_page_is_the_golden_file(string example, string file, int offset, int count)
    {
        var expected = Golden(file).AsSpan(offset, count).ToArray();
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(ExampleOnPage(example)));
    }

    private static (UploadOperation Operation, BodyFormat Format, int Ordinal, bool IsLast) Chunk(
        NeedleHeader header) =>
        (header.Operation, header.Format, header.ChunkOrdinal, header.IsLastChunk);

    // Lines such as "0010: 01 02 …   what it is" behind the line "<!-- example: name -->".
    private static byte[] ExampleOnPage(string example, [CallerFilePath] string here = "")
    {
        var page = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "docs", "formats.md");
        return File.ReadLines(page)
            .SkipWhile(line => line != $"<!-- example: {example} -->")
            .SkipWhile(line => !line.StartsWith("0000:", StringComparison.Ordinal))
            .TakeWhile(line => line != "```")
            .SelectMany(line => line.Split("   ")[0].Split(' ').Skip(1))
            .Select(text => byte.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            .ToArray();
    }

    private static byte[] Golden(string name) =>
        File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", name));

    private static byte[] Pattern(int count) => Enumerable.Range(0, count).Select(i => (byte)(i / 256)).ToArray();

    private void WriteExample(int version)
    {
        var superblock = Needles.Superblock with { Version = version };
        using (var volume = VolumeFile.Create(_folder, superblock, Needles.Settings))
        {
            var type = ("content-type", "image/jpeg");
            volume.Append([Needles.Data(1_700_000_000_000_001, "cats/tom.jpg", "meow"u8.ToArray(), type)]);
            volume.Flush();
            var chunk = Needles.Data(1_700_000_000_000_002, "größe", Pattern(65_540));
            volume.Append(
            [
                chunk with { ChunkOrdinal = 1, Operation = UploadOperation.Append, Format = BodyFormat.FileDataList },
                Needles.Tombstone(1_700_000_000_000_003, "cats/tom.jpg", ends: 1_700_000_000_000_001),
            ]);
            volume.Flush();
        }

        using (var file = _disk.Open(_folder.FileOf(Needles.Volume), DiskAccess.ReadWrite))
        {
            file.Write(file.LengthBytes, [version == 1 ? "NDL1 torn"u8.ToArray() : "N2 torn"u8.ToArray()]);
        }

        var found = VolumeRecovery.Inspect(_folder, Needles.Volume);
        using (var volume = VolumeFile.Continue(_folder, found, Needles.Settings))
        {
            volume.Seal(SealReason.Full);
            volume.WriteCheckpoint();
        }
    }

    private byte[] Contents(string path)
    {
        using var file = _disk.Open(path, DiskAccess.Read);
        var bytes = new byte[file.LengthBytes];
        file.Read(0, bytes);
        return bytes;
    }

    private void Put(string path, byte[] bytes)
    {
        using var file = _disk.Create(path);
        file.Write(0, [bytes]);
    }
}
