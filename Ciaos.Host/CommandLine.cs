using System.Collections;
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Reflection;
using Akka.Configuration;
using Ciaos.Actors;
using Ciaos.Host.Client;
using Ciaos.Host.Identity;
using Ciaos.Host.Settings;

namespace Ciaos.Host;

/// <summary>What <c>ciaos</c> can be told on the command line.</summary>
internal static class CommandLine
{
    public static RootCommand Build()
    {
        var root = new RootCommand("CIAOS, a key/value and object store. Without a command it serves.")
        {
            Serve(),
            RebuildCommand.Build(),
            Check.CheckCommand.Build(),
            BackupCommand.Build(),
            HealthCommand.Build(),
            Journal.JournalCommand.Build(),
            Version(),
        };
        foreach (var command in ClientCommands.Build().Concat(IdentityCommands.Build())) root.Subcommands.Add(command);

        // Keys may begin with a slash: only what begins with a dash is an option.
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Aliases.Remove("/h");
            help.Aliases.Remove("/?");
        }

        return root;
    }

    /// <summary>Says what is wrong with what was typed, and where to read more.</summary>
    /// <returns>The exit code.</returns>
    public static int Refuse(ParseResult parsed, TextWriter errors)
    {
        const StringSplitOptions Lines = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        foreach (var error in parsed.Errors)
            errors.WriteLine("ciaos: " + string.Join(' ', error.Message.Split('\n', Lines)));
        var path = string.Join(' ', NamesOf(parsed.CommandResult).Reverse());
        errors.WriteLine($"       \"ciaos {path}{(path.Length > 0 ? " " : "")}--help\" tells more");
        return ExitCode.Usage;
    }

    private static IEnumerable<string> NamesOf(CommandResult? result)
    {
        for (; result?.Parent is not null; result = result.Parent as CommandResult) yield return result.Command.Name;
    }

    private static Command Serve()
    {
        var config = Setting("--config", "A HOCON file with settings (hocon/reference.conf tells all of them)");
        var data = Setting("--data", "Where volumes and index lie (ciaos.data; default ./data)");
        var listen = Setting("--listen", "Address to listen on (ciaos.http.address; default 127.0.0.1)");
        var port = Setting("--port", "Port of the native API (ciaos.http.port; default 9710, 0: any free one)");
        var set = new Option<string[]>("--set")
        {
            Description = "Any setting as key=value; may be repeated",
            DefaultValueFactory = _ => [],
        };
        var command = new Command("serve", "Run a node until it is told to stop (Ctrl-C or SIGTERM)")
        {
            config, data, listen, port, set,
        };
        command.SetAction((parsed, cancellation) =>
        {
            var assignments = new List<string>(parsed.GetValue(set)!);
            Add(assignments, "ciaos.data", parsed.GetValue(data));
            Add(assignments, "ciaos.http.address", parsed.GetValue(listen));
            Add(assignments, "ciaos.http.port", parsed.GetValue(port));
            return ServeAsync(parsed.GetValue(config), assignments);
        });
        return command;
    }

    internal static Option<string?> Setting(string name, string description) => new(name) { Description = description };

    private static Command Version()
    {
        var command = new Command("version", "Print the version");
        command.SetAction(_ => Console.WriteLine($"ciaos {ProductVersion} (.NET {Environment.Version})"));
        return command;
    }

    /// <summary>The version of this build, with the commit where the build knew it.</summary>
    internal static string ProductVersion =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    internal static void Add(List<string> assignments, string key, string? value)
    {
        if (value is not null) assignments.Add($"{key}={value}");
    }

    /// <summary>The configuration out of all its layers.</summary>
    internal static Config Load(string? file, List<string> assignments)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""));
        return NodeConfig.Load(file, environment, assignments);
    }

    private static async Task<int> ServeAsync(string? file, List<string> assignments)
    {
        try
        {
            return await NodeProcess.RunAsync(Load(file, assignments));
        }
        catch (Exception error) when (error is SettingsException or NodeStartException)
        {
            await Console.Error.WriteLineAsync("ciaos: " + error.Message);
            return 2;
        }
    }
}
