using Ciaos.Client;
using Ciaos.Host.Client;
using Ciaos.Host.Client.Folders;
using Ciaos.Host.Client.Sync;
using Xunit;

namespace Ciaos.Specs.Host.Client;

/// <summary>What <c>ciaos sync</c> does about a name, and how it reads its two sides.</summary>
public sealed class SyncRuleSpec
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, 123, TimeSpan.Zero);
    private static readonly SyncRule Up = new(IsUpload: true, ByContent: false, TimeSpan.Zero);
    private static readonly SyncRule Down = new(IsUpload: false, ByContent: false, TimeSpan.Zero);

    [Fact]
    public void What_only_the_source_has_is_brought_and_what_only_the_target_has_is_to_be_removed()
    {
        Assert.Equal(SyncStep.Transfer, Up.Decide(File(3, Noon), null));
        Assert.Equal(SyncStep.Remove, Up.Decide(null, Object(3, Noon)));
        Assert.Equal(SyncStep.Transfer, Down.Decide(null, Object(3, Noon)));
        Assert.Equal(SyncStep.Remove, Down.Decide(File(3, Noon), null));
    }

    [Fact]
    public void Another_size_is_brought_whatever_the_times_say()
    {
        Assert.Equal(SyncStep.Transfer, Up.Decide(File(3, Noon.AddDays(-1)), Object(4, Noon)));
        Assert.Equal(SyncStep.Transfer, Down.Decide(File(3, Noon), Object(4, Noon)));
    }

    [Fact]
    public void A_file_is_sent_when_it_was_written_after_the_object()
    {
        Assert.Equal(SyncStep.Nothing, Up.Decide(File(3, Noon.AddDays(-1)), Object(3, Noon)));
        Assert.Equal(SyncStep.Transfer, Up.Decide(File(3, Noon.AddMilliseconds(2)), Object(3, Noon)));
    }

    [Fact]
    public void A_part_of_a_millisecond_which_the_node_does_not_tell_makes_no_file_newer() =>
        Assert.Equal(SyncStep.Nothing, Up.Decide(File(3, Noon.AddMicroseconds(900)), Object(3, Noon)));

    [Fact]
    public void An_object_is_fetched_when_the_file_does_not_bear_its_time()
    {
        Assert.Equal(SyncStep.Nothing, Down.Decide(File(3, Noon), Object(3, Noon)));
        Assert.Equal(SyncStep.Transfer, Down.Decide(File(3, Noon.AddMilliseconds(5)), Object(3, Noon)));
        Assert.Equal(SyncStep.Transfer, Down.Decide(File(3, Noon.AddMilliseconds(-5)), Object(3, Noon)));
    }

    [Fact]
    public void Where_a_file_system_keeps_whole_seconds_they_are_compared()
    {
        var whole = Noon.AddMilliseconds(-123);
        Assert.Equal(SyncStep.Nothing, Down.Decide(File(3, whole), Object(3, Noon)));
        Assert.Equal(SyncStep.Transfer, Down.Decide(File(3, whole), Object(3, Noon.AddSeconds(2))));
    }

    [Fact]
    public void A_clock_that_is_ahead_does_not_hide_what_was_written_since()
    {
        var ahead = Up with { ClockLead = TimeSpan.FromHours(1) };
        Assert.Equal(SyncStep.Transfer, ahead.Decide(File(3, Noon.AddMinutes(30)), Object(3, Noon.AddHours(1))));
        Assert.Equal(SyncStep.Nothing, ahead.Decide(File(3, Noon.AddMinutes(-1)), Object(3, Noon.AddHours(1))));
        var behind = Up with { ClockLead = TimeSpan.FromHours(-1) };
        Assert.Equal(SyncStep.Nothing, behind.Decide(File(3, Noon.AddMinutes(-1)), Object(3, Noon.AddHours(-1))));
    }

    [Fact]
    public void By_content_only_equal_sizes_are_compared()
    {
        foreach (var rule in new[] { Up, Down })
        {
            var byContent = rule with { ByContent = true };
            Assert.Equal(SyncStep.Compare, byContent.Decide(File(3, Noon.AddDays(1)), Object(3, Noon)));
            Assert.Equal(SyncStep.Transfer, byContent.Decide(File(4, Noon), Object(3, Noon)));
        }
    }

    [Fact]
    public void The_mark_tells_the_nodes_side()
    {
        var up = SyncRequest.Of("photos", "ciaos:archive/2026");
        Assert.Equal((true, Path.GetFullPath("photos"), "archive/2026/"), (up.IsUpload, up.Folder, up.Prefix));
        var down = SyncRequest.Of("ciaos:", ".");
        Assert.Equal((false, Path.GetFullPath("."), ""), (down.IsUpload, down.Folder, down.Prefix));
        Assert.Equal("a/", SyncRequest.Of("ciaos:a/", ".").Prefix);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("ciaos:a", "ciaos:b")]
    public void Two_folders_and_two_prefixes_are_refused(string source, string target) =>
        Assert.Equal(
            ExitCode.Usage, Assert.Throws<CommandException>(() => SyncRequest.Of(source, target)).ExitCode);

    private static LocalFile File(long size, DateTimeOffset modified) => new("name", "/folder/name", size, modified);

    private static ObjectInfo Object(long size, DateTimeOffset modified) =>
        new() { Key = "prefix/name", SizeBytes = size, Modified = modified };
}
