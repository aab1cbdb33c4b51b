using System.Collections.Immutable;
using Akka.Configuration;

namespace Akka.Actor.Internal;

/// <summary>A step of a coordinated shutdown.</summary>
/// <param name="DependsOn">The phases that come before it.</param>
/// <param name="Recover">Whether the shutdown goes on when a task of this phase fails or takes too long.</param>
internal sealed record Phase(ImmutableHashSet<string> DependsOn, TimeSpan Timeout, bool Recover)
{
    public bool Equals(Phase? other) =>
        other is not null
        && Timeout == other.Timeout && Recover == other.Recover && DependsOn.SetEquals(other.DependsOn);

    public override int GetHashCode() => HashCode.Combine(Timeout, Recover, DependsOn.Count);

    /// <param name="config">The section akka.coordinated-shutdown.</param>
    public static IReadOnlyDictionary<string, Phase> ReadAll(Config config)
    {
        var defaultTimeout = config.GetTimeSpan("default-phase-timeout");
        var phases = new Dictionary<string, Phase>(StringComparer.Ordinal);
        if (config.GetConfig("phases") is not { } section) return phases;
        foreach (var (name, _) in section.AsEnumerable())
        {
            var one = section.GetConfig(name) ?? Config.Empty;
            phases[name] = new Phase(
                [.. one.GetStringList("depends-on")],
                one.GetTimeSpan("timeout", defaultTimeout),
                one.GetBoolean("recover", true));
        }

        return phases;
    }

    /// <summary>Each phase after all that it depends on.</summary>
    /// <exception cref="ArgumentException">The phases depend on each other in a circle.</exception>
    public static IReadOnlyList<string> Sort(IReadOnlyDictionary<string, Phase> phases)
    {
        var sorted = new List<string>();
        var done = new HashSet<string>(StringComparer.Ordinal);
        var open = new HashSet<string>(StringComparer.Ordinal);

        // In the order of the names, so that phases that do not depend on each other have a fixed order too.
        foreach (var name in phases.Keys.OrderBy(name => name, StringComparer.Ordinal)) Visit(name);
        return sorted;

        void Visit(string name)
        {
            if (done.Contains(name)) return;
            if (!open.Add(name))
            {
                throw new ArgumentException(
                    $"Cycle detected in graph of phases. It must be a DAG. phase [{name}] depends transitively on "
                    + "itself.");
            }

            if (phases.TryGetValue(name, out var phase))
            {
                foreach (var before in phase.DependsOn.OrderBy(one => one, StringComparer.Ordinal)) Visit(before);
            }

            open.Remove(name);
            done.Add(name);
            sorted.Add(name);
        }
    }
}
