using System.CommandLine;
using System.Globalization;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client;

/// <summary>Arguments and options that several commands have, and how their values are read.</summary>
internal static class Arguments
{
    private const int MaxWorkers = 256;

    public static Option<int> Workers() => Number(
        "--workers", "How many files are moved at once", ManyTransfers.DefaultWorkers, 1, MaxWorkers);

    public static Option<int> Number(
        string name, string description, int byDefault, int least, int most, params string[] aliases)
    {
        var option = Parsed<int>(
            name, description, byDefault.ToString(CultureInfo.InvariantCulture), $"a number from {least} to {most}",
            (string text, out int value) =>
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value)
                && value >= least && value <= most);
        foreach (var alias in aliases) option.Aliases.Add(alias);
        return option;
    }

    public static Argument<string[]> Keys()
    {
        var keys = new Argument<string[]>("key")
        {
            HelpName = "KEY",
            Description = "One or more keys",
            Arity = ArgumentArity.OneOrMore,
            CompletionSources = { KeyCompletion.Suggest },
        };
        keys.Validators.Add(found =>
        {
            if (found.Tokens.Any(token => token.Value.Length == 0)) found.AddError("A key is never empty");
        });
        return keys;
    }

    public static Argument<string?> Prefix() => new("prefix")
    {
        HelpName = "PREFIX",
        Description = "What the keys begin with (default: all)",
        Arity = ArgumentArity.ZeroOrOne,
        CompletionSources = { KeyCompletion.Suggest },
    };

    /// <summary>An option whose text is read by <paramref name="parse"/>.</summary>
    /// <param name="form">What a right value looks like.</param>
    public static Option<T> Parsed<T>(
        string name, string description, string? byDefault, string form, TryParse<T> parse)
    {
        var option = new Option<T>(name) { Description = description };
        option.CustomParser = found => Read(found.Tokens is [var token] ? token.Value : "", found.AddError)!;
        if (byDefault is not null) option.DefaultValueFactory = _ => Read(byDefault, _ => { })!;
        return option;

        T? Read(string text, Action<string> refuse)
        {
            if (parse(text, out var value)) return value;
            refuse($"{name}: \"{text}\" is not {form}");
            return default;
        }
    }

    public delegate bool TryParse<T>(string text, out T value);
}
