namespace Akka.TestKit;

/// <summary>Where threads wait for each other, for a limited time.</summary>
public class TestBarrier
{
    [Obsolete("This field will be removed in future versions.")]
    public static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(5);

    private readonly TestKitBase _testKit;
    private readonly TimeSpan _defaultTimeout;
    private readonly int _count;
    private Barrier _barrier;

    public TestBarrier(TestKitBase testKit, int count, TimeSpan? defaultTimeout = null)
    {
        _testKit = testKit;
        _defaultTimeout = defaultTimeout ?? testKit.TestKitSettings.DefaultTimeout;
        _count = count;
        _barrier = new Barrier(count);
    }

    public void Await() => Await(_defaultTimeout);

    /// <exception cref="TimeoutException">The others did not come within the (dilated) time.</exception>
    public void Await(TimeSpan timeout)
    {
        var dilated = _testKit.Dilated(timeout);
        if (_barrier.SignalAndWait(dilated)) return;
        throw new TimeoutException(
            $"Timed out waiting for {_barrier.ParticipantsRemaining} others after {dilated} (timeout {timeout})");
    }

    /// <summary>Begins anew. Who still waits will not be joined by anyone.</summary>
    public void Reset() => _barrier = new Barrier(_count);
}
