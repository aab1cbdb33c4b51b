using System.CommandLine;
using System.Numerics;
using System.Runtime.InteropServices;
using Akka.Configuration;
using Ciaos.Actors.Journal;

namespace Ciaos.Host.Journal;

/// <summary><c>ciaos journal dump</c> and <c>tail</c>: what has happened, in the order in which it was written
/// (docs/check.md). A node may be running.</summary>
internal static class JournalCommand
{
    private const int Fine = 0;
    private const int NotAllUnderstood = 1;

    public static Command Build() => new(
        "journal",
        "Show what the journal tells. The node may be running. "
        + "Exit code 0: fine; 1: some events are not understood; 2: it could not be done")
    {
        Dump(),
        Tail(),
    };

    private static Command Dump()
    {
        var limit = new Option<long>("--limit")
        {
            Description = "Show at most so many",
            DefaultValueFactory = _ => long.MaxValue,
        };
        NotNegative(limit);
        var command = new Command("dump", "Show all events") { limit };
        var options = new Options(command);
        command.SetAction(parsed => DataCommand.Run(() =>
            Run(options.Of(parsed) with { Limit = parsed.GetValue(limit) })));
        return command;
    }

    private static Command Tail()
    {
        var count = new Option<int>("-n") { Description = "Show the last so many", DefaultValueFactory = _ => 10 };
        var follow = new Option<bool>("--follow", "-f")
        {
            Description = "Go on with what is written from now on, until Ctrl-C",
        };
        NotNegative(count);
        var command = new Command("tail", "Show the last events") { count, follow };
        var options = new Options(command);
        command.SetAction(parsed => DataCommand.Run(() => Run(options.Of(parsed) with
        {
            Last = parsed.GetValue(count),
            Follows = parsed.GetValue(follow),
        })));
        return command;
    }

    private static void NotNegative<T>(Option<T> option)
        where T : INumber<T> => option.Validators.Add(found =>
        {
            if (found.Tokens is [var token] && token.Value.StartsWith('-'))
                found.AddError($"{option.Name} is a number from 0 on");
        });

    private static int Run(JournalRequest request)
    {
        using var stop = new ManualResetEventSlim();
        using var interrupt = request.Follows ? StopOn(PosixSignal.SIGINT, stop) : null;
        using var terminate = request.Follows ? StopOn(PosixSignal.SIGTERM, stop) : null;
        var output = StandardOutput.Open();
        try
        {
            return Show(request, output, stop) ? Fine : NotAllUnderstood;
        }
        catch (IOException closed) when (StandardOutput.HasNoReader(closed))
        {
            return Fine;
        }
    }

    // What was read before a failure is shown too.
    private static bool Show(JournalRequest request, TextWriter output, ManualResetEventSlim stop)
    {
        using var journal = new JournalInspection(DataCommand.JournalOf(request.Config), isAlone: false);
        journal.Require();
        var listing = new JournalListing(journal, request, output);
        try
        {
            listing.Run(stop);
        }
        finally
        {
            output.Flush();
        }

        return listing.Problems == 0;
    }

    private static PosixSignalRegistration StopOn(PosixSignal signal, ManualResetEventSlim stop) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stop.Set();
        });

    private sealed class Options
    {
        private readonly DataCommand _common;

        private readonly Option<string?> _stream = CommandLine.Setting(
            "--stream", "Of this stream only, such as buckets, volumes or index-shard-0");

        private readonly Option<long> _after = new("--after") { Description = "Only behind this position" };
        private readonly Option<bool> _json = new("--json") { Description = "One JSON object per line, with all" };
        private readonly Option<bool> _verbose = new("--verbose") { Description = "Metadata and segments too" };

        public Options(Command command)
        {
            _common = new DataCommand(command);
            foreach (var option in new Option[] { _stream, _after, _json, _verbose }) command.Options.Add(option);
        }

        public JournalRequest Of(ParseResult parsed) => new(
            _common.Load(parsed), parsed.GetValue(_stream), parsed.GetValue(_after), parsed.GetValue(_json),
            parsed.GetValue(_verbose));
    }
}

/// <summary>What of a journal is to be shown, and how.</summary>
/// <param name="Last">Only the last so many; null: from the beginning.</param>
/// <param name="Follows">What is written later too.</param>
internal sealed record JournalRequest(
    Config Config,
    string? Stream,
    long After,
    bool AsJson,
    bool IsVerbose,
    long Limit = long.MaxValue,
    int? Last = null,
    bool Follows = false);
