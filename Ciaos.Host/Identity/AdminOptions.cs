using System.CommandLine;
using System.Text.Json.Nodes;
using Ciaos.Actors;
using Ciaos.Host.Settings;

namespace Ciaos.Host.Identity;

/// <summary>What all commands about identities can be told: which node, and with which access key.</summary>
internal sealed class AdminOptions
{
    public const string DefaultEndpoint = "http://127.0.0.1:9710";

    private const string AccessKeyVariable = "CIAOS_ACCESS_KEY";
    private const string SecretKeyVariable = "CIAOS_SECRET_KEY";
    private const string TokenVariable = "CIAOS_SESSION_TOKEN";

    private const int Done = 0;
    private const int Refused = 1;
    private const int NotDone = 2;

    private readonly Option<string> _endpoint = new("--endpoint")
    {
        Description = "The node's native API",
        DefaultValueFactory = _ => DefaultEndpoint,
    };

    private readonly Option<string?> _accessKey;
    private readonly Option<string?> _secretKey;

    private readonly Option<string?> _data = CommandLine.Setting(
        "--data", $"The node's data folder, whose file {RootCredentials.FileName} is used where no access key is given "
        + "(ciaos.data; default ./data)");

    private readonly Option<bool> _json = new("--json") { Description = "Print the node's answer, as JSON" };

    private AdminOptions(bool makesKey)
    {
        _accessKey = CommandLine.Setting(
            "--admin-access-key", $"The access key to send (default: the environment's {AccessKeyVariable})");
        _secretKey = CommandLine.Setting(
            "--admin-secret-key", $"Its secret (default: the environment's {SecretKeyVariable})");
        if (makesKey) return;
        _accessKey.Aliases.Add("--access-key");
        _secretKey.Aliases.Add("--secret-key");
    }

    /// <summary>A command that asks the node something.</summary>
    /// <param name="ask">Asks, and returns the JSON of the answer; empty where there is none.</param>
    /// <param name="show">Makes a text for people out of that.</param>
    /// <param name="makesKey">Its options --access-key and --secret-key are those of a new key.</param>
    public static Command Command(
        string name, string description, IEnumerable<Symbol> symbols,
        Func<AdminClient, ParseResult, Task<string>> ask, Func<JsonNode?, ParseResult, string> show,
        bool makesKey = false)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument) command.Arguments.Add(argument);
            else command.Options.Add((Option)symbol);
        }

        var options = new AdminOptions(makesKey);
        foreach (var option in new Option[]
            { options._endpoint, options._accessKey, options._secretKey, options._data, options._json })
            command.Options.Add(option);
        command.SetAction((parsed, _) => options.RunAsync(parsed, ask, show));
        return command;
    }

    private async Task<int> RunAsync(
        ParseResult parsed, Func<AdminClient, ParseResult, Task<string>> ask,
        Func<JsonNode?, ParseResult, string> show)
    {
        try
        {
            using var client = new AdminClient(parsed.GetValue(_endpoint)!, CredentialsOf(parsed));
            var answer = await ask(client, parsed);
            var text = parsed.GetValue(_json)
                ? answer
                : show(answer.Length == 0 ? null : JsonNode.Parse(answer), parsed);
            if (text.Length > 0) Console.Out.WriteLine(text);
            return Done;
        }
        catch (AdminCommandException refused) when (refused.IsRefused)
        {
            Console.Error.WriteLine("ciaos: " + refused.Message);
            return Refused;
        }
        catch (Exception error) when (error is AdminCommandException or SettingsException or IOException
            or UnauthorizedAccessException or System.Text.Json.JsonException)
        {
            Console.Error.WriteLine("ciaos: " + error.Message);
            return NotDone;
        }
    }

    private string CredentialsOf(ParseResult parsed)
    {
        var (id, secret) = (parsed.GetValue(_accessKey), parsed.GetValue(_secretKey));
        if (id is null != secret is null)
            throw new AdminCommandException("An access key and its secret key have to be given together");
        if (id is not null) return $"{id}:{secret}";
        (id, secret) = (Variable(AccessKeyVariable), Variable(SecretKeyVariable));
        if (id is not null && id.Contains(':')) return id;
        if (id is not null && secret is not null)
            return Variable(TokenVariable) is { } token ? $"{id}:{secret}:{token}" : $"{id}:{secret}";
        var assignments = new List<string>();
        CommandLine.Add(assignments, "ciaos.data", parsed.GetValue(_data));
        var folder = NodeSettings.From(CommandLine.Load(null, assignments)).DataPath;
        return RootCredentials.Read(folder) is { } root
            ? $"{root.Id}:{root.Secret}"
            : throw new AdminCommandException(
                $"No access key is given: set {AccessKeyVariable} and {SecretKeyVariable}, or name the node's data "
                + $"folder with --data (there is no {Path.Combine(folder, RootCredentials.FileName)})");
    }

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
