using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Ciaos.Http.Raw;

/// <summary>Lists of entity tags as If-Match and If-None-Match carry them (RFC 9110, 8.8.3 and 13.1).</summary>
internal static class EntityTags
{
    public static readonly ImmutableArray<string> Any = ["*"];

    /// <summary>The tags without their quotes; null where the header is missing.</summary>
    /// <param name="keepWeak">If-None-Match compares weakly, so that a weak tag counts like a strong one. If-Match
    /// compares strongly: a weak tag matches nothing and is left out.</param>
    /// <exception cref="RequestRefusedException">The header is malformed. To pass it over would do what the client
    /// wanted to rule out.</exception>
    public static ImmutableArray<string>? Read(StringValues header, string name, bool keepWeak)
    {
        if (header.Count == 0) return null;
        if (!EntityTagHeaderValue.TryParseStrictList(header, out var parsed))
            throw new RequestRefusedException(
                StatusCodes.Status400BadRequest,
                $"Malformed {name} header: a list of quoted entity tags, or *, is allowed");
        if (parsed.Any(tag => tag.Tag == "*")) return Any;
        return
        [
            .. parsed.Where(tag => keepWeak || !tag.IsWeak)
                .Select(tag => tag.Tag.AsSpan(1, tag.Tag.Length - 2).ToString()),
        ];
    }

    public static bool Match(ImmutableArray<string> tags, string tag) =>
        tags.Contains("*", StringComparer.Ordinal) || tags.Contains(tag, StringComparer.Ordinal);
}
