using System.Net.Http.Headers;
using Ciaos.Actors.Index;
using Ciaos.Specs.Storage.FlatBuffers;
using Xunit;

namespace Ciaos.Specs.Http.Native;

/// <summary>If-Match and If-None-Match on the writes of the original protocol.</summary>
public sealed class NativeConditionsSpec
{
    private static readonly byte[] Body = FileLists.Write(["hello"u8.ToArray()]);

    public static TheoryData<string, string> Writes => new()
    {
        { "POST", "/put/key" }, { "POST", "/append/key" }, { "POST", "/update/key" },
        { "PUT", "/update_key/key/new" }, { "DELETE", "/delete/key" },
    };

    public static TheoryData<string, string> WritesOfWhatIsThere => new()
    {
        { "POST", "/append/key" }, { "POST", "/update/key" }, { "PUT", "/update_key/key/new" },
        { "DELETE", "/delete/key" },
    };

    [Theory, MemberData(nameof(Writes))]
    public async Task A_condition_that_does_not_hold_is_412_with_the_tag_of_what_is_there(string method, string path)
    {
        await using var node = await MemoryNode.StartAsync();
        var tag = await PutAsync(node);
        var needles = node.NeedleCount;

        foreach (var (header, value) in new[] { ("If-Match", "\"other\""), ("If-None-Match", "*") })
        {
            using var response = await SendAsync(node, method, path, header, value);
            Assert.Equal(412, (int)response.StatusCode);
            Assert.Equal(tag, response.Headers.ETag);
            Assert.Equal("Precondition failed", await response.Content.ReadAsStringAsync());
        }

        Assert.Equal(needles, node.NeedleCount);
        using var after = await node.Client.GetAsync("/raw/key");
        Assert.Equal(tag, after.Headers.ETag);
        Assert.Empty(node.Complaints());
    }

    [Theory, MemberData(nameof(WritesOfWhatIsThere))]
    public async Task A_condition_that_holds_lets_the_write_happen(string method, string path)
    {
        await using var node = await MemoryNode.StartAsync();
        var tag = await PutAsync(node);

        using var response = await SendAsync(node, method, path, "If-Match", tag!.ToString());

        Assert.Equal(200, (int)response.StatusCode);
        var now = path.EndsWith("new", StringComparison.Ordinal) ? "/raw/new" : "/raw/key";
        using var after = await node.Client.GetAsync(now);
        Assert.Equal(after.Headers.ETag, response.Headers.ETag);
        Assert.Equal(method == "DELETE", response.Headers.ETag is null);
    }

    [Theory, MemberData(nameof(WritesOfWhatIsThere))]
    public async Task A_key_that_must_match_and_is_not_there_is_412(string method, string path)
    {
        await using var node = await MemoryNode.StartAsync();
        await node.SendAsync(HttpMethod.Post, "/put/other", Body);

        using var response = await SendAsync(node, method, path, "If-Match", "*");

        Assert.Equal(412, (int)response.StatusCode);
        Assert.Null(response.Headers.ETag);
    }

    [Theory, MemberData(nameof(WritesOfWhatIsThere))]
    public async Task What_changes_after_the_first_look_is_seen_by_the_index(string method, string path)
    {
        await using var node = await MemoryNode.StartAsync();
        var tag = await PutAsync(node);
        var seen = new List<IndexProtocol.Precondition?>();
        node.Overrule = command =>
        {
            IndexProtocol.Precondition? condition;
            switch (command)
            {
                case IndexProtocol.Put put:
                    condition = put.If;
                    break;
                case IndexProtocol.Append append:
                    condition = append.If;
                    break;
                case IndexProtocol.Rename rename:
                    condition = rename.If;
                    break;
                case IndexProtocol.Delete delete:
                    condition = delete.If;
                    break;
                default:
                    return null;
            }

            seen.Add(condition);
            return new IndexProtocol.PreconditionFailed(null);
        };

        using var response = await SendAsync(node, method, path, "If-Match", tag!.ToString());

        Assert.Equal(412, (int)response.StatusCode);
        Assert.Equal(tag.Tag.Trim('"'), Assert.Single(Assert.Single(seen)!.MatchETags!.Value));
    }

    [Theory, MemberData(nameof(Writes))]
    public async Task A_malformed_condition_is_refused(string method, string path)
    {
        await using var node = await MemoryNode.StartAsync();

        using var response = await SendAsync(node, method, path, "If-Match", "no quotes");

        Assert.Equal(400, (int)response.StatusCode);
        Assert.Equal(0, node.NeedleCount);
    }

    private static async Task<EntityTagHeaderValue?> PutAsync(MemoryNode node)
    {
        using var response = await SendAsync(node, "POST", "/put/key", "If-None-Match", "*");
        Assert.Equal(200, (int)response.StatusCode);
        Assert.NotNull(response.Headers.ETag);
        return response.Headers.ETag;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        MemoryNode node, string method, string path, string header, string value)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method != "DELETE") request.Content = new ByteArrayContent(Body);
        Assert.True(request.Headers.TryAddWithoutValidation(header, value));
        return await node.Client.SendAsync(request);
    }
}
