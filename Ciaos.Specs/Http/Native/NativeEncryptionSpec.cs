using System.Text;
using System.Text.Json.Nodes;
using Ciaos.Actors.Encryption;
using Ciaos.Actors.Index;
using Ciaos.Http.S3.Access;
using Ciaos.Specs.Http.Batch;
using Ciaos.Specs.Storage.FlatBuffers;
using Xunit;

namespace Ciaos.Specs.Http.Native;

/// <summary>What the native API writes into a bucket that encrypts by default.</summary>
public sealed class NativeEncryptionSpec
{
    private const string Text = "nobody who steals the disk may read this";
    private static readonly byte[] Plain = Encoding.UTF8.GetBytes(Text);
    private static readonly byte[] List = FileLists.Write([Plain, Plain]);

    [Theory]
    [InlineData("AES256", null)]
    [InlineData("aws:kms", "mine")]
    public async Task Every_write_is_encrypted_and_read_again(string algorithm, string? keyId)
    {
        await using var node = await StartAsync(algorithm, keyId);
        var batch = new PutStreams().Add(PutStreams.Create, "one", Plain).Add(PutStreams.Create, "two", Plain, Plain);

        Assert.Equal(201, (await node.SendAsync(HttpMethod.Put, "/raw/raw", Plain)).Status);
        Assert.Equal(200, (await node.SendAsync(HttpMethod.Post, "/put/list", List)).Status);
        Assert.Equal(200, (await node.SendAsync(HttpMethod.Post, "/update/list", List)).Status);
        var stored = await node.SendAsync(HttpMethod.Post, "/batch/put", batch.ToArray());
        var results = JsonNode.Parse(stored.Text)!["results"]!.AsArray();
        Assert.All(results, each => Assert.Equal(201, (int)each!["status"]!));

        Assert.Equal(5, node.NeedleCount);
        for (var upload = 0; upload < 5; upload++)
        {
            Assert.Equal(-1, node.Body(upload).Bytes.AsSpan().IndexOf(Plain.AsSpan(0, 8)));
            Assert.Equal((algorithm, keyId), (
                node.MetadataOf(upload)[EncryptionMetadata.Scheme],
                node.MetadataOf(upload).GetValueOrDefault(EncryptionMetadata.KmsKeyId)));
        }

        foreach (var (key, times) in new[] { ("raw", 1), ("list", 2), ("one", 1), ("two", 2) })
            Assert.Equal((200, string.Concat(Enumerable.Repeat(Text, times))),
                await node.SendAsync(HttpMethod.Get, $"/raw/{key}"));
    }

    [Theory]
    [InlineData("PUT", "/raw/key")]
    [InlineData("POST", "/put/key")]
    public async Task A_body_of_many_chunks_is_too(string method, string path)
    {
        await using var node = await StartAsync();
        var plain = new byte[5 * MemoryNode.ChunkBytes + 7];
        new Random(1).NextBytes(plain);
        var body = method == "PUT" ? plain : FileLists.Write([plain]);

        Assert.InRange((await node.SendAsync(new HttpMethod(method), path, body)).Status, 200, 201);

        Assert.True(node.NeedleCount > 5);
        Assert.Equal(plain, await node.Client.GetByteArrayAsync("/raw/key"));
    }

    [Fact]
    public async Task What_comes_again_is_known_by_its_own_bytes()
    {
        await using var node = await StartAsync();

        Assert.Equal((201, null), await PutAsync(Plain));
        Assert.Equal((201, "true"), await PutAsync(Plain));
        Assert.Equal((422, null), await PutAsync(List));

        async Task<(int Status, string? Replay)> PutAsync(byte[] body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/raw/key");
            request.Headers.Add("Idempotency-Key", "once");
            request.Content = new ByteArrayContent(body);
            using var answer = await node.Client.SendAsync(request);
            return ((int)answer.StatusCode,
                answer.Headers.TryGetValues("Idempotent-Replay", out var replay) ? replay.Single() : null);
        }
    }

    [Fact]
    public async Task Nothing_can_be_appended_and_the_answer_says_so()
    {
        await using var node = await StartAsync();
        await node.SendAsync(HttpMethod.Post, "/put/key", List);
        var needles = node.NeedleCount;

        var (status, text) = await node.SendAsync(HttpMethod.Post, "/append/key", List);
        var batch = await node.SendAsync(
            HttpMethod.Post, "/batch/put", new PutStreams().Add(PutStreams.Append, "key", Plain).ToArray());

        Assert.Equal((400, "Nothing can be appended to an encrypted object: put it anew as a whole"), (status, text));
        var result = JsonNode.Parse(batch.Text)!["results"]![0]!;
        Assert.Equal((400, text), ((int)result["status"]!, (string?)result["error"]));
        Assert.Equal(needles, node.NeedleCount);
    }

    private static async Task<MemoryNode> StartAsync(string algorithm = "AES256", string? keyId = null)
    {
        var node = await MemoryNode.StartAsync();
        var id = keyId is null ? "" : $"<KMSMasterKeyID>{keyId}</KMSMasterKeyID>";
        node.BucketConfig = ObjectMetadata.None.Add(
            BucketConfig.Encryption,
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>"
            + $"{algorithm}</SSEAlgorithm>{id}</ApplyServerSideEncryptionByDefault></Rule>"
            + "</ServerSideEncryptionConfiguration>");
        return node;
    }
}
