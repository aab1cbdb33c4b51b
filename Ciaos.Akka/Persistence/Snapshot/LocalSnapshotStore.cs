using System.Globalization;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace Akka.Persistence.Snapshot;

/// <summary>
/// Keeps each snapshot in a file of its own, named after what it is of. A snapshot is written beside its place and then
/// moved there, so that a crash leaves the old ones as they were; if the youngest cannot be read, older ones are tried.
/// </summary>
public class LocalSnapshotStore : SnapshotStore
{
    private readonly int _maxLoadAttempts;
    private readonly MessageDispatcher _streamDispatcher;
    private readonly DirectoryInfo _directory;
    private readonly Akka.Serialization.Serialization _serialization;
    private readonly ILoggingAdapter _log = Context.GetLogger();

    // Half-written snapshots must not be loaded. Touched by this actor only.
    private readonly HashSet<SnapshotMetadata> _saving = [];

    public LocalSnapshotStore()
    {
        var config = Context.System.Settings.Config.GetConfig("akka.persistence.snapshot-store.local");
        _maxLoadAttempts = config.GetInt("max-load-attempts", 3);
        _streamDispatcher = Context.System.Dispatchers.Lookup(config.GetString("stream-dispatcher", ""));
        _directory = new DirectoryInfo(config.GetString("dir", "snapshots"));
        _serialization = Context.System.Serialization;
    }

    protected override void PreStart()
    {
        _directory.Create();
        base.PreStart();
    }

    protected override Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var candidates = Find(persistenceId).Where(m => criteria.IsMatch(m) && !_saving.Contains(m))
            .OrderDescending(SnapshotMetadata.Comparer).Take(_maxLoadAttempts).ToArray();
        return RunOnStreamDispatcher(() => LoadYoungest(candidates));
    }

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot)
    {
        _saving.Add(metadata);
        return RunOnStreamDispatcher(() =>
        {
            Save(metadata, snapshot);
            return true;
        });
    }

    protected override Task DeleteAsync(SnapshotMetadata metadata)
    {
        _saving.Remove(metadata);
        var anyTime = metadata.Timestamp == SnapshotMetadata.TimestampNotSpecified;
        var files = Find(metadata.PersistenceId)
            .Where(m => m.SequenceNr == metadata.SequenceNr && (anyTime || m.Timestamp == metadata.Timestamp))
            .Select(m => GetSnapshotFileForWrite(m)).ToArray();
        return Delete(files);
    }

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria) =>
        Delete(Find(persistenceId).Where(criteria.IsMatch).Select(m => GetSnapshotFileForWrite(m)).ToArray());

    protected override bool ReceivePluginInternal(object message)
    {
        if (message is SaveSnapshotSuccess success) _saving.Remove(success.Metadata);
        return message is SaveSnapshotSuccess or SaveSnapshotFailure or DeleteSnapshotsSuccess
            or DeleteSnapshotsFailure;
    }

    protected virtual void Save(SnapshotMetadata metadata, object snapshot)
    {
        var written = WithOutputStream(
            metadata, stream => Serialize(stream, new Akka.Persistence.Serialization.Snapshot(snapshot)));
        written.MoveTo(GetSnapshotFileForWrite(metadata).FullName, overwrite: true);
    }

    protected void Serialize(Stream stream, Akka.Persistence.Serialization.Snapshot snapshot) =>
        stream.Write(_serialization.FindSerializerFor(snapshot).ToBinary(snapshot));

    protected FileInfo WithOutputStream(SnapshotMetadata metadata, Action<Stream> p)
    {
        var file = GetSnapshotFileForWrite(metadata, ".tmp");
        using var stream = new FileStream(file.FullName, FileMode.Create);
        p(stream);
        stream.Flush(flushToDisk: true);
        return file;
    }

    protected FileInfo GetSnapshotFileForWrite(SnapshotMetadata metadata, string extension = "")
    {
        var id = Uri.EscapeDataString(metadata.PersistenceId);
        var name = $"snapshot-{id}-{metadata.SequenceNr}-{metadata.Timestamp.Ticks}{extension}";
        return new FileInfo(Path.Combine(_directory.FullName, name));
    }

    private static SnapshotMetadata? Parse(string fileName, string persistenceId)
    {
        var prefix = $"snapshot-{Uri.EscapeDataString(persistenceId)}-";
        if (!fileName.StartsWith(prefix, StringComparison.Ordinal)) return null;
        return fileName[prefix.Length..].Split('-') is [var number, var ticks]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequenceNr)
            && long.TryParse(ticks, NumberStyles.None, CultureInfo.InvariantCulture, out var savedAt)
                ? new SnapshotMetadata(persistenceId, sequenceNr, new DateTime(savedAt, DateTimeKind.Utc))
                : null;
    }

    private IEnumerable<SnapshotMetadata> Find(string persistenceId)
    {
        _directory.Create();
        return _directory.EnumerateFiles().Select(file => Parse(file.Name, persistenceId)).OfType<SnapshotMetadata>();
    }

    private SelectedSnapshot? LoadYoungest(SnapshotMetadata[] candidates)
    {
        for (var i = 0; i < candidates.Length; i++)
        {
            try
            {
                return Load(candidates[i]);
            }
            catch (Exception cause)
            {
                var left = candidates.Length - i - 1;
                _log.Error(cause, "Error loading snapshot [{0}], remaining attempts: [{1}]", candidates[i], left);
                if (left == 0) throw;
            }
        }

        return null;
    }

    private SelectedSnapshot Load(SnapshotMetadata metadata)
    {
        var bytes = File.ReadAllBytes(GetSnapshotFileForWrite(metadata).FullName);
        var type = typeof(Akka.Persistence.Serialization.Snapshot);
        var wrapped = _serialization.FindSerializerForType(type).FromBinary(bytes, type)!;
        return new SelectedSnapshot(metadata, ((Akka.Persistence.Serialization.Snapshot)wrapped).Data);
    }

    private Task Delete(FileInfo[] files) => files.Length == 0 ? Task.CompletedTask : RunOnStreamDispatcher(() =>
    {
        foreach (var file in files) file.Delete();
        return true;
    });

    /// <summary>File I/O blocks, so it has threads of its own.</summary>
    private Task<T> RunOnStreamDispatcher<T>(Func<T> body)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        _streamDispatcher.Schedule(() =>
        {
            try
            {
                completion.SetResult(body());
            }
            catch (Exception cause)
            {
                completion.SetException(cause);
            }
        });
        return completion.Task;
    }
}
