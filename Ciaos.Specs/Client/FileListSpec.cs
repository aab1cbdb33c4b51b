using Ciaos.Client.Files;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using FileLists = Ciaos.Specs.Storage.FlatBuffers.FileLists;

namespace Ciaos.Specs.Client;

/// <summary>The client's own FlatBuffers against the server's, and against whatever else may come.</summary>
public sealed class FileListSpec
{
    [Fact]
    public void What_the_client_writes_is_byte_for_byte_what_the_server_would() =>
        Prop.ForAll<NonEmptyArray<byte[]>>(files => Assert.Equal(FileLists.Write(files.Get), Written(files.Get)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void What_the_server_writes_is_read() =>
        Prop.ForAll<byte[][]>(files => Assert.Equal(files, Read(FileLists.Write(files))))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void A_list_of_another_library_is_read() =>
        Assert.Equal(["abc"u8.ToArray(), [], "hello world"u8.ToArray()], Read(FileLists.OfPython()));

    [Fact]
    public void Whatever_the_bytes_are_files_lie_inside_them_or_it_is_no_list()
    {
        var (list, other) = (FileLists.Write([[1, 2, 3], [], [4, 5, 6, 7, 8]]), FileLists.OfPython());
        Fuzz.Run(3000, random =>
        {
            var body = Fuzz.Mutate(random, random.Next(2) == 0 ? list : other, other);
            try
            {
                Assert.All(FileListReader.Read(body), file => Assert.InRange(file.Length, 0, body.Length));
            }
            catch (InvalidDataException)
            {
                // As good an end as any.
            }
        });
    }

    private static byte[] Written(byte[][] files)
    {
        var parts = FileListWriter.Write("key", [.. files.Select(file => new ReadOnlyMemory<byte>(file))]);
        return [.. parts.SelectMany(part => part.ToArray())];
    }

    private static byte[][] Read(byte[] body) => [.. FileListReader.Read(body).Select(file => file.ToArray())];
}
