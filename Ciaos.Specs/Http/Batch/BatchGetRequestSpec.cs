using System.Text;
using System.Text.Json;
using Ciaos.Http;
using Ciaos.Http.Batch;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Ciaos.Specs.Http.Batch;

public sealed class BatchGetRequestSpec
{
    private static readonly byte[] Good =
        """{"keys": ["a", "b/c", "\u00e9\u00e9", "\ud83d\ude00", "", "a"], "order": "given"}"""u8.ToArray();

    [Fact]
    public void Keys_come_out_as_they_went_in_each_once()
    {
        var request = BatchGetRequest.Parse(Good, 6);

        Assert.True(request.IsInGivenOrder);
        Assert.Equal(["a", "b/c", "éé", "😀", "The key is empty", "a"], KeysOf(request));
        Assert.False(BatchGetRequest.Parse("""{"order":"disk","keys":[]}"""u8, 1).IsInGivenOrder);
        Assert.Equal(0, BatchGetRequest.Parse("""{"keys":[]}"""u8, 1).Keys.Count);
    }

    [Fact]
    public void Any_keys_that_json_can_carry_come_out_as_they_went_in() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>[]>(), texts =>
        {
            var wanted = texts.Select(text => text.Get).Where(IsKey).ToList();
            var request = BatchGetRequest.Parse(JsonSerializer.SerializeToUtf8Bytes(new { keys = wanted }), 1000);
            Assert.Equal(wanted, KeysOf(request));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"order":"disk"}""")]
    [InlineData("""{"keys":"a"}""")]
    [InlineData("""{"keys":["a",1]}""")]
    [InlineData("""{"keys":["a",null]}""")]
    [InlineData("""{"keys":["a",["b"]]}""")]
    [InlineData("{\"keys\":[\"a\"")]
    [InlineData("""{"keys":["a"]""")]
    [InlineData("""{"keys":["a"]} x""")]
    [InlineData("""{"keys":["a"]}{"keys":["a"]}""")]
    [InlineData("""{"keys":["a"],"keys":["b"]}""")]
    [InlineData("""{"keys":["a"],"order":"random"}""")]
    [InlineData("""{"keys":["a"],"order":1}""")]
    [InlineData("""{"keys":["a"],"order":"disk","order":"disk"}""")]
    [InlineData("""{"keys":["a"],"prefix":"b"}""")]
    [InlineData("""{"keys":["\ud800"]}""")]
    public void What_is_no_such_request_is_refused_with_a_text(string json) =>
        Assert.Equal(400, StatusOf(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void More_keys_than_allowed_are_too_many() => Assert.Equal(413, StatusOf(Good, maxKeys: 5));

    [Theory]
    [InlineData(1024, "")]
    [InlineData(1025, "The key has 1025 bytes, 1024 are allowed")]
    public void A_key_that_is_none_is_told_so_by_itself(int length, string expected)
    {
        var key = new string('k', length);
        var request = BatchGetRequest.Parse(JsonSerializer.SerializeToUtf8Bytes(new { keys = new[] { key, "a" } }), 2);
        Assert.Equal([expected.Length > 0 ? expected : key, "a"], KeysOf(request));
        request = BatchGetRequest.Parse("""{"keys":["a\u0000"]}"""u8, 1);
        Assert.Equal("The key has a null character", Assert.Single(KeysOf(request)));
    }

    [Fact]
    public void Hostile_bytes_are_refused_and_nothing_else() => Fuzz.Run(3000, random =>
    {
        var bytes = Fuzz.Mutate(random, Good, "{\"keys\":[\"\xff\xfe\"]}"u8.ToArray());
        try
        {
            KeysOf(BatchGetRequest.Parse(bytes, 6));
        }
        catch (RequestRefusedException refused)
        {
            Assert.Contains(refused.Status, new[] { 400, 413 });
        }
    });

    private static List<string> KeysOf(BatchGetRequest request) =>
    [
        .. Enumerable.Range(0, request.Keys.Count)
            .Select(i => request.Keys.TryGet(i, out var key, out var error) ? key.Value : error),
    ];

    private static bool IsKey(string text) =>
        text.Length is > 0 and <= 300 && !text.Contains('\0') && !text.Any(char.IsSurrogate);

    private static int StatusOf(byte[] json, int maxKeys = 10)
    {
        var refused = Assert.Throws<RequestRefusedException>(() => BatchGetRequest.Parse(json, maxKeys));
        Assert.NotEmpty(refused.Message);
        return refused.Status;
    }
}
