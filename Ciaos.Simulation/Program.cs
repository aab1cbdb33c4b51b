using System.CommandLine;
using System.Globalization;
using Ciaos.Simulation.Model;
using Ciaos.Simulation.World;

namespace Ciaos.Simulation;

/// <summary><c>ciaos-sim</c>: runs seeds, or one script, and tells what went wrong. docs/testing.md tells
/// more.</summary>
internal static class Program
{
    private static int Main(string[] args)
    {
        var defaults = new WorkloadSettings();
        var seed = new Option<long?>("--seed") { Description = "Run this seed alone, and show its trace if it fails" };
        var from = new Option<long>("--from") { Description = "First of many seeds", DefaultValueFactory = _ => 1 };
        var count = new Option<long>("--count") { Description = "How many seeds", DefaultValueFactory = _ => 1000 };
        var minutes = new Option<double?>("--minutes") { Description = "Run seeds for so long, however many" };
        var steps = new Option<int>("--steps")
        {
            Description = "Steps of each run",
            DefaultValueFactory = _ => defaults.Steps,
        };
        var workers = new Option<int>("--workers")
        {
            Description = "Runs at a time",
            DefaultValueFactory = _ => Environment.ProcessorCount,
        };
        var keepGoing = new Option<bool>("--keep-going") { Description = "Do not stop at the first failure" };
        var noShrink = new Option<bool>("--no-shrink") { Description = "Do not look for a smaller run that fails" };
        var script = new Option<FileInfo?>("--script") { Description = "Run the script in this file" };
        var print = new Option<bool>("--print") { Description = "Show the script, and run nothing" };
        var log = new Option<bool>("--log") { Description = "Show what the node logs (with --seed or --script)" };
        var command = new RootCommand("Runs whole nodes on simulated disks and clocks, each from one number.")
        {
            seed, from, count, minutes, steps, workers, keepGoing, noShrink, script, print, log,
        };
        command.SetAction(parsed =>
        {
            var settings = defaults with { Steps = parsed.GetValue(steps) };
            var one = parsed.GetValue(script) is { } file ? Script.Parse(File.ReadAllText(file.FullName))
                : parsed.GetValue(seed) is { } number ? Runner.ScriptOf(number, settings) : null;
            if (one is not null && parsed.GetValue(print)) return Print(one);
            if (one is not null) return RunOne(one, parsed.GetValue(log), !parsed.GetValue(noShrink));
            return new SeedRange(
                parsed.GetValue(from),
                parsed.GetValue(minutes) is null ? parsed.GetValue(count) : long.MaxValue / 2,
                TimeSpan.FromMinutes(parsed.GetValue(minutes) ?? TimeSpan.FromDays(30).TotalMinutes),
                settings,
                Math.Max(1, parsed.GetValue(workers)),
                parsed.GetValue(keepGoing),
                !parsed.GetValue(noShrink)).Run();
        });
        return command.Parse(args).Invoke();
    }

    private static int Print(Script script)
    {
        Console.WriteLine(script);
        return 0;
    }

    private static int RunOne(Script script, bool log, bool shrink)
    {
        var result = Runner.Run(script, log ? Console.WriteLine : null);
        if (result.Failure is null)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"seed {script.Seed}: nothing is wrong (fingerprint {result.Fingerprint:x16})"));
            return 0;
        }

        FailureReport.Write(script, result, shrink);
        return 1;
    }
}
