using Ciaos.Actors.Identity;
using Ciaos.Actors.Identity.Policies;

namespace Ciaos.Specs.Identity.Policies;

internal static class PolicyGen
{
    public static readonly Principal Ann = new("ann", new string('a', 64));
    public static readonly Principal Bob = new("bob", new string('b', 64));

    public static PolicyRequest Request(
        string action = "s3:GetObject", string resource = "arn:aws:s3:::bucket/key", Principal? by = null,
        params (string Key, string[] Values)[] conditions) => new(
        action, resource, by,
        conditions.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Values, StringComparer.Ordinal));

    /// <summary>A policy of a user, of the statements given without their outer braces.</summary>
    public static PolicyDocument OfUser(params string[] statements) => PolicyDocument.Parse(
        Document(statements), PolicyKind.Identity);

    public static PolicyDocument OfBucket(params string[] statements) => PolicyDocument.Parse(
        Document(statements), PolicyKind.Resource);

    public static string Document(params string[] statements) =>
        $$"""{"Version":"2012-10-17","Statement":[{{string.Join(',', statements.Select(text => $"{{{text}}}"))}}]}""";
}
