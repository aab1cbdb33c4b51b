using Akka.Configuration;

namespace Ciaos.Actors.Lifecycle;

/// <summary>The section <c>ciaos.lifecycle</c>, checked. hocon/reference.conf tells what each setting is for.</summary>
/// <param name="Day">Length of a day of a rule, 1 second to 24 hours.</param>
/// <param name="Interval">Between two runs.</param>
/// <param name="FullInterval">So often a run looks at everything that is old enough, not only at what became so since
/// the last one.</param>
/// <param name="PageRows">Rows of the catalog that are read at a time.</param>
/// <param name="Parallel">Commands that are under way at a time.</param>
/// <param name="Pause">Where the index is overloaded or fails.</param>
public sealed record LifecycleSettings(
    TimeSpan Day, TimeSpan Interval, TimeSpan FullInterval, int PageRows, int Parallel, TimeSpan Pause)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    public LifecycleCalendar Calendar => new(Day);

    /// <exception cref="SettingsException">Names the key, its value and what is allowed.</exception>
    public static LifecycleSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.lifecycle");
        return new LifecycleSettings(
            section.Duration("day", Second, TimeSpan.FromDays(1)),
            section.Duration("interval", Second, TimeSpan.FromDays(1)),
            section.Duration("full-interval", Second, TimeSpan.FromDays(30)),
            section.Int("page-rows", 1, 100_000),
            section.Int("parallel", 1, 1_000),
            section.Duration("pause", TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(10)));
    }
}
