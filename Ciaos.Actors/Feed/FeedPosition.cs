using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Ciaos.Actors.Feed;

/// <summary>
/// A place in the feed: for each shard the number of the last event that has been told. As text the numbers in the
/// order of the shards, joined by hyphens, such as <c>12-0-33-5</c>.
/// </summary>
public sealed class FeedPosition
{
    private const byte Separator = (byte)'-';
    private const int MaxDigits = 19;

    private readonly long[] _told;

    /// <summary>Before everything.</summary>
    public FeedPosition(int shards) => _told = new long[shards];

    private FeedPosition(long[] told) => _told = told;

    public int Shards => _told.Length;

    /// <summary>What <see cref="Write"/> takes at most.</summary>
    public int MaxBytes => Shards * (MaxDigits + 1);

    public long this[int shard]
    {
        get => _told[shard];
        set => _told[shard] = value;
    }

    /// <summary>False: it is no such text, or not for so many shards.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, int shards, out FeedPosition position)
    {
        position = new FeedPosition(shards);
        var shard = 0;
        foreach (var range in text.Split('-'))
        {
            if (shard == shards
                || !long.TryParse(
                    text[range], NumberStyles.None, CultureInfo.InvariantCulture, out position._told[shard++]))
                return false;
        }

        return shard == shards;
    }

    /// <summary>Everything up to there has been told here too.</summary>
    public bool Reaches(FeedPosition other)
    {
        for (var shard = 0; shard < Shards; shard++)
            if (_told[shard] < other._told[shard]) return false;
        return true;
    }

    public FeedPosition Copy() => new([.. _told]);

    /// <summary>The text in ASCII; returns its length.</summary>
    public int Write(Span<byte> to)
    {
        var length = 0;
        for (var shard = 0; shard < Shards; shard++)
        {
            if (shard > 0) to[length++] = Separator;
            Utf8Formatter.TryFormat(_told[shard], to[length..], out var written);
            length += written;
        }

        return length;
    }

    public override string ToString()
    {
        var bytes = new byte[MaxBytes];
        return Encoding.ASCII.GetString(bytes, 0, Write(bytes));
    }
}
