using System.Collections.Immutable;
using System.Numerics;

namespace Ciaos.Simulation.Model;

/// <summary>Steps that do less than another one, so that a failing script can be made simple.</summary>
internal static class StepSimplifier
{
    /// <summary>Simpler steps, those that save most first. Each costs less than the step itself.</summary>
    public static IEnumerable<ScriptStep> Simpler(ScriptStep step)
    {
        var cost = Cost(step);
        return Candidates(step).Where(candidate => Cost(candidate) < cost);
    }

    /// <summary>At least 1. No two simplifications lead round in a circle, since each makes it less.</summary>
    public static int Cost(ScriptStep step) => 1 + step switch
    {
        ClientStep client => 2 * client.Client + Cost(client.Operation),
        CrashStep crash => (int)crash.Kind + (crash.Moment.Point is null ? 0 : 1) + Bits(crash.Moment.Count)
            + (crash.Again is null ? 0 : 5),
        RebuildIndexStep { Crash: { } crash } => 5 + Cost(crash),
        PassTimeStep pass => Bits(pass.Milliseconds),
        DiskErrorsStep errors => Bits(errors.Reads) + Bits(errors.Writes) + Bits(errors.Flushes),
        _ => 0,
    };

    private static int Cost(Operation operation) =>
        operation.Uploads.Sum(content => 1 + Bits(content.LengthBytes)) + operation switch
        {
            RawPut put => (put.Condition.Kind is ConditionKind.None ? 0 : 1) + (put.ContentType is null ? 0 : 1),
            RawDelete { Condition.Kind: not ConditionKind.None } or RawGet { Range: not null } => 1,
            BrokenPut broken => 1 + Bits(broken.Content.LengthBytes) + Bits(broken.SentBytes),
            _ => 0,
        };

    // A power of two less is simpler, a few bytes less are not.
    private static int Bits(int number) => 32 - BitOperations.LeadingZeroCount((uint)number);

    private static IEnumerable<ScriptStep> Candidates(ScriptStep step) => step switch
    {
        ClientStep client => Operations(client.Operation).Select(simpler => client with { Operation = simpler })
            .Prepend(client with { Client = 0 }).Append(client with { Client = client.Client / 2 }),
        CrashStep crash => Crashes(crash),
        RebuildIndexStep { Crash: not null } => [new RebuildIndexStep()],
        DiskErrorsStep errors =>
            [errors with { Reads = 0 }, errors with { Writes = 0 }, errors with { Flushes = 0 }],
        PassTimeStep pass => Lengths(pass.Milliseconds).Select(milliseconds => new PassTimeStep(milliseconds)),
        _ => [],
    };

    private static IEnumerable<CrashStep> Crashes(CrashStep crash)
    {
        if (crash.Again is not null) yield return crash with { Again = null };
        yield return crash with { Moment = CrashMoment.Now };
        for (var kind = CrashKind.Restart; kind < crash.Kind; kind++) yield return crash with { Kind = kind };
        foreach (var count in Lengths(crash.Moment.Count))
            if (crash.Moment.Point is null || count > 0)
                yield return crash with { Moment = crash.Moment with { Count = count } };
    }

    private static IEnumerable<Operation> Operations(Operation operation)
    {
        switch (operation)
        {
            case RawPut put:
                yield return put with { Condition = Condition.None };
                yield return put with { ContentType = null };
                break;
            case RawDelete delete:
                yield return delete with { Condition = Condition.None };
                break;
            case RawGet get:
                yield return get with { Range = null };
                break;
            case BrokenPut broken:
                foreach (var sent in Lengths(broken.SentBytes)) yield return broken with { SentBytes = sent };
                if (broken.Content.LengthBytes > broken.SentBytes + 1)
                    yield return broken with { Content = broken.Content with { LengthBytes = broken.SentBytes + 1 } };
                break;
        }

        foreach (var uploads in Uploads(operation.Uploads)) yield return operation.WithUploads(uploads);
    }

    private static IEnumerable<ImmutableArray<Content>> Uploads(ImmutableArray<Content> uploads)
    {
        for (var i = 0; i < uploads.Length && uploads.Length > 1; i++) yield return uploads.RemoveAt(i);
        for (var i = 0; i < uploads.Length; i++)
            foreach (var length in Lengths(uploads[i].LengthBytes))
                yield return uploads.SetItem(i, uploads[i] with { LengthBytes = length });
    }

    private static IEnumerable<int> Lengths(int length) => [0, 1, 100, length / 16, length / 2];
}
