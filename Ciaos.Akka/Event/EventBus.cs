using System.Collections.Concurrent;

namespace Akka.Event;

/// <summary>
/// Publish and subscribe by classifier. A subscriber to a classifier also gets the events of its sub-classifiers,
/// except those that it unsubscribed from, and every event at most once.
/// </summary>
/// <remarks>
/// Safe to call from any thread. Subscribing takes a lock; publishing does not, unless it is the first event of its
/// classifier since the subscriptions last changed.
/// </remarks>
public abstract class EventBus<TEvent, TClassifier, TSubscriber>
    where TClassifier : notnull
    where TSubscriber : notnull
{
    private readonly Dictionary<TClassifier, List<Subscription<TSubscriber, TClassifier>>> _subscriptions = [];
    private volatile ConcurrentDictionary<TClassifier, TSubscriber[]> _subscribersByClassifier = new();

    protected string SimpleName(object source) => SimpleName(source.GetType());

    protected string SimpleName(Type source) => source.Name;

    /// <returns>False when the subscriber already was subscribed to just this classifier.</returns>
    public virtual bool Subscribe(TSubscriber subscriber, TClassifier classifier)
    {
        lock (_subscriptions)
        {
            if (!_subscriptions.TryGetValue(classifier, out var list)) _subscriptions[classifier] = list = [];
            if (list.Exists(subscription => subscription.Subscriber.Equals(subscriber))) return false;
            list.Add(new Subscription<TSubscriber, TClassifier>(subscriber));
            ForgetLookups();
            return true;
        }
    }

    /// <summary>Ends all the subscriptions of a subscriber.</summary>
    /// <returns>False when there was none.</returns>
    public virtual bool Unsubscribe(TSubscriber subscriber)
    {
        lock (_subscriptions)
        {
            var removed = 0;
            foreach (var list in _subscriptions.Values)
                removed += list.RemoveAll(subscription => subscription.Subscriber.Equals(subscriber));
            ForgetLookups();
            return removed > 0;
        }
    }

    /// <summary>
    /// Ends one subscription. When nobody ever subscribed to just this classifier, the subscriptions of this subscriber
    /// to wider classifiers go on without it.
    /// </summary>
    /// <returns>False when nothing changed.</returns>
    public virtual bool Unsubscribe(TSubscriber subscriber, TClassifier classifier)
    {
        lock (_subscriptions)
        {
            var changed = _subscriptions.TryGetValue(classifier, out var list)
                ? list.RemoveAll(subscription => subscription.Subscriber.Equals(subscriber)) > 0
                : ExcludeFromWider(subscriber, classifier);
            ForgetLookups();
            return changed;
        }
    }

    public virtual void Publish(TEvent @event)
    {
        var classifier = GetClassifier(@event);
        if (!_subscribersByClassifier.TryGetValue(classifier, out var subscribers))
            subscribers = LookUp(@event, classifier);
        foreach (var subscriber in subscribers) Publish(@event, subscriber);
    }

    protected abstract bool IsSubClassification(TClassifier parent, TClassifier child);

    protected abstract void Publish(TEvent @event, TSubscriber subscriber);

    protected abstract bool Classify(TEvent @event, TClassifier classifier);

    protected abstract TClassifier GetClassifier(TEvent @event);

    internal bool HasSubscriptions(TSubscriber subscriber)
    {
        lock (_subscriptions)
        {
            return _subscriptions.Values.Any(list => list.Exists(s => s.Subscriber.Equals(subscriber)));
        }
    }

    private bool ExcludeFromWider(TSubscriber subscriber, TClassifier classifier)
    {
        var changed = false;
        foreach (var (wider, list) in _subscriptions)
        {
            if (!IsSubClassification(wider, classifier)) continue;
            foreach (var subscription in list.Where(s => s.Subscriber.Equals(subscriber)))
            {
                subscription.Unsubscriptions.Add(classifier);
                changed = true;
            }
        }

        return changed;
    }

    private TSubscriber[] LookUp(TEvent @event, TClassifier eventClassifier)
    {
        lock (_subscriptions)
        {
            var found = new HashSet<TSubscriber>();
            foreach (var (classifier, list) in _subscriptions)
            {
                if (!Classify(@event, classifier)) continue;
                foreach (var subscription in list)
                {
                    if (!subscription.Unsubscriptions.Any(excluded => IsSubClassification(excluded, eventClassifier)))
                        found.Add(subscription.Subscriber);
                }
            }

            // Still under the lock, so that a later change of the subscriptions cannot be overwritten by this result.
            return _subscribersByClassifier[eventClassifier] = [.. found];
        }
    }

    private void ForgetLookups() => _subscribersByClassifier = new ConcurrentDictionary<TClassifier, TSubscriber[]>();
}
