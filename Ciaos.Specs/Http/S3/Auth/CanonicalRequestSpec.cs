using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace Ciaos.Specs.Http.S3.Auth;

public class CanonicalRequestSpec
{
    private readonly TestClient _client = new();

    [Theory]
    [InlineData(3)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(200)]
    public async Task A_query_is_sorted_by_what_is_encoded_however_many_parameters_it_has(int count)
    {
        // Encoded, ~ comes behind all others and what is not ASCII before them: its first character is a percent sign.
        var names = Enumerable.Range(0, count).Select(i => (i % 4) switch
        {
            0 => $"~{count - i:D3}",
            1 => $"%C3%A9{i % 7}",
            2 => $"a{count - i:D3}",
            _ => "same",
        });
        var target = "/bucket/key?" + string.Join('&', names.Select((name, i) => $"{name}=v%2F{count - i}"));
        var context = TestClient.Good("GET", target);
        Assert.False((await _client.SendAsync(context)).IsAnonymous);
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = target[..^1] + "x";
        Assert.Equal(S3Error.SignatureDoesNotMatch, (await _client.RefusedAsync(context)).Error);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(1_000)]
    [InlineData(30_000)]
    public async Task A_request_may_be_longer_than_the_stack_has_room_for(int length)
    {
        var context = TestClient.Good("PUT", "/bucket/" + new string('k', length));
        context.Request.Headers["x-amz-meta-long"] = new string('v', length);
        TestClient.Sign(context);
        Assert.False((await _client.SendAsync(context)).IsAnonymous);
        context.Request.Headers["x-amz-meta-long"] = new string('v', length - 1) + "w";
        var refused = await _client.RefusedAsync(context);
        Assert.Equal(S3Error.SignatureDoesNotMatch, refused.Error);
        var shown = refused.Details.Single(detail => detail.Key == "CanonicalRequest").Value;
        Assert.Contains($"x-amz-meta-long:{new string('v', length - 1)}w\n", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_of_the_authorization_that_come_twice_are_refused()
    {
        var context = TestClient.Good();
        var header = context.Request.Headers.Authorization.ToString();
        context.Request.Headers.Authorization = header + ", Signature=" + new string('0', SignatureV4.Length);
        Assert.Equal(S3Error.AuthorizationHeaderMalformed, (await _client.RefusedAsync(context)).Error);
        context.Request.Headers.Authorization = header + ", Other=1";
        Assert.False((await _client.SendAsync(context)).IsAnonymous);
    }
}
