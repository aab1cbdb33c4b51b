using System.Collections.Immutable;
using System.Globalization;

namespace Ciaos.Simulation.Model;

/// <summary>
/// A run as a list of steps, in lines of text. Steps begin in their order. A client's step waits until the client's
/// step before has ended; those of other clients go on meanwhile. Any step can be left out: what remains is a run.
/// </summary>
/// <param name="Seed">Of all that the steps do not tell, such as the order in which actors get their messages.</param>
internal sealed record Script(long Seed, WorkloadSettings Settings, ImmutableArray<ScriptStep> Steps)
{
    /// <summary>The keys that any of its operations names, by owner: what is to be read at the end.</summary>
    public IEnumerable<(string Owner, ImmutableArray<string> Keys)> Keys() => Steps
        .OfType<ClientStep>()
        .Where(step => step.Operation is not S3Operation)
        .GroupBy(step => step.Operation.Owner, step => step.Operation.Keys, StringComparer.Ordinal)
        .OrderBy(owner => owner.Key, StringComparer.Ordinal)
        .Select(owner => (
            owner.Key,
            owner.SelectMany(keys => keys).Distinct(StringComparer.Ordinal)
                .Order(KeyOrder.Instance).ToImmutableArray()));

    /// <summary>The same of operations of S3.</summary>
    public IEnumerable<(string Owner, string Key)> S3Keys() => Steps
        .OfType<ClientStep>().Select(step => step.Operation).OfType<S3Operation>()
        .Select(operation => (operation.Owner, operation.Key)).Distinct()
        .OrderBy(place => place.Owner, StringComparer.Ordinal).ThenBy(place => place.Key, KeyOrder.Instance);

    /// <summary>Reads that look at all there can be: the list of each owner, and each key in every way.</summary>
    public IEnumerable<Operation> Audit()
    {
        foreach (var (owner, keys) in Keys())
        {
            yield return new List(owner, "", "", 1000);
            foreach (var key in keys)
            {
                yield return new RawGet(owner, key);
                yield return new FilesGet(owner, key);
                yield return new Stat(owner, key);
            }
        }
    }

    /// <summary>The same with each key in one way or another.</summary>
    public IEnumerable<Operation> Audit(Random random)
    {
        foreach (var (owner, keys) in Keys())
        {
            yield return new List(owner, "", "", 1000);
            foreach (var key in keys)
            {
                yield return random.Next(2) == 0 ? new RawGet(owner, key) : new FilesGet(owner, key);
                if (random.Next(4) == 0) yield return new Stat(owner, key);
            }
        }
    }

    public override string ToString() =>
        string.Join('\n', Steps.Select(step => step.ToString()).Prepend($"{Settings}").Prepend($"seed {Seed}"));

    /// <summary>Reads a script back. Lines that begin with '#' are for people.</summary>
    /// <exception cref="FormatException">It is no script.</exception>
    public static Script Parse(string text)
    {
        var lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line[0] != '#').ToArray();
        if (lines is not [['s', 'e', 'e', 'd', ' ', .. var seed], var settings, .. var steps])
            throw new FormatException("A script begins with its seed and its settings");
        return new Script(
            long.Parse(seed, CultureInfo.InvariantCulture),
            WorkloadSettings.Parse(settings),
            [.. steps.Select(ScriptStep.Parse)]);
    }
}
