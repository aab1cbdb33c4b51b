using System.Collections.Immutable;

namespace Ciaos.Simulation.World;

/// <summary>A run has shown something that must not be.</summary>
internal sealed class SimulationFailedException(string reason, ImmutableArray<string> trace) : Exception(reason)
{
    public ImmutableArray<string> Trace { get; } = trace;
}
