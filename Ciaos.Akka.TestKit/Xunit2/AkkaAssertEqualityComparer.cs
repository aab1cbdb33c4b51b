using System.Collections;

namespace Akka.TestKit.Xunit2.Internals;

/// <summary>
/// Equal as one expects of messages: by <c>Equals</c>, and collections by their elements, whatever kind they are.
/// </summary>
public class AkkaAssertEqualityComparer<T> : IEqualityComparer<T>
{
    private readonly bool _skipTypeCheck;
    private readonly IEqualityComparer? _innerComparer;

    public AkkaAssertEqualityComparer(bool skipTypeCheck = false, IEqualityComparer? innerComparer = null)
    {
        _skipTypeCheck = skipTypeCheck;
        _innerComparer = innerComparer;
    }

    public bool Equals(T? x, T? y) => AreEqual(x, y);

    public int GetHashCode(T obj) => throw new NotSupportedException("Made to compare, not to look up.");

    private bool AreEqual(object? x, object? y)
    {
        if (x is null || y is null) return x is null && y is null;
        if (x.Equals(y)) return true;
        if (x is not string && y is not string && x is IEnumerable xs && y is IEnumerable ys) return SameItems(xs, ys);
        if (!_skipTypeCheck && x.GetType() != y.GetType()) return false;
        if (_innerComparer is not null) return _innerComparer.Equals(x, y);
        return x is IComparable comparable && x.GetType() == y.GetType() && comparable.CompareTo(y) == 0;
    }

    private bool SameItems(IEnumerable xs, IEnumerable ys)
    {
        var x = xs.GetEnumerator();
        var y = ys.GetEnumerator();
        while (true)
        {
            var hasX = x.MoveNext();
            var hasY = y.MoveNext();
            if (hasX != hasY) return false;
            if (!hasX) return true;
            if (!AreEqual(x.Current, y.Current)) return false;
        }
    }
}
