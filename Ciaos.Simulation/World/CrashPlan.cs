using Ciaos.Simulation.Model;
using Ciaos.Storage;

namespace Ciaos.Simulation.World;

/// <summary>A crash to come.</summary>
/// <param name="IsPowerCut">What was not flushed is lost in part; else the process is killed, and what it has written
/// stays.</param>
/// <param name="Point">Null: operations of the disk are counted.</param>
/// <param name="Count">The how manieth operation, or passing of the point, from now on, counted from 1.</param>
/// <param name="Again">A second crash, planned for what follows upon this one.</param>
internal sealed record CrashPlan(bool IsPowerCut, CrashPoint? Point, int Count, CrashPlan? Again = null)
{
    public static CrashPlan Of(CrashStep crash) => new(
        crash.Kind == CrashKind.PowerCut,
        crash.Moment.Point is { } name ? Enum.Parse<CrashPoint>(name) : null,
        Math.Max(1, crash.Moment.Count),
        crash.Again is { } again ? Of(again) : null);
}
