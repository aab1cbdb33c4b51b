using Akka.Configuration;

namespace Ciaos.Actors.Feed;

/// <summary>The section <c>ciaos.feed</c>, checked. hocon/reference.conf tells what each setting is for.</summary>
/// <param name="Gather">How long a follower waits for more, once something has happened, before it reads.</param>
/// <param name="PageEvents">Events of a shard that are read at a time.</param>
/// <param name="CachedPages">Pages of the newest events that all followers share.</param>
/// <param name="Readers">Pages that are read at once.</param>
public sealed record FeedSettings(TimeSpan Gather, int PageEvents, int CachedPages, int Readers)
{
    /// <exception cref="SettingsException">Names the key, its value and what is allowed.</exception>
    public static FeedSettings From(Config config)
    {
        var section = new SettingsSection(config, "ciaos.feed");
        return new FeedSettings(
            section.Duration("gather", TimeSpan.Zero, TimeSpan.FromSeconds(10)),
            section.Int("page-events", 1, 10_000),
            section.Int("cached-pages", 1, 100_000),
            section.Int("readers", 1, 64));
    }
}
