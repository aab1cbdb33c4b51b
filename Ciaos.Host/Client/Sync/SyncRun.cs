using System.Runtime.CompilerServices;
using Ciaos.Client;
using Ciaos.Host.Client.Folders;

namespace Ciaos.Host.Client.Sync;

/// <summary>
/// One run of <c>ciaos sync</c>. Files and objects are replaced as wholes, so that after an end at any moment each is
/// the old or the new one, and the next run does the rest. Removing comes last, and only after everything else went
/// well and the source was not empty: a folder that is not mounted must not cost what it was copied to.
/// </summary>
internal sealed class SyncRun(ClientSession session, SyncRequest request, SyncRule rule)
{
    private readonly FailureCount _failures = new();
    private readonly TransferMeter _meter = new();
    private readonly List<Item> _removals = [];
    private long _transferred;
    private long _transferredBytes;
    private long _unchanged;
    private long _removed;
    private bool _isSourceEmpty = true;

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var transfer = new FileTransfer(session.Client, _meter);
        var work = ManyTransfers.RunAsync(
            PlanAsync(cancellation), request.Workers, _failures, item => item.Name,
            (item, token) => BringAsync(transfer, item, token), cancellation);
        await ShowAsync(work);
        if (request.Deletes) await RemoveAsync(cancellation);
        Summarize();
        return _failures.ExitCode;
    }

    private Task ShowAsync(Task work) => request.IsVerbose || request.IsDryRun
        ? work
        : ProgressBar.ShowAsync(request.Folder, _meter, work);

    /// <summary>All that differs, as it is found; what is to be removed is put aside.</summary>
    private async IAsyncEnumerable<Item> PlanAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        var files = ScanFiles();
        if (request.IsUpload) _isSourceEmpty = files.Count == 0;
        await foreach (var found in session.Client.ListAsync(request.Prefix, cancellation: cancellation))
        {
            var name = found.Key[request.Prefix.Length..];
            files.Remove(name, out var file);
            if (!request.IsUpload) _isSourceEmpty = false;
            if (!request.IsUpload && RefusalOf(name) is { } reason)
                _failures.Add(ExitCode.Failed, $"{found.Key} is left out: {reason}");
            else if (Planned(new Item(name, file, found, rule.Decide(file, found))) is { } item)
                yield return item;
        }

        foreach (var (name, file) in files)
            if (Planned(new Item(name, file, null, rule.Decide(file, null))) is { } item)
                yield return item;
    }

    private Dictionary<string, LocalFile> ScanFiles()
    {
        if (!Directory.Exists(request.Folder)) return [];
        var local = new LocalFolder(
            request.Folder, isTarget: !request.IsUpload, message => _failures.Add(ExitCode.Failed, message));
        return local.Scan().ToDictionary(file => file.Key, StringComparer.Ordinal);
    }

    private string? RefusalOf(string name)
    {
        if (KeyPath.Refusal(name) is { } reason) return reason;
        var link = KeyPath.LinkOnTheWay(request.Folder, name);
        return link is null ? null : $"{link} is a link, which may lead elsewhere";
    }

    /// <summary>Null: there is nothing to be done now.</summary>
    private Item? Planned(Item item)
    {
        switch (item.Step)
        {
            case SyncStep.Nothing:
                Interlocked.Increment(ref _unchanged);
                return null;
            case SyncStep.Remove:
                _removals.Add(item);
                return null;
            default:
                _meter.Expect(SizeOf(item));
                return item;
        }
    }

    private long SizeOf(Item item) => request.IsUpload ? item.File!.SizeBytes : item.Object!.SizeBytes ?? 0;

    private async Task BringAsync(FileTransfer transfer, Item item, CancellationToken cancellation)
    {
        var (key, path) = (request.Prefix + item.Name, item.File?.Path ?? KeyPath.Of(request.Folder, item.Name));
        if (item.Step == SyncStep.Compare && await transfer.IsEqualAsync(key, path, cancellation))
        {
            Interlocked.Increment(ref _unchanged);
        }
        else
        {
            if (!request.IsDryRun && request.IsUpload)
                await transfer.UploadAsync(path, key, new PutOptions(), cancellation);
            else if (!request.IsDryRun)
                await transfer.DownloadAsync(key, path, item.Object, cancellation);
            Interlocked.Increment(ref _transferred);
            Interlocked.Add(ref _transferredBytes, SizeOf(item));
            Tell(request.IsUpload ? "upload" : "download", key, path, SizeOf(item));
        }

        _meter.FileDone();
    }

    private async Task RemoveAsync(CancellationToken cancellation)
    {
        if (_removals.Count == 0) return;
        if (_isSourceEmpty)
            _failures.Add(
                ExitCode.Failed,
                $"{(request.IsUpload ? request.Folder : "ciaos:" + request.Prefix)} is empty: nothing is removed. "
                + "To remove all on the other side, remove it there");
        else if (_failures.Count > 0)
            CommandOutput.Tell("Nothing is removed, since not all else could be done");
        else
            await ShowAsync(ManyTransfers.RunAsync(
                _removals.ToAsyncEnumerable(), request.Workers, _failures, item => item.Name, RemoveAsync,
                cancellation));
    }

    private async Task RemoveAsync(Item item, CancellationToken cancellation)
    {
        if (request.IsUpload)
        {
            // What somebody has changed since it was listed is not what was to be removed.
            if (!request.IsDryRun)
                await session.Client.DeleteAsync(
                    item.Object!.Key, new WriteOptions { IfMatch = item.Object.ETag }, cancellation);
            Tell("delete", item.Object!.Key, null, item.Object.SizeBytes ?? 0);
        }
        else
        {
            if (!request.IsDryRun) RemoveFile(item.File!.Path);
            Tell("delete", null, item.File!.Path, item.File.SizeBytes);
        }

        Interlocked.Increment(ref _removed);
    }

    /// <summary>And the folders that it leaves empty.</summary>
    private void RemoveFile(string path)
    {
        File.Delete(path);
        var folder = Path.GetDirectoryName(path)!;
        try
        {
            for (; folder.Length > request.Folder.Length; folder = Path.GetDirectoryName(folder)!)
                Directory.Delete(folder, recursive: false);
        }
        catch (IOException)
        {
            // It is not empty, or a worker beside us has removed it.
        }
    }

    private void Tell(string action, string? key, string? path, long sizeBytes)
    {
        if (session.AsJson)
            session.Output.Json(json =>
            {
                json.WriteString("action", action);
                if (key is not null) json.WriteString("key", key);
                if (path is not null) json.WriteString("path", path);
                json.WriteNumber("size", sizeBytes);
            });
        else if (request.IsVerbose || request.IsDryRun)
            session.Output.Line($"{action,-8}  {key ?? path}");
        else
            return;

        session.Output.Flush();
    }

    private void Summarize()
    {
        if (session.AsJson)
        {
            session.Output.Json(json =>
            {
                json.WriteString("action", "summary");
                json.WriteNumber(request.IsUpload ? "uploaded" : "downloaded", _transferred);
                json.WriteNumber("bytes", _transferredBytes);
                json.WriteNumber("deleted", _removed);
                json.WriteNumber("unchanged", _unchanged);
                json.WriteNumber("failed", _failures.Count);
                json.WriteBoolean("dry_run", request.IsDryRun);
            });
            return;
        }

        var would = request.IsDryRun ? "to be " : "";
        var failed = _failures.Count > 0 ? $", {_failures.Count} failed" : "";
        session.Output.Line(
            $"{_transferred} {would}{(request.IsUpload ? "uploaded" : "downloaded")} "
            + $"({ByteSize.Format(_transferredBytes)}), {_removed} {would}deleted, {_unchanged} unchanged{failed}");
    }

    /// <param name="Name">Below the folder and the prefix.</param>
    private sealed record Item(string Name, LocalFile? File, ObjectInfo? Object, SyncStep Step);
}
