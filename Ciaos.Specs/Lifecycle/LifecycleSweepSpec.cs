using System.Collections.Immutable;
using Ciaos.Specs.Index;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;
using static Ciaos.Specs.Lifecycle.LifecycleNode;

namespace Ciaos.Specs.Lifecycle;

public sealed class LifecycleSweepSpec
{
    [Fact]
    public async Task An_object_stays_until_its_days_are_over()
    {
        await using var node = await StartAsync(rules: Rule("old/") with { ExpireDays = 2 });
        for (var i = 0; i < 5; i++) await node.Put($"old/{i}");
        await node.Put("other");
        Assert.Equal(0, await node.RunAsync());
        Assert.Equal(0, await node.RunAsync(afterDays: 1));
        await node.Put("old/young");
        await node.Put("old/3");
        Assert.Equal(4, await node.RunAsync(afterDays: 2));
        Assert.Equal(["old/3", "old/young", "other"], node.Versions());
        Assert.Equal(2, await node.RunAsync(afterDays: 1));
    }

    [Fact]
    public async Task From_a_date_on_everything_expires()
    {
        var date = TimeProvider.System.GetUtcNow() + TimeSpan.FromDays(3);
        await using var node = await StartAsync(rules: Rule() with { ExpireDate = date });
        await node.Put("a");
        Assert.Equal(0, await node.RunAsync(afterDays: 2));
        Assert.Equal(1, await node.RunAsync(afterDays: 2));
        Assert.Empty(node.Versions());
    }

    [Theory]
    [InlineData(VersioningState.Enabled)]
    [InlineData(VersioningState.Suspended)]
    public async Task A_version_that_expires_leaves_a_delete_marker(VersioningState versioning)
    {
        await using var node = await StartAsync(versioning, Rule() with { ExpireDays = 1 });
        await node.Put("a", VersioningState.Enabled);
        Assert.Equal(1, await node.RunAsync(afterDays: 2));
        Assert.Equal(["a x", "a"], node.Versions());
        Assert.Equal(versioning == VersioningState.Suspended, node.Records()[0].VersionId.IsNull);
        Assert.Equal(0, await node.RunAsync());
    }

    [Fact]
    public async Task Older_versions_end_and_then_the_marker_that_hides_nothing()
    {
        await using var node = await StartAsync(
            VersioningState.Enabled, Rule() with { ExpireDays = 1, NoncurrentDays = 1, RemovesLoneMarkers = true });
        for (var i = 0; i < 4; i++) await node.Put("a");
        Assert.Equal(4, await node.RunAsync(afterDays: 3));
        Assert.Equal(["a x", "a"], node.Versions());
        Assert.Equal(2, await node.RunAsync(afterDays: 3));
        Assert.Empty(node.Versions());
    }

    [Fact]
    public async Task So_many_of_the_older_versions_stay()
    {
        await using var node = await StartAsync(
            VersioningState.Enabled, Rule() with { NoncurrentDays = 1, KeepNoncurrent = 2 });
        for (var i = 0; i < 6; i++) await node.Put("a");
        await node.Put("b");
        await node.Put("b");
        Assert.Equal(3, await node.RunAsync(afterDays: 3));
        Assert.Equal(["a", "a", "a", "b", "b"], node.Versions());
        await node.Put("b");
        await node.Put("b");

        // One that is old enough goes as soon as there are enough newer ones.
        Assert.Equal(1, await node.RunAsync());
        await node.Put("b");
        Assert.Equal(0, await node.RunAsync());
        Assert.Equal(1, await node.RunAsync(afterDays: 3));
    }

    [Fact]
    public async Task A_version_that_is_locked_stays_and_is_asked_again_once_in_a_while()
    {
        await using var node = await StartAsync(VersioningState.Enabled, Rule() with { NoncurrentDays = 1 });
        await node.Put("a", null, "legal-hold=ON");
        await node.Put("a");
        Assert.Equal(0, await node.RunAsync(afterDays: 3));
        Assert.Single(node.Sent);
        Assert.Equal(0, await node.RunAsync(afterDays: 1));
        Assert.Single(node.Sent);
        Assert.Equal(0, await node.RunAsync(afterDays: 10));
        Assert.Equal(2, node.Sent.Count);
        Assert.Equal(["a", "a"], node.Versions());
    }

    [Fact]
    public async Task Other_rules_are_carried_out_from_the_beginning()
    {
        await using var node = await StartAsync(rules: Rule("no") with { ExpireDays = 1 });
        await node.Put("a");
        Assert.Equal(0, await node.RunAsync(afterDays: 5));
        await node.ConfigureAsync("other rules", Rule() with { ExpireDays = 1 });
        Assert.Equal(1, await node.RunAsync());
    }

    [Fact]
    public async Task What_is_written_anew_meanwhile_stays()
    {
        await using var node = await StartAsync(rules: Rule() with { ExpireDays = 1 });
        await node.Put("a");
        ObjectRecord? latest = null;
        node.Send = async command =>
        {
            latest ??= await node.Put("a");
            return await node.Ask(command);
        };
        Assert.Equal(0, await node.RunAsync(afterDays: 3));
        Assert.Equal(latest!.Id, Assert.Single(node.Records()).Id);
    }

    [Fact]
    public async Task An_older_version_that_becomes_current_again_stays()
    {
        await using var node = await StartAsync(VersioningState.Enabled, Rule() with { NoncurrentDays = 1 });
        var older = await node.Put("a");
        var newer = await node.Put("a");
        node.Send = async command =>
        {
            await node.Delete(newer);
            return await node.Ask(command);
        };
        Assert.Equal(0, await node.RunAsync(afterDays: 3));
        Assert.Equal(older.VersionId, Assert.Single(node.Records()).VersionId);
    }

    [Fact]
    public async Task A_null_version_that_was_written_anew_is_not_taken_for_the_older_one()
    {
        await using var node = await StartAsync(VersioningState.Suspended, Rule() with { NoncurrentDays = 1 });
        await node.Put("a");
        await node.Put("a", VersioningState.Enabled);
        ObjectRecord? latest = null;
        node.Send = async command =>
        {
            latest ??= await node.Put("a");
            return await node.Ask(command);
        };
        await node.RunAsync(afterDays: 3);
        Assert.Contains(node.Records(), record => record.Id == latest!.Id && record.IsCurrent);
    }

    [Fact]
    public async Task Uploads_that_nobody_completes_are_aborted()
    {
        await using var node = await StartAsync(rules: Rule("a") with { AbortDays = 1 });
        foreach (var key in new[] { "a1", "a2", "a2", "b" })
            await node.Ask(new BeginMultipart(
                node.Bucket, IndexNode.Key(key), "main", ImmutableSortedDictionary<string, string>.Empty));
        Assert.Equal(0, await node.RunAsync());
        Assert.Equal(3, await node.RunAsync(afterDays: 3));
        Assert.Equal(1, node.Uploads());
    }

    [Fact]
    public async Task A_busy_index_is_asked_again_and_a_failing_one_in_the_next_run()
    {
        await using var node = await StartAsync(rules: Rule() with { ExpireDays = 1 });
        for (var i = 0; i < 7; i++) await node.Put($"a{i}");
        var refusals = 3;
        node.Send = command => Interlocked.Decrement(ref refusals) >= 0
            ? Task.FromResult<IReply>(new Failed(FailReason.Overloaded, "busy"))
            : node.Ask(command);
        Assert.Equal(7, await node.RunAsync(afterDays: 3));

        await node.Put("b");
        node.Send = _ => Task.FromResult<IReply>(new Failed(FailReason.Unavailable, "gone"));
        Assert.Equal(0, await node.RunAsync(afterDays: 3));
        node.Send = node.Ask;
        Assert.Equal(1, await node.RunAsync());
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_a_run_leaves_nothing_half_done()
    {
        await using var node = await StartAsync(
            VersioningState.Enabled, Rule() with { ExpireDays = 1, NoncurrentDays = 1, RemovesLoneMarkers = true });
        for (var i = 0; i < 8; i++)
        {
            await node.Put($"a{i}");
            await node.Put($"a{i}");
        }

        for (var crash = 1; crash <= 4; crash++)
        {
            var left = 3 * crash;
            node.Send = command => Interlocked.Decrement(ref left) < 0
                ? throw new OperationCanceledException("The node is gone")
                : node.Ask(command);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.RunAsync(afterDays: 2));
            await node.KillAndStartAsync();

            // Of each key there is a whole history: a marker with what it hides, or versions.
            foreach (var key in node.Records().GroupBy(record => record.Key))
                Assert.True(key.First().IsCurrent && key.Skip(1).All(record => !record.IsCurrent));
        }

        node.Send = node.Ask;
        await node.RunAsync(afterDays: 2);
        Assert.Empty(node.Versions());
    }
}
