using System.Collections.Immutable;
using Xunit;

namespace Ciaos.Simulation.Model;

/// <summary>Histories of S3 made by hand: what is right is accepted, what is wrong is refused.</summary>
public sealed class VersionHistorySpec
{
    private const string A = "a";
    private const string K = "k";

    private readonly History _history = new();
    private readonly Content _one = new(1, 100);
    private readonly Content _two = new(2, 100);

    [Fact]
    public void What_is_replaced_can_be_read_by_its_name()
    {
        Put(_one, "v1");
        Put(_two, "v2");
        Accept(new S3Get(A, K, new NameRef(1)), Bytes(_one, "v1"));
        Refuse(new S3Get(A, K, new NameRef(0)), Bytes(_one, "v1"));
    }

    [Fact]
    public void A_marker_hides_and_its_end_brings_back_exactly_what_was_before()
    {
        Put(_one, "v1");
        Put(_two, "v2");
        Accept(Delete, new Outcome(204) { Name = "m1", IsMarker = true });
        Accept(Get, new Outcome(404) { Name = "m1", IsMarker = true });
        Accept(new S3DeleteVersion(A, K, new NameRef(0)), new Outcome(204) { Name = "m1", IsMarker = true });
        Accept(Get, Bytes(_two, "v2"));
        Refuse(Get, Bytes(_one, "v1"));
    }

    [Fact]
    public void A_marker_that_is_shown_is_one_that_was_made_though_that_was_never_answered()
    {
        Invoke(Delete);
        _history.Crash();
        Accept(Get, new Outcome(404) { Name = "m1", IsMarker = true });
        Accept(new S3Get(A, K, new NameRef(0)), new Outcome(405) { Name = "m1", IsMarker = true });
        Refuse(Get, new Outcome(404));
    }

    [Fact]
    public void A_list_of_versions_has_each_of_them_the_youngest_first()
    {
        Put(_one, "v1");
        Put(_two, "v2");
        Accept(new S3ListVersions(A, K), List(Listed(_two, "v2", true), Listed(_one, "v1", false)));
        Refuse(new S3ListVersions(A, K), List(Listed(_one, "v1", true), Listed(_two, "v2", false)));
    }

    [Fact]
    public void A_version_that_was_deleted_does_not_return()
    {
        Put(_one, "v1");
        Put(_two, "v2");
        Accept(new S3DeleteVersion(A, K, new NameRef(1)), new Outcome(204) { Name = "v1" });
        _history.Crash();
        _history.Settle();
        Refuse(new S3ListVersions(A, K), List(Listed(_two, "v2", true), Listed(_one, "v1", false)));
    }

    [Fact]
    public void A_put_that_was_never_answered_is_whole_or_absent()
    {
        Put(_one, "v1");
        Invoke(Enabled(new S3Put(A, K, _two)));
        _history.Crash();
        _history.Settle();
        Accept(new S3ListVersions(A, K), List(Listed(_two, "v2", true), Listed(_one, "v1", false)));
        Refuse(Get, Bytes(_one, "v1"));
    }

    [Fact]
    public void A_completion_makes_the_parts_that_it_names_and_ends_the_upload()
    {
        Begin();
        Part(1, _one);
        Part(2, _two);
        Part(3, _one);
        var right = new Outcome(200) { Name = "v1", Digest = ContentTag.Of([_one, _two]) };
        Accept(Complete(1, 2), right);
        Accept(Complete(1, 2), right);
        Accept(Get, new Outcome(200)
        {
            Name = "v1",
            Digest = right.Digest,
            Body = [.. _one.ToBytes(), .. _two.ToBytes()],
        });
        Refuse(new S3ListParts(A, K, new NameRef(0)), Parts(1, _one));
    }

    [Fact]
    public void A_completion_that_is_acknowledged_does_not_vanish()
    {
        Begin();
        Part(1, _one);
        Accept(Complete(1), new Outcome(200) { Name = "v1", Digest = ContentTag.Of([_one]) });
        _history.Crash();
        _history.Settle();
        Refuse(Get, new Outcome(404));
    }

    [Fact]
    public void A_part_that_was_replaced_is_not_taken()
    {
        Begin();
        Part(1, _one);
        Part(1, _two);
        Accept(new S3ListParts(A, K, new NameRef(0)), Parts(1, _two));
        Refuse(Complete(1), new Outcome(200) { Name = "v1", Digest = ContentTag.Of([_one]) });
    }

    [Fact]
    public void A_deletion_that_was_answered_together_with_a_put_may_have_come_before_or_after_it()
    {
        var put = Invoke(new S3Put(A, K, _one));
        var delete = Invoke(new S3Delete(A, K));
        _history.Return(put, new Outcome(200) { Digest = ContentTag.Of(_one) });
        _history.Return(delete, new Outcome(204));
        Accept(new S3Get(A, K), new Outcome(404));
        Refuse(new S3Get(A, K), new Outcome(200) { Digest = ContentTag.Of(_one), Body = _one.ToBytes() });
    }

    private static S3Operation Get => Enabled(new S3Get(A, K));

    private static S3Operation Delete => Enabled(new S3Delete(A, K));

    private static S3Operation Enabled(S3Operation operation) =>
        operation with { Versioning = BucketVersioning.Enabled };

    private static S3Operation Complete(params int[] numbers) =>
        Enabled(new S3Complete(A, K, new NameRef(0), [.. numbers]));

    private static Outcome Bytes(Content content, string name) =>
        new(200) { Name = name, Digest = ContentTag.Of(content), Body = content.ToBytes() };

    private static ListedVersion Listed(Content content, string name, bool isLatest) =>
        new(name, isLatest, false, content.LengthBytes, ContentTag.Of(content));

    private static Outcome List(params ImmutableArray<ListedVersion> versions) => new(200) { Versions = versions };

    private static Outcome Parts(int number, Content content) =>
        new(200) { Parts = [new ListedPart(number, content.LengthBytes, ContentTag.Of(content))] };

    private void Put(Content content, string name) => Accept(
        Enabled(new S3Put(A, K, content)), new Outcome(200) { Name = name, Digest = ContentTag.Of(content) });

    private void Begin() => Accept(new S3Begin(A, K), new Outcome(200) { Name = "u1" });

    private void Part(int number, Content content) => Accept(
        new S3PutPart(A, K, new NameRef(0), number, content), new Outcome(200) { Digest = ContentTag.Of(content) });

    private int Invoke(Operation operation) => _history.Invoke(operation).Id;

    private void Accept(Operation operation, Outcome outcome) =>
        Assert.Null(_history.Return(Invoke(operation), outcome)?.ToString());

    private void Refuse(Operation operation, Outcome outcome) =>
        Assert.NotNull(_history.Return(Invoke(operation), outcome));
}
