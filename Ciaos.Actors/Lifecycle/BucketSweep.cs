using Ciaos.Actors.Index;
using Ciaos.Actors.Index.Catalog;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Lifecycle;

/// <summary>Carries out one rule in one bucket. Each command names the version that was seen: what was written, tagged
/// or deleted meanwhile is left alone, and so is what is locked.</summary>
internal sealed class BucketSweep(
    CatalogAges ages, LifecycleCommands commands, LifecycleSettings settings, BucketInfo bucket,
    BucketProgress progress, DateTimeOffset now, CancellationToken cancellation)
{
    public async Task RunAsync(int ordinal, LifecycleRule rule)
    {
        var calendar = settings.Calendar;
        if (rule.ExpireDate <= now) await ExpireAsync(ordinal, rule, now);
        if (rule.ExpireDays is { } days && calendar.DueSince(now, days) is { } modified)
        {
            await ExpireAsync(ordinal, rule, modified);
            await RemoveMarkersAsync(rule, modified);
        }

        if (rule.NoncurrentDays is { } noncurrent && calendar.DueSince(now, noncurrent) is { } since)
            await ExpireVersionsAsync(ordinal, rule, since);
        if (rule.AbortDays is { } abort && calendar.DueSince(now, abort) is { } begun)
            await AbortAsync(ordinal, rule, begun);

        // Last, because the end of older versions leaves markers behind that hide nothing any more.
        if (rule.RemovesLoneMarkers) await RemoveMarkersAsync(rule, now);
    }

    private Task ExpireAsync(int ordinal, LifecycleRule rule, DateTimeOffset to) => EachPageAsync(
        (ordinal, LifecycleAction.ExpireObjects), to,
        (after, micros) => ages.Objects(bucket.Id, after, micros, settings.PageRows),
        objects =>
        {
            // Somebody may have switched versioning on since the run began.
            if (ages.Find(bucket.Id) is not { } latest) return [];
            return objects.Where(rule.Matches).Select(found => new Delete(
                bucket.Id, found.Key, Precondition.None, latest.Versioning, MustExist: true, found.Version));
        });

    private async Task RemoveMarkersAsync(LifecycleRule rule, DateTimeOffset to)
    {
        for (AgePlace? after = AgePlace.Behind(0); after is { } place;)
        {
            var page = ages.LoneMarkers(bucket.Id, place, Micros.From(to), settings.PageRows);
            await commands.SendAsync(page.Items.Where(rule.Matches).Select(EndingCurrent), cancellation);
            after = page.Next;
        }
    }

    private async Task ExpireVersionsAsync(int ordinal, LifecycleRule rule, DateTimeOffset to)
    {
        if (rule.KeepNoncurrent == 0)
        {
            await EachPageAsync(
                (ordinal, LifecycleAction.ExpireVersions), to, VersionsOf,
                versions => versions.Where(rule.Matches).Select(EndingOlder));
            return;
        }

        // A version that is old enough may be kept until there are enough newer ones: so each key is looked at that has
        // got an older version since, too.
        await EachPageAsync((ordinal, LifecycleAction.ExpireVersions), to, VersionsOf, Excess);
        await EachPageAsync((ordinal, LifecycleAction.TrimVersions), now, VersionsOf, Excess);

        IEnumerable<IKeyCommand> Excess(IEnumerable<ObjectRecord> versions) => versions
            .Select(version => version.Key).Distinct()
            .Where(key => key.Value.StartsWith(rule.Prefix, StringComparison.Ordinal))
            .SelectMany(key => ExcessOf(new KeyName(bucket.Id, key), rule.KeepNoncurrent, to))
            .Where(rule.Matches).Select(EndingOlder);
    }

    private AgePage<ObjectRecord> VersionsOf(AgePlace after, long toMicros) =>
        ages.Versions(bucket.Id, after, toMicros, settings.PageRows);

    // All of a key are read before the first of them is sent: what is deleted does not move the others' places then.
    private List<ObjectRecord> ExcessOf(KeyName name, int keep, DateTimeOffset to)
    {
        var excess = new List<ObjectRecord>();
        for (AgePlace? after = new AgePlace(0, [], long.MinValue); after is { } place;)
        {
            var page = ages.Excess(name, keep, place, Micros.From(to), settings.PageRows);
            excess.AddRange(page.Items);
            after = page.Next;
        }

        return excess;
    }

    private Task AbortAsync(int ordinal, LifecycleRule rule, DateTimeOffset to) => EachPageAsync(
        (ordinal, LifecycleAction.AbortUploads), to,
        (after, micros) => ages.Uploads(bucket.Id, after, micros, settings.PageRows),
        uploads => uploads
            .Where(upload => upload.Key.Value.StartsWith(rule.Prefix, StringComparison.Ordinal))
            .Select(upload => new AbortMultipart(bucket.Id, upload.Key, upload.Id)));

    /// <summary>Goes through what became old enough since the last time, and notes how far it came where the index has
    /// judged all of it.</summary>
    private async Task EachPageAsync<T>(
        (int Rule, LifecycleAction Action) work, DateTimeOffset to, Func<AgePlace, long, AgePage<T>> read,
        Func<IReadOnlyList<T>, IEnumerable<IKeyCommand>> judge)
    {
        var isDone = true;
        var from = Micros.From(progress.From(work.Rule, work.Action));
        for (AgePlace? after = AgePlace.Behind(from); after is { } place;)
        {
            cancellation.ThrowIfCancellationRequested();
            var page = read(place, Micros.From(to));
            isDone &= await commands.SendAsync(judge(page.Items), cancellation);
            after = page.Next;
        }

        if (isDone) progress.Note(work.Rule, work.Action, to);
    }

    private IKeyCommand EndingOlder(ObjectRecord version) => Ending(version, isCurrent: false);

    private IKeyCommand EndingCurrent(ObjectRecord marker) => Ending(marker, isCurrent: true);

    private DeleteVersion Ending(ObjectRecord version, bool isCurrent) => new(
        bucket.Id, version.Key, version.VersionId, Precondition.None, BypassGovernance: false, version.Version,
        isCurrent);
}
