using System.Buffers;

namespace Ciaos.Storage.FlatBuffers;

/// <summary>
/// A body of any length behind a positional read, seen through a few cached pages. The tables of a list lie in runs,
/// so that a page serves thousands of reads of four bytes; how much memory that takes does not depend on the body.
/// </summary>
/// <remarks>
/// The page is as large as the block that a needle's data is checksummed in, and chunks are whole multiples of it: the
/// read of a page verifies no byte twice and does not span two needles.
/// </remarks>
public sealed class PagedByteSource : IByteSource, IDisposable
{
    public const int PageBytes = 64 * 1024;

    private const int PageCount = 48;
    private readonly PositionalRead _read;
    private readonly byte[]?[] _pages = new byte[PageCount][];
    private readonly long[] _pageNumbers = new long[PageCount];
    private readonly bool[] _wasUsed = new bool[PageCount];
    private readonly Dictionary<long, int> _slotOfPage = new(PageCount);
    private int _hand;
    private int _lastSlot;

    public PagedByteSource(long lengthBytes, PositionalRead read)
    {
        LengthBytes = lengthBytes;
        _read = read;
        _pageNumbers.AsSpan().Fill(-1);
    }

    /// <summary>Fills the destination with the bytes from a place on.</summary>
    public delegate void PositionalRead(long offsetBytes, Span<byte> destination);

    public long LengthBytes { get; }

    public void Read(long offsetBytes, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offsetBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offsetBytes, LengthBytes - destination.Length);
        while (!destination.IsEmpty)
        {
            var page = PageAt(offsetBytes / PageBytes);
            var within = (int)(offsetBytes % PageBytes);
            var count = Math.Min(destination.Length, PageBytes - within);
            page.AsSpan(within, count).CopyTo(destination);
            destination = destination[count..];
            offsetBytes += count;
        }
    }

    public void Dispose()
    {
        for (var slot = 0; slot < PageCount; slot++)
        {
            if (_pages[slot] is not { } page) continue;
            _pages[slot] = null;
            ArrayPool<byte>.Shared.Return(page);
        }

        _slotOfPage.Clear();
        _pageNumbers.AsSpan().Fill(-1);
    }

    private byte[] PageAt(long number)
    {
        if (_pageNumbers[_lastSlot] != number) _lastSlot = SlotOf(number);
        _wasUsed[_lastSlot] = true;
        return _pages[_lastSlot]!;
    }

    private int SlotOf(long number)
    {
        if (_slotOfPage.TryGetValue(number, out var known)) return known;
        var slot = FreeSlot();
        var page = _pages[slot] ??= ArrayPool<byte>.Shared.Rent(PageBytes);
        var startBytes = number * PageBytes;
        _read(startBytes, page.AsSpan(0, (int)Math.Min(PageBytes, LengthBytes - startBytes)));
        _pageNumbers[slot] = number;
        _slotOfPage.Add(number, slot);
        return slot;
    }

    /// <summary>The clock's hand spares once what was used since it last came by, so that the pages that several runs
    /// of reads share (offsets, tables, a common vtable) stay.</summary>
    private int FreeSlot()
    {
        while (_wasUsed[_hand])
        {
            _wasUsed[_hand] = false;
            _hand = (_hand + 1) % PageCount;
        }

        var slot = _hand;
        _hand = (_hand + 1) % PageCount;
        if (_pageNumbers[slot] >= 0) _slotOfPage.Remove(_pageNumbers[slot]);
        _pageNumbers[slot] = -1;
        return slot;
    }
}
