using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Actors.Lifecycle;
using Ciaos.Specs.Index;
using Ciaos.Storage;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Lifecycle;

/// <summary>An index with one bucket that has lifecycle rules, and a clock that can be put forward.</summary>
internal sealed class LifecycleNode : IAsyncDisposable
{
    private static readonly LifecycleSettings Settings = new(
        TimeSpan.FromDays(1), TimeSpan.FromHours(1), TimeSpan.FromDays(10), PageRows: 2, Parallel: 3,
        Pause: TimeSpan.FromMilliseconds(1));

    private readonly ShiftedTime _time;
    private readonly IndexNode _node;
    private readonly VersioningState _versioning;
    private LifecycleSweep _sweep;
    private long _ids = 1;

    private LifecycleNode(IndexNode node, ShiftedTime time, VersioningState versioning)
    {
        (_node, _time, _versioning, Send) = (node, time, versioning, Ask);
        _sweep = NewSweep();
    }

    public ImmutableArray<LifecycleRule> Rules { get; set; } = [];

    /// <summary>What the sweep sends commands with.</summary>
    public Func<IKeyCommand, Task<IReply>> Send { get; set; }

    /// <summary>What the sweep has sent.</summary>
    public List<IKeyCommand> Sent { get; } = [];

    public BucketId Bucket { get; private set; }

    public static async Task<LifecycleNode> StartAsync(
        VersioningState versioning = VersioningState.Off, params LifecycleRule[] rules)
    {
        var time = new ShiftedTime();
        var node = new LifecycleNode(await IndexNode.StartAsync(time: time), time, versioning) { Rules = [.. rules] };
        var config = ImmutableSortedDictionary<string, string>.Empty.Add(LifecycleSweep.ConfigKey, "rules");
        if (versioning != VersioningState.Off)
            config = config.Add(
                BucketProtocol.BucketInfo.VersioningKey,
                versioning == VersioningState.Enabled ? "enabled" : "suspended");
        var made = (BucketProtocol.Created)await node._node.Ask(new BucketProtocol.Create("box", "main", config));
        node.Bucket = made.Bucket.Id;
        return node;
    }

    public static LifecycleRule Rule(string prefix = "") =>
        new(prefix, found => found.Key.Value.StartsWith(prefix, StringComparison.Ordinal));

    public Task<IReply> Ask(IKeyCommand command) => _node.Ask(command);

    public async Task<ObjectRecord> Put(string key, VersioningState? versioning = null, params string[] metadata)
    {
        var content = IndexNode.Content(_ids++) with
        {
            Metadata = metadata.ToImmutableSortedDictionary(pair => pair.Split('=')[0], pair => pair.Split('=')[1]),
        };
        return Assert.IsType<Stored>(await Ask(new Put(
            Bucket, IndexNode.Key(key), PutMode.Upsert, Precondition.None, content,
            versioning ?? _versioning))).Object;
    }

    public Task<IReply> Delete(ObjectRecord version) => Ask(new DeleteVersion(
        Bucket, version.Key, version.VersionId, Precondition.None, BypassGovernance: false));

    public async Task ConfigureAsync(string text, params LifecycleRule[] rules)
    {
        Rules = [.. rules];
        Assert.IsType<BucketProtocol.Configured>(await _node.Ask(new BucketProtocol.Configure(
            "box", ImmutableSortedDictionary<string, string?>.Empty.Add(LifecycleSweep.ConfigKey, text), null)));
    }

    /// <summary>Puts the clock forward and lets the sweep run.</summary>
    public Task<long> RunAsync(int afterDays = 0, CancellationToken cancellation = default)
    {
        _time.Shift += TimeSpan.FromDays(afterDays);
        return _sweep.RunAsync(cancellation);
    }

    /// <summary>As a power cut does it.</summary>
    public async Task KillAndStartAsync()
    {
        await _node.KillAsync();
        await _node.StartAgainAsync();
        _sweep = NewSweep();
    }

    /// <summary>Every version, the newest of each key first: its key, and a cross where it is a delete
    /// marker.</summary>
    public List<string> Versions() =>
    [
        .. _node.Listing.ListVersions(Bucket, new VersionQuery("", "", "", null, 1000)).Entries
            .Select(entry => entry.Item!.Key.Value + (entry.Item.IsDeleteMarker ? " x" : "")),
    ];

    public IReadOnlyList<ObjectRecord> Records() =>
        [.. _node.Listing.ListVersions(Bucket, new VersionQuery("", "", "", null, 1000)).Entries
            .Select(entry => entry.Item!)];

    public int Uploads() =>
        _node.Listing.ListUploads(Bucket, new UploadQuery("", "", "", null, 1000)).Entries.Count;

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    private LifecycleSweep NewSweep() => new(
        _node.Index,
        (command, _) =>
        {
            lock (Sent) Sent.Add(command);
            return Send(command);
        },
        _ => Rules, Settings, _time);

    private sealed class ShiftedTime : TimeProvider
    {
        public TimeSpan Shift { get; set; }

        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
    }
}
