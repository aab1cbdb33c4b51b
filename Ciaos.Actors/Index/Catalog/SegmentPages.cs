using System.Collections.Immutable;
using Ciaos.Storage.Volumes;
using static Ciaos.Actors.Index.IndexProtocol;

namespace Ciaos.Actors.Index.Catalog;

/// <summary>An object's content as it was at one moment: later appends to it are not seen.</summary>
internal sealed record ContentView(long ContentSequence, ReadOnlyMemory<byte> Inline, long SegmentCount, long SizeBytes)
{
    public static ContentView Of(ObjectState state) =>
        new(state.ContentSequence, state.Inline, state.Record.SegmentCount, state.Record.SizeBytes);
}

/// <summary>Reads a shard's segments in pages, from the object's row and from rows of their own as if they were
/// one.</summary>
internal sealed class SegmentPages(CatalogReaders readers, int shard)
{
    /// <summary>So many segments an answer brings at most.</summary>
    public const int MaxSegments = 256;

    public SegmentPage Page(ContentView content, long fromOrdinal) =>
        fromOrdinal >= content.SegmentCount
            ? End(content)
            : Take(content, RunsFrom(content, fromOrdinal), (ordinal, _, _) => ordinal >= fromOrdinal);

    /// <summary>The page that begins with the segment that holds the byte; an empty one behind the object's
    /// end.</summary>
    public SegmentPage Seek(ContentView content, long offsetBytes)
    {
        if (offsetBytes >= content.SizeBytes) return End(content);
        var ordinal = readers.Read(reader => reader.FindRun(shard, content.ContentSequence, offsetBytes)) ?? 0;
        return Take(
            content, RunsFrom(content, ordinal), (_, start, segment) => start + segment.LengthBytes > offsetBytes);
    }

    /// <summary>All segments in runs as long as they may be, however short the stored ones are.</summary>
    public ImmutableArray<SegmentRun> AllRuns(ContentView content)
    {
        var runs = ImmutableArray.CreateBuilder<SegmentRun>();
        for (long ordinal = 0, offsetBytes = 0; ordinal < content.SegmentCount;)
        {
            var page = Page(content, ordinal).Segments;
            runs.Add(new SegmentRun(ordinal, offsetBytes, SegmentCodec.Encode(page.AsSpan())));
            ordinal += page.Length;
            offsetBytes += SegmentRun.SizeOf(page.AsSpan());
        }

        return runs.ToImmutable();
    }

    private static SegmentPage End(ContentView content) => new(content.SegmentCount, content.SizeBytes, []);

    private static SegmentPage Take(
        ContentView content, IEnumerable<SegmentRun> runs, Func<long, long, Segment, bool> isFirst)
    {
        var segments = ImmutableArray.CreateBuilder<Segment>();
        long firstOrdinal = content.SegmentCount, firstOffset = content.SizeBytes;
        foreach (var run in runs)
        {
            var ordinal = run.FirstOrdinal;
            var offsetBytes = run.FirstOffsetBytes;
            foreach (var segment in SegmentCodec.Decode(run.Encoded.Span))
            {
                if (ordinal == content.SegmentCount || segments.Count == MaxSegments) break;
                if (segments.Count == 0 && isFirst(ordinal, offsetBytes, segment))
                    (firstOrdinal, firstOffset) = (ordinal, offsetBytes);
                if (ordinal >= firstOrdinal) segments.Add(segment);
                ordinal++;
                offsetBytes += segment.LengthBytes;
            }

            if (ordinal >= content.SegmentCount || segments.Count == MaxSegments) break;
        }

        return new SegmentPage(firstOrdinal, firstOffset, segments.ToImmutable());
    }

    // A page and the run that it may begin in the middle of: every run has at least one segment.
    private IEnumerable<SegmentRun> RunsFrom(ContentView content, long ordinal)
    {
        var inlineSegments = content.Inline.IsEmpty ? 0 : SegmentCodec.Count(content.Inline.Span);
        if (ordinal < inlineSegments) yield return new SegmentRun(0, 0, content.Inline);
        if (content.SegmentCount == inlineSegments) yield break;
        foreach (var run in readers.Read(reader => Rows(reader, content, Math.Max(ordinal, inlineSegments))))
            yield return run;
    }

    private List<SegmentRun> Rows(CatalogReader reader, ContentView content, long ordinal)
    {
        var runs = new List<SegmentRun>();
        var behind = Math.Min(content.SegmentCount, ordinal + MaxSegments);
        foreach (var run in reader.Runs(shard, content.ContentSequence, ordinal, MaxSegments + 1))
        {
            runs.Add(run);
            if (run.FirstOrdinal + SegmentCodec.Count(run.Encoded.Span) >= behind) break;
        }

        return runs;
    }
}
