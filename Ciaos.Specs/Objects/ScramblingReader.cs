using System.Buffers;
using System.IO.Pipelines;

namespace Ciaos.Specs.Objects;

/// <summary>
/// Gives a body out in pieces, as a pipe does, and uses the memory of what was given back at once: another thread keeps
/// changing it. Whoever looks at a sequence after <c>AdvanceTo</c> sees its length change.
/// </summary>
internal sealed class ScramblingReader : PipeReader, IDisposable
{
    private readonly byte[] _body;
    private readonly int _pieceBytes;
    private readonly Thread _scrambler;
    private Segment? _givenBack;
    private Segment? _given;
    private int _position;
    private volatile bool _stopped;

    public ScramblingReader(byte[] body, int pieceBytes)
    {
        (_body, _pieceBytes) = (body, pieceBytes);
        _scrambler = new Thread(Scramble) { IsBackground = true };
        _scrambler.Start();
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        Volatile.Write(ref _givenBack, null);
        var length = Math.Min(_pieceBytes, _body.Length - _position);
        var first = new Segment(_body.AsMemory(_position, length / 2), runningIndex: 0);
        _given = first.Append(_body.AsMemory(_position + (length / 2), length - (length / 2)));
        var piece = new ReadOnlySequence<byte>(first, 0, _given, _given.Memory.Length);
        return ValueTask.FromResult(new ReadResult(piece, isCanceled: false, _position + length == _body.Length));
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _position += (int)((Segment)consumed.GetObject()!).RunningIndex + consumed.GetInteger();
        Volatile.Write(ref _givenBack, _given);
    }

    public override bool TryRead(out ReadResult result)
    {
        result = default;
        return false;
    }

    public override void CancelPendingRead()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    public void Dispose()
    {
        _stopped = true;
        _scrambler.Join();
    }

    private void Scramble()
    {
        while (!_stopped) Volatile.Read(ref _givenBack)?.Move();
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long runningIndex) =>
            (Memory, RunningIndex) = (memory, runningIndex);

        public Segment Append(ReadOnlyMemory<byte> memory)
        {
            var next = new Segment(memory, RunningIndex + Memory.Length);
            Next = next;
            return next;
        }

        public void Move() => RunningIndex++;
    }
}
