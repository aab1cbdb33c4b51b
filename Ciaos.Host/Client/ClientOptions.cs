using System.CommandLine;
using Ciaos.Client;
using Ciaos.Host.Identity;

namespace Ciaos.Host.Client;

/// <summary>What all commands for users can be told: which node, whose keys, with which access key, and in which form
/// to answer.</summary>
internal static class ClientOptions
{
    public const string UrlVariable = "CIAOS_URL";
    public const string UserVariable = "CIAOS_USER";
    public const string AccessKeyVariable = "CIAOS_ACCESS_KEY";

    private const string SecretKeyVariable = "CIAOS_SECRET_KEY";
    private const string TokenVariable = "CIAOS_SESSION_TOKEN";

    private static readonly Option<string?> Url = CommandLine.Setting(
        "--url", $"The node's native API (default: {UrlVariable}, else {AdminOptions.DefaultEndpoint})");

    private static readonly Option<string?> User = CommandLine.Setting(
        "--user", $"Whose keys are meant (default: {UserVariable}; an access key tells it too)");

    private static readonly Option<string?> AccessKey = CommandLine.Setting(
        "--access-key", $"ID:SECRET (default: {AccessKeyVariable}, which others on this machine cannot see)");

    private static readonly Option<bool> Json = new("--json") { Description = "Answer in JSON (docs/cli.md)" };

    /// <summary>Gives the command these options.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in new Option[] { Url, User, AccessKey, Json }) command.Options.Add(option);
    }

    public static bool IsJson(ParseResult parsed) => parsed.GetValue(Json);

    /// <param name="needsUser">The command is about somebody's keys.</param>
    /// <exception cref="CommandException">What was given makes no sense.</exception>
    public static CiaosClientOptions Read(ParseResult parsed, bool needsUser = true)
    {
        var url = parsed.GetValue(Url) ?? Variable(UrlVariable) ?? AdminOptions.DefaultEndpoint;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw CommandException.Usage($"--url: {url} is no address such as {AdminOptions.DefaultEndpoint}");
        var user = parsed.GetValue(User) ?? Variable(UserVariable);
        var key = parsed.GetValue(AccessKey) ?? KeyFromEnvironment();
        if (user is null && key is null && needsUser)
            throw CommandException.Usage(
                $"Whose keys? Give --user NAME or set {UserVariable}; where the node asks for an access key, give "
                + $"--access-key ID:SECRET or set {AccessKeyVariable}");
        if (user is not null && (user.Length is 0 or > 256 || user.Any(c => c is < ' ' or > '~')))
            throw CommandException.Usage("--user: a name has 1 to 256 printable ASCII characters");
        if (key is not null && key.Split(':').Length is not (2 or 3))
            throw CommandException.Usage("--access-key: an access key is given as ID:SECRET");
        return new CiaosClientOptions { Address = address, User = user, AccessKey = key };
    }

    // The commands about users and keys want the id and the secret apart: both ways are taken.
    private static string? KeyFromEnvironment()
    {
        var key = Variable(AccessKeyVariable);
        if (key is null || key.Contains(':')) return key;
        if (Variable(SecretKeyVariable) is not { } secret)
            throw CommandException.Usage(
                $"{AccessKeyVariable} is to be ID:SECRET; or set {SecretKeyVariable} to the secret of {key}");
        return Variable(TokenVariable) is { } token ? $"{key}:{secret}:{token}" : $"{key}:{secret}";
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
