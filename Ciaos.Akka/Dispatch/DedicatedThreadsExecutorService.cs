namespace Akka.Dispatch;

/// <summary>
/// Threads of its own, so that blocking in them starves nobody else. They start when there is work and end when the
/// dispatcher has not been used for its shutdown timeout; later work starts them again.
/// </summary>
internal sealed class DedicatedThreadsExecutorService : ExecutorService
{
    private readonly int _threads;
    private readonly bool _isBackground;
    private readonly Lock _starting = new();
    private volatile ParkingQueue<IRunnable>? _work;

    public DedicatedThreadsExecutorService(string id, int threads, bool isBackground)
        : base(id)
    {
        _threads = threads;
        _isBackground = isBackground;
    }

    public override void Execute(IRunnable run)
    {
        while (true)
        {
            var work = _work ?? Start();
            if (work.TryAdd(run)) return;

            // Shut down between the two lines above; a new set of threads takes it.
            Interlocked.CompareExchange(ref _work, null, work);
        }
    }

    public override void Shutdown() => Interlocked.Exchange(ref _work, null)?.Close();

    private ParkingQueue<IRunnable> Start()
    {
        lock (_starting)
        {
            if (_work is { } present) return present;
            var work = new ParkingQueue<IRunnable>();
            for (var i = 1; i <= _threads; i++)
            {
                new Thread(() => Work(work)) { Name = $"{Id}_{i}", IsBackground = _isBackground }.Start();
            }

            return _work = work;
        }
    }

    private static void Work(ParkingQueue<IRunnable> work)
    {
        while (work.TryTake(out var run)) run.Run();
    }
}
