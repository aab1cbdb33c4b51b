using System.Collections.Concurrent;

namespace Ciaos.Http.Quotas;

/// <summary>
/// The request rates that quotas allow: a bucket of tokens for each limited user, which holds what one second brings
/// (at least one token). Safe for many threads; it remembers no one without a limit.
/// </summary>
internal sealed class RequestRates(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, Tokens> _users = new(StringComparer.Ordinal);

    // An empty dictionary takes all its locks to say that it is empty, and every request asks.
    private volatile bool _hasHadUsers;

    /// <summary>Whether the user may send one more request now.</summary>
    /// <param name="perSecond">The user's limit; null: none.</param>
    public bool TryTake(string user, double? perSecond)
    {
        if (perSecond is not { } rate)
        {
            if (_hasHadUsers) _users.TryRemove(user, out _);
            return true;
        }

        _hasHadUsers = true;
        var tokens = _users.GetOrAdd(user, _ => new Tokens(time.GetTimestamp(), Math.Max(rate, 1)));
        lock (tokens) return tokens.TryTake(time, rate);
    }

    private sealed class Tokens(long since, double left)
    {
        private long _since = since;
        private double _left = left;

        public bool TryTake(TimeProvider time, double rate)
        {
            var now = time.GetTimestamp();
            var brought = time.GetElapsedTime(_since, now).TotalSeconds * rate;
            (_since, _left) = (now, Math.Min(_left + brought, Math.Max(rate, 1)));
            if (_left < 1) return false;
            _left--;
            return true;
        }
    }
}
