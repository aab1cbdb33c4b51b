namespace Akka.TestKit;

/// <summary>
/// Opens when it was counted down often enough; who waits for it waits for a limited time.
/// </summary>
public class TestLatch
{
    [Obsolete("This field will be removed. TestKitSettings.DefaultTimeout is an alternative.")]
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly CountdownEvent _latch;
    private readonly Func<TimeSpan, TimeSpan> _dilate;
    private readonly TimeSpan _defaultTimeout;

    public TestLatch()
        : this(1)
    {
    }

    public TestLatch(int count)
        : this(count, TimeSpan.FromSeconds(5))
    {
    }

    public TestLatch(int count, TimeSpan defaultTimeout)
        : this(duration => duration, defaultTimeout, count)
    {
    }

    internal TestLatch(Func<TimeSpan, TimeSpan> dilate, int count, TimeSpan defaultTimeout)
        : this(dilate, defaultTimeout, count)
    {
    }

    protected TestLatch(Func<TimeSpan, TimeSpan> dilate, TimeSpan defaultTimeout, int count)
    {
        _dilate = dilate;
        _defaultTimeout = defaultTimeout;
        _latch = new CountdownEvent(count);
    }

    public bool IsOpen => _latch.IsSet;

    /// <summary>One less to wait for; nothing when it is open.</summary>
    public void CountDown()
    {
        lock (_latch)
        {
            if (!_latch.IsSet) _latch.Signal();
        }
    }

    public void Open()
    {
        lock (_latch)
        {
            if (!_latch.IsSet) _latch.Signal(_latch.CurrentCount);
        }
    }

    public void Reset() => _latch.Reset();

    /// <exception cref="ArgumentException">The time is infinite.</exception>
    /// <exception cref="TimeoutException">It is still closed when the (dilated) time is up.</exception>
    public void Ready(TimeSpan timeout)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
            throw new ArgumentException("TestLatch does not support waiting for ever", nameof(timeout));
        if (_latch.Wait(_dilate(timeout))) return;
        throw new TimeoutException($"Timeout of {timeout}. Countdown is {_latch.CurrentCount}");
    }

    public void Ready() => Ready(_defaultTimeout);
}
