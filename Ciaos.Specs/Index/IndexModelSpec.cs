using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class IndexModelSpec
{
    private enum Kind
    {
        Create,
        Replace,
        Upsert,
        Append,
        Delete,
        Rename,
        Lookup,
        Restart,
        Kill,
    }

    [Fact]
    public void Any_commands_with_restarts_and_kills_between_them_do_what_a_dictionary_does() =>
        Prop.ForAll(Arb.From(Steps), steps => RunAsync(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(4).WithEndSize(20));

    private static readonly Gen<Act> OneStep =
        from kind in Gen.Frequency(
            (30, Gen.Elements(Kind.Create, Kind.Append, Kind.Rename)),
            (20, Gen.Elements(Kind.Replace, Kind.Upsert, Kind.Delete, Kind.Lookup)),
            (1, Gen.Elements(Kind.Restart, Kind.Kill)))
        from key in Gen.Choose(0, 11)
        from newKey in Gen.Choose(0, 11)
        from segments in Gen.Elements(1, 2, 16, 17, 256, 600)
        select new Act(kind, key, newKey, segments);

    private static readonly Gen<Act[]> Steps = OneStep.ArrayOf(120);

    private static async Task RunAsync(Act[] steps)
    {
        await using var node = await IndexNode.StartAsync(
            "ciaos.index { cache-entries = 16, batch-max-events = 3, purge-rows = 2 }");
        var model = new SortedDictionary<string, List<Segment>>(StringComparer.Ordinal);
        for (var i = 0; i < steps.Length; i++)
        {
            await Step(node, model, steps[i], id: 1000 + i);
            if (i % 20 == 0) await AssertSame(node, model);
        }

        await AssertSame(node, model);
    }

    private static async Task Step(IndexNode node, SortedDictionary<string, List<Segment>> model, Act step, int id)
    {
        var (key, newKey) = ($"key{step.Key}", $"key{step.NewKey}");
        var exists = model.ContainsKey(key);
        var content = IndexNode.Content(id, step.Segments).Segments;
        switch (step.Kind)
        {
            case Kind.Create:
                Assert.Equal(exists, await node.Put(key, id, PutMode.Create, step.Segments) is KeyExists);
                if (!exists) model[key] = [.. content];
                break;
            case Kind.Replace:
                Assert.Equal(!exists, await node.Put(key, id, PutMode.Replace, step.Segments) is KeyNotFound);
                if (exists) model[key] = [.. content];
                break;
            case Kind.Upsert:
                Assert.Equal(
                    !exists, Assert.IsType<Stored>(await node.Put(key, id, PutMode.Upsert, step.Segments)).WasCreated);
                model[key] = [.. content];
                break;
            case Kind.Append:
                Assert.Equal(!exists, await node.Append(key, id, step.Segments) is KeyNotFound);
                if (exists) model[key].AddRange(content);
                break;
            case Kind.Delete:
                Assert.Equal(!exists, await node.Delete(key) is KeyNotFound);
                model.Remove(key);
                break;
            case Kind.Rename:
                await Rename(node, model, key, newKey);
                break;
            case Kind.Lookup:
                Assert.Equal(!exists, await node.Lookup(key) is KeyNotFound);
                break;
            case Kind.Restart:
                await node.RestartAsync();
                break;
            default:
                await node.KillAsync();
                await node.StartAgainAsync();
                break;
        }
    }

    private static async Task Rename(
        IndexNode node, SortedDictionary<string, List<Segment>> model, string key, string newKey)
    {
        var reply = await node.Rename(key, newKey);
        if (!model.TryGetValue(key, out var segments))
        {
            Assert.IsType<KeyNotFound>(reply);
        }
        else if (model.ContainsKey(newKey))
        {
            Assert.IsType<KeyExists>(reply);
        }
        else
        {
            Assert.IsType<Renamed>(reply);
            model.Remove(key);
            model[newKey] = segments;
        }
    }

    private static async Task AssertSame(IndexNode node, SortedDictionary<string, List<Segment>> model)
    {
        Assert.Equal(model.Keys.ToList(), node.Listed());
        foreach (var (key, segments) in model)
        {
            Assert.Equal(segments, await node.ReadAll(key));
            var record = ((Found)await node.Lookup(key)).Object;
            Assert.Equal(segments.Count, record.SegmentCount);
            Assert.Equal(segments.Sum(segment => (long)segment.LengthBytes), record.SizeBytes);
        }
    }

    private sealed record Act(Kind Kind, int Key, int NewKey, int Segments);
}
