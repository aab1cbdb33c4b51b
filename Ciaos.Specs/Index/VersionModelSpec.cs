using System.Collections.Immutable;
using Ciaos.Actors.Index;
using Ciaos.Storage.Volumes;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Index;

public class VersionModelSpec
{
    private static readonly ImmutableSortedDictionary<string, string> NoMetadata =
        ImmutableSortedDictionary<string, string>.Empty;

    private enum Kind
    {
        Put,
        Delete,
        DeleteVersion,
        ChangeMetadata,
        Append,
        Rename,
        Begin,
        PutPart,
        Complete,
        Abort,
        Restart,
        Kill,
        LoseCatalog,
    }

    [Fact]
    public void Versions_and_uploads_are_what_lists_of_them_would_be_through_restarts_and_kills() =>
        Prop.ForAll(Arb.From(Steps), steps => RunAsync(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(6).WithEndSize(20));

    private static readonly Gen<Act> OneStep =
        from kind in Gen.Frequency(
            (30, Gen.Elements(Kind.Put, Kind.Delete, Kind.DeleteVersion, Kind.PutPart)),
            (20, Gen.Elements(Kind.ChangeMetadata, Kind.Append, Kind.Rename, Kind.Begin, Kind.Complete, Kind.Abort)),
            (1, Gen.Elements(Kind.Restart, Kind.Kill, Kind.LoseCatalog)))
        from key in Gen.Choose(0, 5)
        from other in Gen.Choose(0, 5)
        from state in Gen.Elements(
            VersioningState.Off, VersioningState.Enabled, VersioningState.Enabled, VersioningState.Suspended)
        from segments in Gen.Elements(1, 2, 16, 17, 256, 600)
        from pick in Gen.Choose(0, 1000)
        select new Act(kind, key, other, state, segments, pick);

    private static readonly Gen<Act[]> Steps = OneStep.ArrayOf(150);

    private static async Task RunAsync(Act[] steps)
    {
        await using var node = await IndexNode.StartAsync(
            "ciaos.index { cache-entries = 16, batch-max-events = 3, purge-rows = 2 }");
        var world = new World(node, new VersionModel());
        for (var i = 0; i < steps.Length; i++)
        {
            await world.Do(steps[i], id: 1000 + i);
            if (i % 15 == 0) await world.AssertSame(steps[i].Pick);
        }

        await world.AssertSame(3);
    }

    private sealed record Act(Kind Kind, int Key, int Other, VersioningState State, int Segments, int Pick);

    private sealed class World(IndexNode node, VersionModel model)
    {
        public Task Do(Act act, int id) => act.Kind switch
        {
            Kind.Put => Put(act, id),
            Kind.Delete => Delete(act),
            Kind.DeleteVersion => DeleteVersion(act),
            Kind.ChangeMetadata => Change(act),
            Kind.Append => Append(act, id),
            Kind.Rename => Rename(act),
            Kind.Begin => Begin(act),
            Kind.PutPart => PutPart(act, id),
            Kind.Complete => Complete(act),
            Kind.Abort => Abort(act),
            Kind.Restart => node.RestartAsync(),
            Kind.Kill => Kill(),
            _ => LoseCatalog(),
        };

        public async Task AssertSame(int pick)
        {
            var limit = 1 + (pick % 7);
            Assert.Equal(
                model.All.Select(each => (each.Key, each.Version.Id, each.Version.IsMarker, each.IsCurrent)),
                Versions(limit).Select(record => (
                    record.Key.Value, record.VersionId, record.IsDeleteMarker, record.IsCurrent)));
            Assert.Equal(
                model.Keys.Keys.Where(key => model.Visible(key) is not null),
                node.Listing.ListKeys(IndexNode.Bucket, new KeyQuery("", "", "", 1000)).Entries
                    .Select(entry => entry.Item!.Key.Value));
            Assert.Equal(model.Usage, UsageOf(node.Listing.GetUsage(IndexNode.Bucket)));
            foreach (var (key, version, isCurrent) in model.All) await AssertSame(key, version, isCurrent);
            AssertUploads(limit);
        }

        private static (long, long) UsageOf(BucketUsage usage) => (usage.Objects, usage.Bytes);

        private static string NameOf(int key) => $"key{key}";

        private async Task AssertSame(string key, VersionModel.Version version, bool isCurrent)
        {
            var found = Assert.IsType<Found>(await node.Lookup(key, version.Id));
            Assert.Equal(
                (version.Id, version.IsMarker, isCurrent, isCurrent),
                (found.Object.VersionId, found.Object.IsDeleteMarker, found.Object.IsCurrent,
                    found.Object.NoncurrentSince is null));
            Assert.Equal(version.Metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal), found.Object.Metadata);
            Assert.Equal(version.Bytes, found.Object.SizeBytes);
            if (!version.IsMarker) Assert.Equal(version.Segments, await node.ReadAll(found));
            if (!isCurrent) return;
            var now = await node.Lookup(key);
            if (version.IsMarker) Assert.Equal(version.Id, Assert.IsType<KeyNotFound>(now).Marker!.VersionId);
            else Assert.Equal(version.Id, Assert.IsType<Found>(now).Object.VersionId);
        }

        private void AssertUploads(int limit)
        {
            var listed = new List<UploadRecord>();
            for (var query = new UploadQuery("", "", "", null, limit); ;)
            {
                var page = node.Listing.ListUploads(IndexNode.Bucket, query);
                listed.AddRange(page.Entries.Select(entry => entry.Item!));
                if (!page.HasMore) break;
                query = query with { KeyMarker = page.LastKey, UploadMarker = page.LastUpload };
            }

            Assert.Equal(
                model.Uploads.OrderBy(upload => upload.Key, StringComparer.Ordinal)
                    .ThenBy(upload => upload.Id.Sequence).Select(upload => (upload.Key, upload.Id)),
                listed.Select(upload => (upload.Key.Value, upload.Id)));
            foreach (var upload in model.Uploads)
            {
                var page = node.Listing.ListParts(
                    IndexNode.Bucket, IndexNode.Key(upload.Key), upload.Id, 1, limit)!;
                var due = upload.Parts.Where(part => part.Key > 1).ToList();
                Assert.Equal(
                    due.Take(limit).Select(part => (
                        part.Key, part.Value.Sequence, part.Value.Segments.Sum(segment => (long)segment.LengthBytes))),
                    page.Parts.Select(part => (part.Number, part.Sequence, part.SizeBytes)));
                Assert.Equal(due.Count > limit, page.HasMore);
            }
        }

        private List<ObjectRecord> Versions(int limit)
        {
            var records = new List<ObjectRecord>();
            for (var query = new VersionQuery("", "", "", null, limit); ;)
            {
                var page = node.Listing.ListVersions(IndexNode.Bucket, query);
                records.AddRange(page.Entries.Select(entry => entry.Item!));
                Assert.True(page.Entries.Count == limit || !page.HasMore);
                if (!page.HasMore) return records;
                query = query with { KeyMarker = page.LastKey, VersionMarker = page.LastVersion };
            }
        }

        private async Task Put(Act act, int id)
        {
            var key = NameOf(act.Key);
            var content = IndexNode.Content(id, act.Segments);
            var stored = Assert.IsType<Stored>(await node.Ask(new Put(
                IndexNode.Bucket, IndexNode.Key(key), PutMode.Upsert, Precondition.None, content, act.State)));
            Assert.Equal(model.Visible(key) is null, stored.WasCreated);
            Stored(key, act.State, stored, content.Segments);
        }

        private void Stored(string key, VersioningState state, Stored stored, IEnumerable<Segment> segments)
        {
            var effective = model.Effective(state, key);
            Assert.Equal(effective != VersioningState.Enabled, stored.Object.VersionId.IsNull);
            model.Add(key, effective, new VersionModel.Version(stored.Object.VersionId, isMarker: false, segments));
        }

        private async Task Delete(Act act)
        {
            var key = NameOf(act.Key);
            var (mustExist, effective) = (act.Pick % 2 == 0, model.Effective(act.State, key));
            var reply = await node.Ask(new Delete(
                IndexNode.Bucket, IndexNode.Key(key), Precondition.None, act.State, mustExist));
            if (model.Visible(key) is null && (effective == VersioningState.Off || mustExist))
            {
                Assert.Equal(model.Newest(key) is not null, Assert.IsType<KeyNotFound>(reply).Marker is not null);
            }
            else if (effective == VersioningState.Off)
            {
                Assert.IsType<Deleted>(reply);
                model.Keys.Remove(key);
            }
            else
            {
                var marker = Assert.IsType<MarkerMade>(reply).Marker;
                Assert.Equal(effective != VersioningState.Enabled, marker.VersionId.IsNull);
                model.Add(key, effective, new VersionModel.Version(marker.VersionId, isMarker: true, []));
            }
        }

        private VersionModel.Version? Pick(string key, int pick) =>
            model.Keys.TryGetValue(key, out var versions) && pick % 10 > 0 ? versions[pick % versions.Count] : null;

        private async Task DeleteVersion(Act act)
        {
            var key = NameOf(act.Key);
            var version = Pick(key, act.Pick);
            var reply = await node.Ask(new DeleteVersion(
                IndexNode.Bucket, IndexNode.Key(key), version?.Id ?? new VersionId(999_999, default),
                Precondition.None, BypassGovernance: false));
            if (version is null)
            {
                Assert.IsType<KeyNotFound>(reply);
                return;
            }

            Assert.Equal(version.Id, Assert.IsType<VersionDeleted>(reply).Object.VersionId);
            model.Remove(key, version);
        }

        private async Task Change(Act act)
        {
            var key = NameOf(act.Key);
            var version = Pick(key, act.Pick) ?? model.Newest(key);
            var before = version is null ? null : await node.Lookup(key, version.Id) as Found;
            var value = act.Pick % 3 == 0 ? null : $"value{act.Pick}";
            var reply = await node.Ask(new ChangeMetadata(
                IndexNode.Bucket, IndexNode.Key(key), version?.Id, before?.Object.Version,
                ImmutableSortedDictionary<string, string?>.Empty.Add("tags", value)));
            if (version is null || version.IsMarker)
            {
                Assert.IsType<KeyNotFound>(reply);
                return;
            }

            var changed = Assert.IsType<Changed>(reply).Object;
            Assert.Equal(
                (before!.Object.ETag, before.Object.Modified, before.Object.IsCurrent),
                (changed.ETag, changed.Modified, changed.IsCurrent));
            Assert.True(changed.Version > before.Object.Version);
            version.Metadata.Remove("tags");
            if (value is not null) version.Metadata.Add("tags", value);
        }

        private async Task Append(Act act, int id)
        {
            var key = NameOf(act.Key);
            var content = IndexNode.Content(id, act.Segments);
            var version = model.Visible(key);
            var reply = await node.Ask(new Append(
                IndexNode.Bucket, IndexNode.Key(key), content, act.Pick % 2 == 0 ? version?.Bytes ?? 0 : null));
            if (version is null) Assert.IsType<KeyNotFound>(reply);
            else Assert.Equal(version.Id, Assert.IsType<Stored>(reply).Object.VersionId);
            version?.Segments.AddRange(content.Segments);
        }

        private async Task Rename(Act act)
        {
            var (key, newKey) = (NameOf(act.Key), NameOf(act.Other));
            var reply = await node.Rename(key, newKey);
            if (model.Visible(key) is not { } version) Assert.IsType<KeyNotFound>(reply);
            else if (key == newKey) Assert.IsType<KeyExists>(reply);
            else if (model.IsVersioned(key)) Assert.Equal(FailReason.Versioned, Assert.IsType<Failed>(reply).Reason);
            else if (model.Visible(newKey) is not null) Assert.IsType<KeyExists>(reply);
            else if (model.Newest(newKey) is not null)
                Assert.Equal(FailReason.Versioned, Assert.IsType<Failed>(reply).Reason);
            else
            {
                Assert.IsType<Renamed>(reply);
                model.Keys.Remove(key);
                model.Keys.Add(newKey, [version]);
            }
        }

        private async Task Begin(Act act)
        {
            var key = NameOf(act.Key);
            var begun = Assert.IsType<MultipartBegun>(await node.Ask(new BeginMultipart(
                IndexNode.Bucket, IndexNode.Key(key), "somebody", NoMetadata)));
            model.Uploads.Add(new VersionModel.Upload(key, begun.Upload.Id));
        }

        private async Task PutPart(Act act, int id)
        {
            if (model.Uploads.Count == 0) return;
            var upload = model.Uploads[act.Pick % model.Uploads.Count];
            var content = IndexNode.Content(id, act.Segments, lengthBytes: act.Pick % 4);
            var number = 1 + (act.Key % 3);
            var part = Assert.IsType<PartStored>(await node.Ask(new PutPart(
                IndexNode.Bucket, IndexNode.Key(upload.Key), upload.Id, number, content))).Part;
            upload.Parts[number] = (part.Sequence, content.Segments);
        }

        private async Task Complete(Act act)
        {
            if (model.Uploads.Count == 0) return;
            var upload = model.Uploads[act.Pick % model.Uploads.Count];
            var numbers = upload.Parts.Keys.Where(number => number != act.Other).ToList();
            var isStale = act.Pick % 5 == 0;
            var reply = await node.Ask(new CompleteMultipart(
                IndexNode.Bucket, IndexNode.Key(upload.Key), upload.Id,
                [.. numbers.Select(number => new PartRef(number, upload.Parts[number].Sequence - (isStale ? 1 : 0)))],
                Precondition.None, NoMetadata, act.State));
            if (numbers.Count == 0)
            {
                Assert.Equal(FailReason.NotAllowed, Assert.IsType<Failed>(reply).Reason);
            }
            else if (isStale)
            {
                Assert.Equal(numbers[0], Assert.IsType<PartChanged>(reply).Number);
            }
            else
            {
                var stored = Assert.IsType<Stored>(reply);
                Assert.Equal((model.Visible(upload.Key) is null, 1L), (stored.WasCreated, stored.Object.FileCount));
                Stored(upload.Key, act.State, stored, upload.Joined(numbers));
                model.Uploads.Remove(upload);
            }
        }

        private async Task Abort(Act act)
        {
            if (model.Uploads.Count == 0) return;
            var upload = model.Uploads[act.Pick % model.Uploads.Count];
            var abort = new AbortMultipart(IndexNode.Bucket, IndexNode.Key(upload.Key), upload.Id);
            Assert.IsType<MultipartAborted>(await node.Ask(abort));
            Assert.IsType<UploadNotFound>(await node.Ask(abort));
            model.Uploads.Remove(upload);
        }

        private async Task Kill()
        {
            await node.KillAsync();
            await node.StartAgainAsync();
        }

        private async Task LoseCatalog()
        {
            await node.StopAsync();
            node.DeleteFiles("catalog.db*");
            await node.StartAgainAsync();
        }
    }
}
