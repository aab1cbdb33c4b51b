using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>Makes a run from a seed: which profile, which keys, which steps. The same seed and settings always make the
/// same run.</summary>
internal sealed class Workload
{
    private const int BlockBytes = 64 * 1024;
    private const int MaxFiles = 4;
    private const int MaxParts = 4;

    /// <summary>Seeds from here on make clients that speak S3.</summary>
    public const long FirstS3Seed = 1_000_000_000;

    // Events are journalled, but not durable.
    private const string BeforeCommit = "JournalInserted";

    // Connections to databases that are idle for so long are closed.
    private const int LongIdleMs = 20_000;

    private readonly WorkloadSettings _settings;
    private readonly ImmutableArray<string> _crashPoints;
    private readonly ImmutableArray<string> _rebuildPoints;
    private readonly Dice _dice;
    private readonly ImmutableArray<string> _owners;
    private readonly ImmutableArray<string> _keys;
    private readonly List<ScriptStep> _steps = [];
    private ImmutableArray<string> _ownersInPlay;
    private ImmutableArray<string> _keysInPlay;
    private readonly List<(string Owner, string Key)> _begun = [];
    private int _lastContent;
    private int _settleAt = -1;
    private int _freeAt = -1;

    private Workload(long seed, WorkloadSettings settings, ImmutableArray<string> crashPoints)
    {
        _dice = new Dice(seed);
        _crashPoints = [.. crashPoints.Where(point => !IsOfRebuild(point))];
        _rebuildPoints = [.. crashPoints.Where(IsOfRebuild)];
        Profile = _dice.Pick(ProfilesFor(seed));
        _settings = settings with
        {
            ChunkBytes = Profile.ChunkBytes ?? settings.ChunkBytes,
            Shards = Math.Min(Profile.MaxShards, settings.Shards),
        };
        _owners = [.. Enumerable.Range(0, settings.Owners).Select(i => $"{(char)('a' + i)}")];
        _keys = [.. KeyChoice.Choose(_dice, _settings).Take(Profile.Keys)];
        (_ownersInPlay, _keysInPlay) = (_owners, _keys);
    }

    private WorkloadProfile Profile { get; }

    private static bool IsOfRebuild(string point) => point.StartsWith("Rebuild", StringComparison.Ordinal);

    /// <param name="crashPoints">The names of the product's crash points; none: disk operations are counted
    /// instead.</param>
    public static Script Generate(long seed, WorkloadSettings settings, ImmutableArray<string> crashPoints)
    {
        var workload = new Workload(seed, settings, crashPoints);
        workload.Begin();
        while (workload._steps.Count < settings.Steps) workload.AddStep();
        if (workload._freeAt >= 0) workload._steps.Add(new FreeDiskStep());
        return new Script(seed, workload._settings, [.. workload._steps]);
    }

    /// <summary>The profile that a seed has chosen.</summary>
    public static string ProfileOf(long seed) => new Dice(seed).Pick(ProfilesFor(seed)).Name;

    private static ImmutableArray<(int Weight, WorkloadProfile Profile)> ProfilesFor(long seed) =>
        seed < FirstS3Seed ? WorkloadProfile.All : WorkloadProfile.OfS3;

    // Most buckets keep versions from the beginning.
    private void Begin()
    {
        if (!Profile.IsS3) return;
        foreach (var owner in _owners)
            if (_dice.Chance(60)) _steps.Add(new VersioningStep(owner, BucketVersioning.Enabled));
    }

    private void AddStep()
    {
        if (_freeAt >= 0 && _steps.Count >= _freeAt)
        {
            _steps.Add(new FreeDiskStep());
            _freeAt = -1;
        }
        else if (_settleAt >= 0 && _steps.Count >= _settleAt)
        {
            _steps.Add(new SettleStep());
            _settleAt = -1;
        }
        else if (_steps.Count > 3 && _dice.Next(1000) < Profile.FaultsPerThousand)
        {
            AddFault();
        }
        else
        {
            _steps.Add(new ClientStep(_dice.Next(_settings.Clients), NextOperation()));
        }
    }

    private void AddFault()
    {
        var p = Profile;
        _dice.Pick<Action>(
        [
            (p.PowerCut, () => _steps.Add(Crash(CrashKind.PowerCut))),
            (p.Kill, () => _steps.Add(Crash(CrashKind.Kill))),
            (p.Restart, () => _steps.Add(Crash(CrashKind.Restart))),
            (p.FlipBit, () => _steps.Add(new FlipBitStep(_dice.Next(int.MaxValue)))),
            (p.FillDisk, () => _steps.Add(Trouble(new FillDiskStep()))),
            (p.DiskErrors, () => _steps.Add(Trouble(DiskErrors()))),
            (p.RebuildIndex, () => _steps.Add(new RebuildIndexStep(_dice.Chance(60) ? CrashOfRebuild() : null))),
            (p.PassTime, () => Pass(_dice.Between(1, 30) * (_dice.Chance(50) ? 10 : 1000))),
            (p.Race, AddRace),
            (p.KillThenPowerCut, AddKillThenPowerCut),
            (p.FailedSyncThenPowerCut, AddFailedSyncThenPowerCut),
            (p.Versioning, () => _steps.Add(NextVersioning())),
        ])();
    }

    // All clients at once upon two keys, in the middle of which the node dies: what one of them was told may depend on
    // what another was not told yet.
    private void AddRace()
    {
        var (owner, first, second) = (_dice.Pick(_owners), _dice.Pick(_keys), _dice.Pick(_keys));
        (_ownersInPlay, _keysInPlay) = ([owner], [first, second]);
        if (_dice.Chance(80)) _steps.Add(new ClientStep(0, DeleteOf(owner, first)));
        if (_dice.Chance(80)) _steps.Add(new ClientStep(1, PutOf(owner, second)));
        Pass(1000);
        _steps.Add(new CrashStep(
            _dice.Chance(50) ? CrashKind.PowerCut : CrashKind.Kill,
            _crashPoints.Length > 0 && _dice.Chance(50) ? new CrashMoment(BeforeCommit, 1) : LaterMoment()));
        var writer = _dice.Next(_settings.Clients);
        for (var i = 0; i < _settings.Clients; i++)
        {
            var put = PutOf(owner, first);
            _steps.Add(new ClientStep(i, i == writer ? put : Rival(owner, first, second)));
        }

        AddReadsOfAll();
        _steps.Add(new SettleStep());
        (_ownersInPlay, _keysInPlay) = (_owners, _keys);
    }

    // Every client waits for its answer, or for the crash: other steps than clients' would bring that about at once.
    private void AddReadsOfAll()
    {
        for (var i = 0; i < _settings.Clients; i++)
            _steps.Add(new ClientStep(i, GetOf(_dice.Pick(_ownersInPlay), _dice.Pick(_keysInPlay))));
    }

    private Operation DeleteOf(string owner, string key) =>
        Profile.IsS3 ? new S3Delete(owner, key) : new Delete(owner, key);

    private Operation PutOf(string owner, string key) =>
        Profile.IsS3 ? new S3Put(owner, key, NextContent()) : new RawPut(owner, key, NextContent());

    private Operation GetOf(string owner, string key) =>
        Profile.IsS3 ? new S3Get(owner, key) : new RawGet(owner, key);

    private Operation Rival(string owner, string first, string second) =>
        _dice.Chance(40) && !Profile.IsS3 ? new Rename(owner, first, second) : NextOperation();

    // What a killed process has written can be read, and is lost with the power, unless the next one has made it
    // durable before it showed it to anybody.
    private void AddKillThenPowerCut()
    {
        // Few named points lie between a write and its flush.
        var moment = _dice.Chance(25) ? LaterMoment() : new CrashMoment(null, _dice.Next(24));
        _steps.Add(new CrashStep(CrashKind.Kill, moment));
        AddOperations(_dice.Between(1, 6), areWrites: true);
        AddReadsOfAll();
        Pass(_dice.Between(1, 100));
        AddOperations(_dice.Between(2, 6), areWrites: false);
        Pass(_dice.Between(1, 100));
        AddPowerCutNow();
    }

    // What was written behind a failed sync must not depend on what that should have made durable.
    private void AddFailedSyncThenPowerCut()
    {
        if (_freeAt >= 0) return;
        Pass(LongIdleMs);
        _steps.Add(new DiskErrorsStep(0, 0, _dice.Between(200, 700)));
        AddOperations(_dice.Between(1, 5), areWrites: true);
        Pass(_dice.Between(1, 1000));
        _steps.Add(new FreeDiskStep());
        AddOperations(_dice.Between(2, 6), areWrites: true);
        Pass(_dice.Between(1, 1000));
        AddPowerCutNow();
    }

    private void AddPowerCutNow()
    {
        _steps.Add(new CrashStep(CrashKind.PowerCut, CrashMoment.Now));
        _steps.Add(new SettleStep());
    }

    private void Pass(int milliseconds) => _steps.Add(new PassTimeStep(milliseconds));

    private void AddOperations(int count, bool areWrites)
    {
        while (count > 0)
        {
            var operation = NextOperation();
            if (operation.IsWrite != areWrites) continue;
            _steps.Add(new ClientStep(_dice.Next(_settings.Clients), operation));
            count--;
        }
    }

    // Most crashes are followed by rest before the next one: what was never answered stays open until then.
    private CrashStep Crash(CrashKind kind)
    {
        if (_dice.Chance(70)) _settleAt = _steps.Count + _dice.Between(2, 12);
        return new CrashStep(kind, Moment(), kind switch
        {
            CrashKind.Kill when _dice.Chance(50) => new CrashStep(CrashKind.PowerCut, SomewhatLater()),
            CrashKind.PowerCut when _dice.Chance(20) =>
                new CrashStep(_dice.Chance(50) ? CrashKind.PowerCut : CrashKind.Kill, LaterMoment()),
            _ => null,
        });
    }

    // What a killed process leaves unflushed is lost only where nobody makes it durable until the power goes.
    private CrashMoment SomewhatLater() => new(null, _dice.Next(250));

    private CrashMoment Moment() => _dice.Chance(10) ? CrashMoment.Now : LaterMoment();

    private CrashMoment LaterMoment() => _crashPoints.Length > 0 && _dice.Chance(50)
        ? new CrashMoment(_dice.Pick(_crashPoints), _dice.Chance(60) ? 1 : _dice.Between(2, 4))
        : new CrashMoment(null, _dice.Next(_dice.Chance(50) ? 12 : 120));

    private CrashStep CrashOfRebuild()
    {
        var kind = _dice.Chance(70) ? CrashKind.PowerCut : CrashKind.Kill;
        return new CrashStep(kind, _rebuildPoints.Length > 0 && _dice.Chance(40)
            ? new CrashMoment(_dice.Pick(_rebuildPoints), 1)
            : new CrashMoment(null, _dice.Next(300)));
    }

    private ScriptStep Trouble(ScriptStep begin)
    {
        if (_freeAt >= 0) return new SettleStep();
        _freeAt = _steps.Count + _dice.Between(4, 15);
        return begin;
    }

    private DiskErrorsStep DiskErrors()
    {
        var rate = _dice.Between(1, 100);
        return _dice.Next(4) switch
        {
            0 => new DiskErrorsStep(rate, 0, 0),
            1 => new DiskErrorsStep(0, rate, 0),
            2 => new DiskErrorsStep(0, 0, rate),
            _ => new DiskErrorsStep(rate / 2, rate / 2, rate),
        };
    }

    private Operation NextOperation()
    {
        var (owner, key) = (_dice.Pick(_ownersInPlay), _dice.Pick(_keysInPlay));
        var p = Profile;
        return _dice.Pick<Func<Operation>>(
        [
            (p.RawPut, () => new RawPut(owner, key, NextContent(), WriteCondition(absent: true), NextType())),
            (p.BrokenPut, () => Broken(owner, key)),
            (p.RawGet, () => new RawGet(owner, key, _dice.Chance(30) ? NextRange() : null)),
            (p.RawHead, () => new RawHead(owner, key)),
            (p.RawDelete, () => new RawDelete(owner, key, WriteCondition(absent: false))),
            (p.Stat, () => new Stat(owner, key)),
            (p.FilesPut, () => new FilesPut(owner, key, NextFiles())),
            (p.FilesUpdate, () => new FilesUpdate(owner, key, NextFiles())),
            (p.FilesAppend, () => new FilesAppend(owner, key, NextFiles())),
            (p.FilesGet, () => new FilesGet(owner, key)),
            (p.Delete, () => new Delete(owner, key)),
            (p.Rename, () => new Rename(owner, key, _dice.Pick(_keysInPlay))),
            (p.List, () => NextList(owner, key)),
            (p.S3Put, () => new S3Put(owner, key, NextContent())),
            (p.S3Get, () => new S3Get(owner, key, _dice.Chance(40) ? NextVersion() : null)),
            (p.S3Delete, () => new S3Delete(owner, key)),
            (p.S3DeleteVersion, () => new S3DeleteVersion(owner, key, NextVersion())),
            (p.S3ListVersions, () => new S3ListVersions(owner, key)),
            (p.S3Begin, () => Begin(owner, key)),
            (p.S3PutPart + p.S3Complete + p.S3Abort + p.S3ListParts, () => NextOfUpload(owner, key)),
        ])();
    }

    private NameRef NextVersion() =>
        new(_dice.Chance(15) ? NameRef.NullVersion : _dice.Chance(60) ? 0 : _dice.Next(4));

    private S3Begin Begin(string owner, string key)
    {
        _begun.Add((owner, key));
        return new S3Begin(owner, key);
    }

    // Mostly of the upload that was begun last. What has ended it may be repeated, or come too late.
    private Operation NextOfUpload(string owner, string key)
    {
        if (_begun.Count == 0) return Begin(owner, key);
        var place = _begun[_dice.Chance(70) ? ^1 : _dice.Next(_begun.Count)];
        var upload = new NameRef(_dice.Chance(85) ? 0 : _dice.Next(3));
        var operation = _dice.Pick<Func<S3Operation>>(
        [
            (Profile.S3PutPart, () => new S3PutPart(
                place.Owner, place.Key, upload, _dice.Between(1, MaxParts), NextContent())),
            (Profile.S3Complete, () => new S3Complete(place.Owner, place.Key, upload, NextNumbers())),
            (Profile.S3Abort, () => new S3Abort(place.Owner, place.Key, upload)),
            (Profile.S3ListParts, () => new S3ListParts(place.Owner, place.Key, upload)),
        ])();
        if (operation is S3Complete or S3Abort && _dice.Chance(60)) _begun.Remove(place);
        return operation;
    }

    private ImmutableArray<int> NextNumbers()
    {
        var numbers = Enumerable.Range(1, MaxParts).Where(_ => _dice.Chance(75)).ToImmutableArray();
        return numbers.IsEmpty ? [1] : numbers;
    }

    private VersioningStep NextVersioning() => new(
        _dice.Pick(_owners), _dice.Chance(65) ? BucketVersioning.Enabled : BucketVersioning.Suspended);

    private Condition WriteCondition(bool absent) => _dice.Next(10) switch
    {
        0 or 1 => Condition.LastRead,
        2 when absent => Condition.Absent,
        _ => Condition.None,
    };

    private BrokenPut Broken(string owner, string key)
    {
        var content = NextContent();
        var whole = content with { LengthBytes = Math.Max(1, content.LengthBytes) };
        return new BrokenPut(owner, key, whole, _dice.Next(whole.LengthBytes));
    }

    private string? NextType() => _dice.Chance(20) ? $"test/{_dice.Next(100)}" : null;

    private ImmutableArray<Content> NextFiles() =>
        [.. Enumerable.Range(0, _dice.Chance(60) ? 1 : _dice.Between(2, MaxFiles)).Select(_ => NextContent())];

    // Each content has a seed of its own: bytes at the wrong place are always seen.
    private Content NextContent() => new(++_lastContent, NextLength());

    private int NextLength()
    {
        var (tiny, small, edge, large) = Profile.Sizes;
        var chunkBytes = _settings.ChunkBytes;
        var edgeBytes = _dice.Chance(80) ? chunkBytes : BlockBytes;
        return _dice.Pick<Func<int>>(
        [
            (tiny, () => _dice.Next(2)),
            (small, () => _dice.Between(2, 300)),
            (edge, () => Math.Max(0, edgeBytes + _dice.Between(-2, 2))),
            (large, () => (_dice.Between(1, Profile.MaxChunks) * chunkBytes) + _dice.Next(chunkBytes)),
        ])();
    }

    private ReadRange NextRange()
    {
        var first = _dice.Next(_dice.Chance(50) ? 10 : 2 * _settings.ChunkBytes);
        return _dice.Next(3) switch
        {
            0 => new ReadRange(first, null),
            1 => new ReadRange(null, first),
            _ => new ReadRange(first, first + _dice.Next(_settings.ChunkBytes)),
        };
    }

    private List NextList(string owner, string key)
    {
        var prefix = _dice.Chance(30) ? key[..(char.IsSurrogate(key[0]) ? 2 : 1)] : "";
        return new List(owner, prefix, "", _dice.Chance(50) ? 1000 : _dice.Between(1, 4));
    }
}
