using System.Data.Common;
using Ciaos.Actors.Journal;
using Ciaos.Actors.Rebuild;
using Ciaos.Simulation.Model;
using Ciaos.Storage;
using Ciaos.Storage.Disks;
using Ciaos.Storage.Disks.Simulated;
using Ciaos.Storage.Volumes;

namespace Ciaos.Simulation.World;

/// <summary>
/// Plays a script: a node on one machine, clients that talk to it, and what befalls it. Every answer is judged as it
/// comes. At the end everything is read, then the node is started again, some times with an index that was made anew,
/// and everything is read once more. The same script always gives the same run.
/// </summary>
internal sealed class Simulation : IDisposable
{
    private const int MaxStartAttempts = 10;

    /// <summary>Of so many orderly restarts one has the store checked.</summary>
    private const int CheckOneIn = 3;

    /// <summary>Of so many runs one ends with an index made anew.</summary>
    private const int RebuildOneIn = 4;

    /// <summary>About how many disk operations a start has.</summary>
    private const int LongStart = 60;

    /// <summary>Idle connections are closed after that.</summary>
    private const int LongIdleMs = 10_000;
    private const int AuditSlot = -1;
    private const string Volumes = "volumes";
    private static readonly TimeSpan LongestRequest = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(25);

    private readonly Script _script;
    private readonly Machine _machine;
    private readonly SimulatedNodeSettings _settings;
    private readonly Random _random;
    private readonly Action<string>? _log;
    private readonly Dictionary<int, Task> _clients = [];
    private readonly IdempotentWrites _writes;
    private readonly DiskFaults _health;
    private SimulatedNode? _node;
    private readonly Dictionary<string, BucketVersioning> _buckets = new(StringComparer.Ordinal);
    private bool _hasRot;

    /// <param name="name">Of the machine: no two at a time have the same.</param>
    /// <param name="log">Told what the node logs.</param>
    public Simulation(Script script, string name, Action<string>? log = null)
    {
        (_script, _log, _random) = (script, log, new Random(script.Seed.GetHashCode()));
        _machine = new Machine(_random.Next(), name);
        _writes = new IdempotentWrites(new Random(~script.Seed.GetHashCode()));
        _settings = SimulatedNodeSettings.Choose(script.Settings, _random, _machine.Sqlite);
        _health = DiskPace.Choose(_random, script.Settings.ChunkBytes);
        _machine.Disk.Faults = _health;
    }

    public History History { get; } = new();

    /// <summary>Crash points that were passed.</summary>
    public IReadOnlySet<CrashPoint> Met => _machine.Met;

    /// <summary>Crash points at which the node has crashed.</summary>
    public IReadOnlySet<CrashPoint> CrashedAt => _machine.CrashedAt;

    public long Fingerprint => _machine.Fingerprint;

    /// <exception cref="SimulationFailedException">Something was wrong.</exception>
    public void Run()
    {
        Start();
        foreach (var step in _script.Steps) Play(step);
        Heal();
        Settle();
        if (_random.Next(RebuildOneIn) == 0 && !_hasRot) RebuildIndex();
        else Restart();
        Settle();
        CheckVolumes();
        if (_machine.FirstForeignOperation is { } stray) throw Failed("Another thread used the disk: " + stray);
    }

    public void Dispose()
    {
        _machine.Crash();
        _node?.Bury();
        _machine.Dispose();
    }

    private void Play(ScriptStep step)
    {
        if (_machine.IsDown) ComeBack();
        if (step is not (ClientStep or VersioningStep) && _machine.Due is not null) Crash();
        if (step is not ClientStep) History.Note(step.ToString());
        if (step is not ClientStep) _log?.Invoke($"{_node?.Runtime.Now} {step}");
        switch (step)
        {
            case ClientStep client:
                Send(client);
                break;
            case CrashStep { Kind: CrashKind.Restart }:
                Restart();
                break;
            case CrashStep crash:
                Plan(crash);
                break;
            case FlipBitStep flip:
                Flip(new Random(flip.Seed));
                break;
            case FillDiskStep:
                _machine.Disk.CapacityBytes = long.MaxValue - _machine.Disk.FreeBytes;
                History.ReadsMayBreakOff = true;
                break;
            case DiskErrorsStep errors:
                _machine.Disk.Faults = _health with
                {
                    ReadErrorRate = errors.Reads / 1000.0,
                    WriteErrorRate = errors.Writes / 1000.0,
                    FlushErrorRate = errors.Flushes / 1000.0,
                };
                History.ReadsMayFail = true;
                break;
            case FreeDiskStep:
                HealDisk();
                break;
            case RebuildIndexStep when _hasRot:
                break;
            case RebuildIndexStep rebuild:
                RebuildIndex(rebuild.Crash);
                break;
            case PassTimeStep pass:
                _node!.Runtime.AdvanceBy(TimeSpan.FromMilliseconds(pass.Milliseconds));
                if (pass.Milliseconds >= LongIdleMs && !_machine.IsDown) _node.CloseIdleConnections();
                break;
            case VersioningStep versioning:
                Configure(versioning.Owner, versioning.Versioning);
                break;
            case SettleStep:
                Settle();
                break;
        }
    }

    private bool IsDiskWell => _machine.Disk.CapacityBytes == long.MaxValue && _machine.Disk.Faults == _health;

    private void Send(ClientStep step)
    {
        if (step.Operation is S3Operation s3 && !_buckets.ContainsKey(s3.Owner))
            Configure(s3.Owner, BucketVersioning.Off);
        if (History.ShouldSettle) Settle();
        // A client may go on with what it was doing when the node comes back.
        for (WaitForClient(step.Client); _machine.IsDown; WaitForClient(step.Client)) ComeBack();
        Check();
        var (node, client) = (_node!, new SimulatedClient(new Random(_random.Next())));
        _clients[step.Client] = node.Runtime.Run(async () =>
        {
            await client.PauseAsync(node).ConfigureAwait(true);
            await AskAsync(node, client, step.Client, step.Operation).ConfigureAwait(true);
        });
    }

    /// <summary>A list is followed to its last page.</summary>
    private async Task AskAsync(SimulatedNode node, SimulatedClient client, int slot, Operation? operation)
    {
        while (operation is not null)
        {
            if (operation is S3Operation s3) operation = s3 with { Versioning = _buckets[s3.Owner] };
            var invocation = History.Invoke(operation);
            _log?.Invoke($"{node.Runtime.Now} #{invocation.Id} {invocation.Operation}");
            var outcome = await _writes.SendAsync(node, client, slot, invocation).ConfigureAwait(true);
            Return(node, invocation, outcome);
            operation = outcome.Page?.Next is { } next ? ((List)operation).Following(next) : null;
        }
    }

    private void Return(SimulatedNode node, Invocation invocation, Outcome outcome)
    {
        _log?.Invoke($"{node.Runtime.Now} #{invocation.Id} -> {outcome}");
        History.Return(invocation.Id, outcome);
    }

    /// <summary>Asks until it is answered, while nobody asks for anything else: whether a bucket keeps versions is
    /// known at any time.</summary>
    private void Configure(string owner, BucketVersioning versioning)
    {
        for (var attempt = 1; ; attempt++)
        {
            WaitForClients();
            if (_machine.IsDown) ComeBack();
            WaitForClients();
            if (attempt > MaxStartAttempts / 2)
            {
                Heal();
                _node!.Runtime.AdvanceBy(Rest);
            }

            if (attempt == MaxStartAttempts) throw Failed($"The bucket of {owner} cannot be configured");
            var (node, client) = (_node!, new SimulatedClient(new Random(_random.Next())));
            var asked = node.Runtime.Run(() => client.ConfigureAsync(node, owner, versioning));
            WaitFor(() => asked.IsCompleted);
            if (asked.IsFaulted) throw Failed(asked.Exception!.GetBaseException().Message);
            if (!asked.IsCompleted || _machine.IsDown || !asked.Result) continue;
            _buckets[owner] = versioning;
            return;
        }
    }

    /// <summary>Clients that can send their writes again do so, once the node is back.</summary>
    private void GoOn(SimulatedNode node)
    {
        foreach (var write in _writes.Interrupted())
        {
            var client = new SimulatedClient(new Random(_random.Next()));
            _clients[write.Slot] = node.Runtime.Run(async () =>
            {
                await client.PauseAsync(node).ConfigureAwait(true);
                Return(node, write.Invocation, await _writes.SendAsync(node, client, write).ConfigureAwait(true));
            });
        }
    }

    private void Plan(CrashStep crash)
    {
        _machine.Plan(CrashPlan.Of(crash));
        if (crash.Moment == CrashMoment.Now) Crash();
    }

    /// <summary>At the latest moment. What the crash was to interrupt may be part of the start that follows.</summary>
    private void Crash()
    {
        var plan = _machine.Due;
        var inStart = plan is null ? null : plan with { Count = plan.Point is null ? 1 + (plan.Count % LongStart) : 1 };
        _machine.Crash();
        if (inStart is not null) _machine.Plan(inStart);
        ComeBack();
        if (inStart is not null && _machine.Due == inStart) _machine.Plan(plan!.Again);
    }

    /// <summary>What was left of the node is buried, and it is started again until it serves.</summary>
    private void ComeBack()
    {
        Bury();
        for (var attempt = 1; !TryStart(); attempt++)
        {
            if (attempt == MaxStartAttempts) throw Failed("The node does not start any more");
            Bury();
        }
    }

    private void Start()
    {
        if (!TryStart()) ComeBack();
    }

    private bool TryStart()
    {
        _node = new SimulatedNode(_random.Next(), _machine.Now, _machine.Disk, _settings, _log);
        _machine.PowerOn(_node.Runtime);
        try
        {
            if (_node.Start())
            {
                GoOn(_node);
                return true;
            }

            if (!_machine.IsDown) throw Failed("The node does not get ready");
            return false;
        }
        catch (Exception failure) when (failure is not SimulationFailedException)
        {
            // A full or failing disk can keep a node from starting: it does when the disk is well again.
            if (!_machine.IsDown && IsDiskWell)
                throw Failed("The node does not start: " + failure);
            History.Note("the node does not start: " + failure.Message);
            _machine.Crash();
            HealDisk();
            return false;
        }
    }

    private void Bury()
    {
        if (_node is null) return;
        _machine.Crash();
        _node.Bury();
        if (_node.Runtime.FirstForeignPost is { } stray) throw Failed("Work came from another thread: " + stray);
        _node = null;
        _clients.Clear();
        History.Crash(_writes.Interrupt());
    }

    /// <summary>Waits for the clients, then stops the node in order.</summary>
    private void Stop()
    {
        WaitForClients();
        if (_machine.IsDown) return;
        try
        {
            _node!.Stop();
        }
        catch (Exception failure) when (_machine.IsDown || !IsDiskWell)
        {
            History.Note("the node does not stop in order: " + failure.Message);
        }
    }

    private void Restart()
    {
        Stop();
        Bury();
        if (IsDiskWell && !_hasRot && _random.Next(CheckOneIn) == 0) CheckStore();
        ComeBack();
    }

    /// <summary>What <c>ciaos fsck</c> does: after an orderly stop it has nothing to find.</summary>
    private void CheckStore()
    {
        using var maintenance = _machine.Maintain();
        var report = CheckedStore.Check(_machine, SimulatedNode.RebuildSettingsOf(_settings, force: false));
        if (!report.IsClean) throw Failed("The store is not clean: " + string.Join('\n', report.Problems));
    }

    private void RebuildIndex(CrashStep? crash = null)
    {
        Settle();
        Stop();
        Bury();
        using (_machine.Maintain())
        {
            var databases = _machine.Disk.List("").Where(name => name.Contains(".db", StringComparison.Ordinal));
            foreach (var file in databases.ToList()) _machine.Disk.Delete(file);
            _machine.Disk.SyncFolder("");
        }

        if (crash is null || !IsDoneByCrash(crash))
        {
            using (_machine.Maintain())
            {
                if (IsDiskWell) Rebuild(force: crash is not null);
                else RebuildOnBadDisk(force: crash is not null);
            }
        }

        Start();
    }

    /// <summary>A rebuild that crashes has left no journal, and is run again, or a whole one.</summary>
    private bool IsDoneByCrash(CrashStep crash)
    {
        _machine.Plan(CrashPlan.Of(crash));
        using (_machine.Maintain())
        {
            try
            {
                RunRebuild(force: false);
            }
            catch (Exception failure)
                when (failure is IOException or DbException or JournalException or RebuildRefusedException)
            {
                History.Note("the rebuild fails: " + failure.Message);
            }
        }

        _machine.Plan(null);
        return _machine.Disk.Exists("journal.db");
    }

    /// <summary>It may fail, or miss what could not be read. Then it is run again, on a better disk.</summary>
    private void RebuildOnBadDisk(bool force)
    {
        try
        {
            History.Note($"the rebuilt index is complete: {RunRebuild(force).IsComplete}");
        }
        catch (Exception failure)
            when (failure is IOException or DbException or JournalException or RebuildRefusedException)
        {
            History.Note("the rebuild fails: " + failure.Message);
        }

        HealDisk();
        Rebuild(force: true);
    }

    private RebuildReport RunRebuild(bool force) => new IndexRebuild(
        new VolumeFolder(_machine.Disk, Volumes), SimulatedNode.RebuildSettingsOf(_settings, force), _machine.Clock,
        _ => { }).Run();

    private void Rebuild(bool force = false)
    {
        var report = RunRebuild(force);
        if (!_hasRot && RebuildVerdict.Objection(report) is { } objection) throw Failed(objection);
    }

    private void Heal()
    {
        while (_machine.Due is not null) Crash();
        if (_machine.IsDown) ComeBack();
        HealDisk();
    }

    private void HealDisk()
    {
        _machine.Disk.CapacityBytes = long.MaxValue;
        _machine.Disk.Faults = _health;

        // Who asked before may have met an error and not been told yet.
        WaitForClients();
        (History.ReadsMayFail, History.ReadsMayBreakOff) = (_hasRot, false);
    }

    /// <summary>The node comes to rest, and everything is read: no answer may be missing.</summary>
    private void Settle()
    {
        var (capacity, faults) = (_machine.Disk.CapacityBytes, _machine.Disk.Faults);
        var (mayFail, mayBreakOff) = (History.ReadsMayFail, History.ReadsMayBreakOff);
        Heal();
        WaitForClients();
        while (_machine.IsDown)
        {
            ComeBack();
            WaitForClients();
        }

        _node!.Runtime.AdvanceBy(Rest);
        Check();
        History.Settle();
        History.MustAnswer = true;
        Audit();
        History.MustAnswer = false;
        (_machine.Disk.CapacityBytes, _machine.Disk.Faults) = (capacity, faults);
        (History.ReadsMayFail, History.ReadsMayBreakOff) = (mayFail, mayBreakOff);
    }

    private void Audit()
    {
        var (node, client) = (_node!, new SimulatedClient(new Random(_random.Next())));
        var audit = node.Runtime.Run(async () =>
        {
            foreach (var operation in _script.Audit(_random))
                await AskAsync(node, client, AuditSlot, operation).ConfigureAwait(true);
            foreach (var operation in S3Audit.Of(_script, History, _random, _buckets.Keys))
                await AskAsync(node, client, AuditSlot, operation).ConfigureAwait(true);
            if (!_hasRot) await _writes.RepeatAsync(node, client).ConfigureAwait(true);
        });
        WaitFor(() => audit.IsCompleted);
        if (audit.IsFaulted) throw Failed("The audit failed: " + audit.Exception!.GetBaseException());
        Check();
    }

    private void WaitForClient(int slot) =>
        WaitFor(() => _clients.GetValueOrDefault(slot, Task.CompletedTask).IsCompleted);

    private void WaitForClients()
    {
        foreach (var (_, client) in _clients) WaitFor(() => client.IsCompleted);
        Check();
    }

    private void WaitFor(Func<bool> condition)
    {
        if (_machine.IsDown) return;
        _node!.Runtime.AdvanceUntil(condition, LongestRequest);
        if (!_machine.IsDown && !condition()) throw Failed($"A request is not answered within {LongestRequest}");
    }

    private void Flip(Random random)
    {
        if (BitRot.Flip(_machine, Volumes, random) is not { } flipped) return;
        History.ReadsMayFail = _hasRot = true;
        if (flipped.Objection is { } objection) throw Failed(objection);
    }

    // Where the disk itself was not well, damage in a volume tells nothing of the node.
    private void CheckVolumes()
    {
        if (_script.Steps.Any(step => step is FlipBitStep or DiskErrorsStep)) return;
        Stop();
        Bury();
        using (_machine.Maintain())
            if (VolumesCheck.Objection(_machine.Disk, Volumes) is { } objection) throw Failed(objection);
    }

    private void Check()
    {
        if (History.Violation is { } violation) throw Failed(violation.ToString());
        if (_clients.Values.FirstOrDefault(task => task.IsFaulted) is { } failed)
            throw Failed("A client failed: " + failed.Exception!.GetBaseException());
    }

    private SimulationFailedException Failed(string reason) => new(reason, [.. History.Trace]);
}
