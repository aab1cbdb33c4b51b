namespace Ciaos.Actors.Index.Catalog;

/// <summary>
/// When this process writes to the catalog: a reader can go on seeing what it has seen as long as nothing is written.
/// One thread at a time may write; any may ask.
/// </summary>
internal sealed class CatalogChanges
{
    // Odd while something is being written.
    private long _count;

    /// <summary>Something is going to be written: called before it begins, on the thread of the writer.</summary>
    public event Action? Beginning;

    /// <summary>The same as before: nothing has been written since, nor is it now, if <see cref="IsQuiet"/>.</summary>
    public long Look() => Volatile.Read(ref _count);

    /// <summary>When it looked like this nothing was being written.</summary>
    public static bool IsQuiet(long look) => long.IsEvenInteger(look);

    public void Begin()
    {
        Interlocked.Increment(ref _count);
        Beginning?.Invoke();
    }

    /// <summary>It is committed, or never will be.</summary>
    public void End() => Interlocked.Increment(ref _count);
}
