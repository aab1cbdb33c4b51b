using System.IO.Pipelines;
using Ciaos.Actors.Metrics;

namespace Ciaos.Actors.Objects;

/// <summary>
/// How many bytes the buffers of all uploads may have together. Whoever asks beyond it waits, in order, which stops the
/// reading of its socket.
/// </summary>
/// <remarks>
/// Nobody waits for ever. An upload waits here only while it holds nothing (<see cref="ReserveAsync"/>); one that holds
/// something and wants more gets it at once or goes without (<see cref="TryReserve"/>). What is held is on its way to
/// disk, which ends, or waits for its client, which may not: so while somebody waits here, a holder whose client has
/// not filled its buffer within the patience is told to give it back. It stores what it has as a shorter needle and
/// queues again. A thousand stalled clients thus delay the others, and never stop them.
/// </remarks>
/// <param name="budgetBytes">At least as much as one reservation may be.</param>
internal sealed class UploadBudget(long budgetBytes, TimeSpan patience, TimeProvider time)
{
    private readonly LinkedList<(int Bytes, TaskCompletionSource Granted)> _waiting = new();
    private readonly LinkedList<ClientWait> _clientWaits = new();
    private readonly Lock _gate = new();
    private readonly long _limitBytes = budgetBytes;
    private long _freeBytes = budgetBytes;
    private ITimer? _timer;

    public long FreeBytes
    {
        get
        {
            lock (_gate) return _freeBytes;
        }
    }

    public UploadMemory Look()
    {
        lock (_gate) return new UploadMemory(_limitBytes - _freeBytes, _limitBytes, _waiting.Count);
    }

    /// <summary>Takes that much of the budget where it is free and nobody waits for it. Does not wait.</summary>
    public bool TryReserve(int bytes)
    {
        lock (_gate)
        {
            // Those who already wait go first, or a large request would starve.
            if (_waiting.Count > 0 || _freeBytes < bytes) return false;
            _freeBytes -= bytes;
            return true;
        }
    }

    /// <summary>Waits until that much of the budget is free, and takes it. The caller must hold none of it.</summary>
    public ValueTask ReserveAsync(int bytes, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (TryReserve(bytes)) return ValueTask.CompletedTask;
            var granted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var node = _waiting.AddLast((bytes, granted));
            if (_timer is null)
            {
                AskBack();
                _timer = time.CreateTimer(_ => AskBack(), null, patience / 2, patience / 2);
            }

            return new ValueTask(WaitAsync(node, cancellation));
        }
    }

    /// <summary>Gives a part of the budget back.</summary>
    public void Release(int bytes)
    {
        lock (_gate)
        {
            _freeBytes += bytes;
            while (_waiting.First is { } first && _freeBytes >= first.Value.Bytes)
            {
                _freeBytes -= first.Value.Bytes;
                _waiting.RemoveFirst();
                first.Value.Granted.TrySetResult();
            }

            if (_waiting.Count > 0) return;
            _timer?.Dispose();
            _timer = null;
        }
    }

    /// <summary>A place in the list of holders that wait for their clients.</summary>
    public LinkedListNode<ClientWait> NewWait() => new(new ClientWait());

    /// <summary>The holder's patience begins: it has just been given memory to fill.</summary>
    public void Restart(LinkedListNode<ClientWait> wait) => wait.Value.Since = time.GetTimestamp();

    /// <summary>The holder has begun to wait for its client: the pending read is cancelled when its memory is
    /// wanted.</summary>
    public void BeginWait(LinkedListNode<ClientWait> wait, PipeReader body)
    {
        lock (_gate)
        {
            wait.Value.Body = body;
            _clientWaits.AddLast(wait);
            if (_waiting.Count > 0 && IsOverdue(wait.Value)) body.CancelPendingRead();
        }
    }

    public void EndWait(LinkedListNode<ClientWait> wait)
    {
        lock (_gate)
        {
            if (wait.List is not null) _clientWaits.Remove(wait);
            wait.Value.Body = null;
        }
    }

    private async Task WaitAsync(
        LinkedListNode<(int Bytes, TaskCompletionSource Granted)> node, CancellationToken cancellation)
    {
        await using var registration = cancellation.Register(() =>
        {
            lock (_gate)
            {
                if (node.List is null) return;
                _waiting.Remove(node);
            }

            node.Value.Granted.TrySetCanceled(cancellation);
            Release(0);
        });
        await node.Value.Granted.Task;
    }

    // The reads are cancelled under the lock: a read that is over must not have the next one cancelled in its place.
    private void AskBack()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0) return;
            foreach (var wait in _clientWaits.Where(IsOverdue).ToList()) wait.Body?.CancelPendingRead();
        }
    }

    private bool IsOverdue(ClientWait wait) => time.GetElapsedTime(wait.Since) >= patience;

    /// <summary>A holder that waits, or may soon wait, for its client.</summary>
    internal sealed class ClientWait
    {
        public long Since { get; set; }

        public PipeReader? Body { get; set; }
    }
}
