namespace Ciaos.Actors.Index;

/// <summary>Keeps the most recently used values, so many and no more. For one thread.</summary>
internal sealed class LruCache<TKey, TValue>(int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _byUse = new();

    public int Count => _nodes.Count;

    public bool TryGet(TKey key, out TValue value)
    {
        value = default!;
        if (!_nodes.TryGetValue(key, out var node)) return false;
        _byUse.Remove(node);
        _byUse.AddFirst(node);
        value = node.Value.Value;
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        if (_nodes.Remove(key, out var node)) _byUse.Remove(node);
        else if (_nodes.Count == capacity) DropOldest();
        node ??= new LinkedListNode<(TKey Key, TValue Value)>(default);
        node.Value = (key, value);
        _byUse.AddFirst(node);
        _nodes[key] = node;
    }

    private void DropOldest()
    {
        _nodes.Remove(_byUse.Last!.Value.Key);
        _byUse.RemoveLast();
    }
}
