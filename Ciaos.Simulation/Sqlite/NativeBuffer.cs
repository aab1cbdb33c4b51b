using System.Buffers;

namespace Ciaos.Simulation.Sqlite;

/// <summary>Shows SQLite's memory as <see cref="Memory{T}"/> for the length of one call, without a copy.</summary>
internal sealed unsafe class NativeBuffer : MemoryManager<byte>
{
    private byte* _start;
    private int _count;

    public ReadOnlyMemory<byte> Over(byte* start, int count)
    {
        _start = start;
        _count = count;
        return CreateMemory(count);
    }

    public override Span<byte> GetSpan() => new(_start, _count);

    public override MemoryHandle Pin(int elementIndex = 0) => new(_start + elementIndex);

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
    }
}
