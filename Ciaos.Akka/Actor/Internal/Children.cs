namespace Akka.Actor.Internal;

/// <summary>
/// The children of one actor by name, and which of them are to die before the actor goes on. Guarded by a lock, for
/// top-level actors are made by any thread and selections look children up from outside.
/// </summary>
internal sealed class Children
{
    private readonly Dictionary<string, IChildStats> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<IActorRef> _toDie = [];
    private SuspendReason? _reason;
    private bool _isTerminated;

    public bool IsTerminating
    {
        get
        {
            lock (_byName) return _isTerminated || _reason is SuspendReason.Termination;
        }
    }

    public bool IsNormal
    {
        get
        {
            lock (_byName) return !_isTerminated && _reason is null or SuspendReason.UserRequest;
        }
    }

    /// <summary>Set while the actor is between two incarnations.</summary>
    public bool IsWaiting
    {
        get
        {
            lock (_byName) return _reason is SuspendReason.IWaitingForChildren;
        }
    }

    public IInternalActorRef[] Refs
    {
        get
        {
            lock (_byName)
            {
                return _byName.Count == 0 ? [] : [.. _byName.Values.OfType<ChildRestartStats>().Select(s => s.Child)];
            }
        }
    }

    public ChildRestartStats[] Stats
    {
        get
        {
            lock (_byName) return _byName.Count == 0 ? [] : [.. _byName.Values.OfType<ChildRestartStats>()];
        }
    }

    /// <exception cref="InvalidActorNameException">The name is taken.</exception>
    /// <exception cref="InvalidOperationException">The actor stops or has stopped.</exception>
    public void Reserve(string name)
    {
        lock (_byName)
        {
            if (_isTerminated)
            {
                throw new InvalidOperationException($"Cannot reserve actor name '{name}': already terminated");
            }

            if (_reason is SuspendReason.Termination)
            {
                throw new InvalidOperationException($"Cannot reserve actor name '{name}': is terminating");
            }

            if (!_byName.TryAdd(name, ChildNameReserved.Instance))
            {
                throw new InvalidActorNameException($"Actor name \"{name}\" is not unique!");
            }
        }
    }

    public void Unreserve(string name)
    {
        lock (_byName)
        {
            if (_byName.TryGetValue(name, out var stats) && stats is ChildNameReserved) _byName.Remove(name);
        }
    }

    /// <returns>null if neither the child nor its name is known.</returns>
    public ChildRestartStats? Init(IInternalActorRef child)
    {
        lock (_byName)
        {
            if (!_byName.TryGetValue(child.Path.Name, out var stats)) return null;
            if (stats is ChildRestartStats known) return known;
            var fresh = new ChildRestartStats(child);
            _byName[child.Path.Name] = fresh;
            return fresh;
        }
    }

    public bool TryGet(string name, out IChildStats stats)
    {
        lock (_byName) return _byName.TryGetValue(name, out stats!);
    }

    public ChildRestartStats? Find(IActorRef child)
    {
        lock (_byName)
        {
            return _byName.TryGetValue(child.Path.Name, out var stats)
                && stats is ChildRestartStats known && known.Child.Equals(child)
                ? known
                : null;
        }
    }

    public void ShallDie(IActorRef child)
    {
        lock (_byName)
        {
            _toDie.Add(child);
            _reason ??= SuspendReason.UserRequest.Instance;
        }
    }

    /// <returns>true if there are dying children to wait for.</returns>
    public bool SetReason(SuspendReason reason)
    {
        lock (_byName)
        {
            if (_isTerminated || _toDie.Count == 0) return false;
            _reason = reason;
            return true;
        }
    }

    /// <returns>What the actor waited for, if this was the last child that it waited for.</returns>
    public SuspendReason? Remove(IActorRef child)
    {
        lock (_byName)
        {
            _byName.Remove(child.Path.Name);
            if (!_toDie.Remove(child) || _toDie.Count > 0) return null;
            var reason = _reason;
            if (reason is SuspendReason.Termination) _isTerminated = true;
            _reason = null;
            return reason;
        }
    }

    public void SetTerminated()
    {
        lock (_byName) _isTerminated = true;
    }
}
