using System.Collections.Immutable;
using System.Xml.Linq;
using Akka.Actor;
using Ciaos.Actors.Identity;
using Ciaos.Actors.Index;
using Ciaos.Actors.Objects;
using Ciaos.Http.Quotas;
using Ciaos.Http.S3;
using Ciaos.Http.S3.Auth;
using Ciaos.Http.S3.Listing;
using Ciaos.Http.S3.Multipart;
using Ciaos.Storage;
using Ciaos.Storage.Volumes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using static Ciaos.Actors.Index.BucketProtocol;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Specs.Http.S3.Listing;

/// <summary>The listings of S3 over pages that a spec gives: shows what they ask for and what they make of
/// it.</summary>
internal sealed class ListingDesk : IObjectListing
{
    public static readonly BucketInfo Bucket = new(
        new BucketId(7), "photos", "root", DateTimeOffset.UnixEpoch,
        ImmutableSortedDictionary<string, string>.Empty, 1);

    public static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, 123, TimeSpan.Zero);

    private static readonly User Root = new(
        "root", new string('a', 64), "Root", null, IsRoot: true, IsActive: true, DateTimeOffset.UnixEpoch,
        ImmutableSortedDictionary<string, string>.Empty, new Quota(null, null, null));

    public object? Query { get; private set; }

    public KeyPage Keys { get; set; } = new([], HasMore: false);

    public VersionPage Versions { get; set; } = new([], HasMore: false);

    public UploadPage Uploads { get; set; } = new([], HasMore: false);

    public PartPage? Parts { get; set; }

    public static ObjectRecord Object(string key, params (string Name, string Value)[] metadata) => new(
        Bucket.Id, ObjectKey.Create(key), new ObjectId(1), 3, 42, 1, 1, Noon, Noon,
        ObjectMetadata.None.AddRange(metadata.Select(each => KeyValuePair.Create(each.Name, each.Value))));

    public static ListEntry<T> Item<T>(T item)
        where T : class => new(item, null);

    public static ListEntry<T> Prefix<T>(string prefix)
        where T : class => new(null, prefix);

    /// <summary>The answer to a GET of that target, without namespaces.</summary>
    public async Task<XElement> GetAsync(string target)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        var parsed = S3Target.Parse(target, "localhost", []);
        var operations = new S3Operations();
        var services = Services();
        new ObjectListings(services).Register(operations);
        new VersionListings(services).Register(operations);
        new UploadListings(services, new UploadFinder(services)).Register(operations);
        var operation = operations.Find("GET", parsed);
        var request = new S3Request(
            context, parsed, operation, new S3Caller(null, S3Payload.Unsigned, null), null, Root)
        { Bucket = Bucket };
        await operation.Handle(request);
        Assert(context.Response);
        answer.Position = 0;
        var document = XDocument.Load(answer).Root!;
        foreach (var element in document.DescendantsAndSelf()) element.Name = element.Name.LocalName;
        return document;
    }

    public Task CatchUpAsync(TimeSpan timeout, CancellationToken cancellation) => Task.CompletedTask;

    ObjectPage IObjectListing.List(BucketId bucket, string prefix, string after, int limit) =>
        throw new NotSupportedException();

    KeyPage IObjectListing.ListKeys(BucketId bucket, KeyQuery query) => Record(bucket, query, Keys);

    VersionPage IObjectListing.ListVersions(BucketId bucket, VersionQuery query) => Record(bucket, query, Versions);

    UploadPage IObjectListing.ListUploads(BucketId bucket, UploadQuery query) => Record(bucket, query, Uploads);

    PartPage? IObjectListing.ListParts(
        BucketId bucket, ObjectKey key, UploadId upload, int afterNumber, int limit) =>
        Record(bucket, (key.Value, upload, afterNumber, limit), Parts);

    BucketPage IObjectListing.ListBuckets(string? owner, string prefix, string after, int limit) =>
        throw new NotSupportedException();

    BucketUsage IObjectListing.GetUsage(BucketId bucket) => throw new NotSupportedException();

    private static void Assert(HttpResponse response)
    {
        Xunit.Assert.Equal(200, response.StatusCode);
        Xunit.Assert.Equal("application/xml", response.ContentType);
        Xunit.Assert.Equal(response.Body.Length, response.ContentLength);
    }

    private T Record<T>(BucketId bucket, object query, T page)
    {
        Xunit.Assert.Equal(Bucket.Id, bucket);
        Query = query;
        return page;
    }

    private S3Services Services()
    {
        var time = TimeProvider.System;
        var store = new ObjectStore(
            ActorRefs.Nobody, ActorRefs.Nobody, ActorRefs.Nobody, NoNeedles.Instance, this, new NeedleIds(time), time,
            StoreSettings.From(HttpSettingsSpec.Reference()), run => run());
        return new S3Services(
            store, new IdentityDirectory(time), S3Settings.From(HttpSettingsSpec.Reference()), time,
            NullLogger.Instance, UserQuotas.Unlimited);
    }

    private sealed class NoNeedles : INeedleReader
    {
        public static readonly NoNeedles Instance = new();

        public void Read(NeedleLocation needle, int offsetBytes, Span<byte> destination) =>
            throw new NotSupportedException();
    }
}
