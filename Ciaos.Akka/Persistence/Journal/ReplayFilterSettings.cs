using Akka.Actor;
using Akka.Configuration;

namespace Akka.Persistence.Journal;

/// <summary>A journal's section <c>replay-filter</c>.</summary>
internal sealed class ReplayFilterSettings
{
    private readonly ReplayFilterMode _mode;
    private readonly int _windowSize;
    private readonly int _maxOldWriters;
    private readonly bool _debug;

    public ReplayFilterSettings(Config section)
    {
        var mode = section.GetString("mode", "repair-by-discard-old");
        _mode = mode.ToLowerInvariant() switch
        {
            "off" or "false" => ReplayFilterMode.Disabled,
            "repair-by-discard-old" => ReplayFilterMode.RepairByDiscardOld,
            "fail" => ReplayFilterMode.Fail,
            "warn" => ReplayFilterMode.Warn,
            _ => throw new ConfigurationException(
                $"Invalid replay-filter.mode [{mode}], supported values [off, repair-by-discard-old, fail, warn]"),
        };
        _windowSize = section.GetInt("window-size", 100);
        _maxOldWriters = section.GetInt("max-old-writers", 10);
        _debug = section.GetBoolean("debug", false);
    }

    public bool IsEnabled => _mode != ReplayFilterMode.Disabled;

    public Props Props(IActorRef persistentActor) =>
        ReplayFilter.Props(persistentActor, _mode, _windowSize, _maxOldWriters, _debug);
}
