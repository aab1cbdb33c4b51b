using System.Security.Cryptography;
using System.Text;
using Ciaos.Http.S3.Bodies;
using Xunit;

namespace Ciaos.Specs.Http.S3.Bodies;

public sealed class XxHashSpec
{
    private const int Lengths = 1_200;

    [Theory]
    [InlineData("XXHASH64", "Np5GGlTsOCc=")]
    [InlineData("XXHASH3", "TTWtCOnXfA0=")]
    [InlineData("XXHASH128", "kZHSD0DXTkZNNa0I6dd8DQ==")]
    public void The_hash_of_a_text_is_that_of_the_reference(string name, string hash) =>
        Assert.Equal(hash, Convert.ToBase64String(Compute(name, Encoding.ASCII.GetBytes(new string('A', 1024)), 1024)));

    // The values were computed with libxxhash 0.8.1: SHA-256 of the hashes of all these inputs.
    [Theory]
    [InlineData("XXHASH64", "yIKSXo7atU3/z83dVweLw8UqLP03xd8A8+eB7GY+eg8=")]
    [InlineData("XXHASH3", "PtF2j/QxhxrtenUYBbrSKNk0S1G9qbcG8rgQ3DeTTiU=")]
    [InlineData("XXHASH128", "TOz/jzwQH9PyQfo2ZywY5wzUgg251miNwXtBYZmzYlE=")]
    public void So_are_those_of_all_lengths_however_the_bytes_come(string name, string digest)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var length = 0; length < Lengths; length++)
        {
            var data = Enumerable.Range(0, length).Select(place => (byte)((place * 31) + (7 * length))).ToArray();
            var hash = Compute(name, data, 1 + (length % 97));
            Assert.Equal(hash, Compute(name, data, Lengths));
            all.AppendData(hash);
        }

        Assert.Equal(digest, Convert.ToBase64String(all.GetHashAndReset()));
    }

    private static byte[] Compute(string name, byte[] data, int pieceBytes)
    {
        using var running = RunningChecksum.Begin(ChecksumAlgorithms.Parse(name)!.Value);
        foreach (var piece in data.Chunk(pieceBytes)) running.Append(piece);
        return running.Finish();
    }
}
