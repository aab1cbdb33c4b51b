using Akka.Event;
using Xunit;

namespace Ciaos.Specs.Akka.Event;

/// <summary>The bus itself, without actors: subscribers are names, classifiers types.</summary>
public sealed class EventBusSpec
{
    private readonly NameBus _bus = new();

    [Fact]
    public void A_subscriber_gets_the_events_of_its_class_and_of_derived_classes()
    {
        _bus.Subscribe("all", typeof(Fruit));
        _bus.Subscribe("apples", typeof(Apple));
        _bus.Publish(new Apple());
        _bus.Publish(new Fruit());
        Assert.Equal(["all:Apple", "apples:Apple", "all:Fruit"], _bus.Delivered);
    }

    [Fact]
    public void A_subscriber_of_an_interface_gets_all_that_implements_it()
    {
        _bus.Subscribe("sweets", typeof(ISweet));
        _bus.Publish(new Apple());
        _bus.Publish(new Fruit());
        Assert.Equal(["sweets:Apple"], _bus.Delivered);
    }

    [Fact]
    public void An_event_reaches_a_subscriber_once_however_many_of_its_subscriptions_match()
    {
        _bus.Subscribe("s", typeof(Fruit));
        _bus.Subscribe("s", typeof(Apple));
        _bus.Subscribe("s", typeof(ISweet));
        _bus.Publish(new Apple());
        Assert.Equal(["s:Apple"], _bus.Delivered);
    }

    [Fact]
    public void Subscribing_twice_to_the_same_class_changes_nothing()
    {
        Assert.True(_bus.Subscribe("s", typeof(Apple)));
        Assert.False(_bus.Subscribe("s", typeof(Apple)));
    }

    [Fact]
    public void Unsubscribing_what_was_not_subscribed_changes_nothing()
    {
        Assert.False(_bus.Unsubscribe("s", typeof(Apple)));
        Assert.False(_bus.Unsubscribe("s"));
    }

    [Fact]
    public void A_change_of_subscriptions_counts_for_the_very_next_event()
    {
        _bus.Subscribe("a", typeof(Apple));
        _bus.Publish(new Apple());
        _bus.Subscribe("b", typeof(Apple));
        _bus.Publish(new Apple());
        Assert.True(_bus.Unsubscribe("a", typeof(Apple)));
        _bus.Publish(new Apple());
        Assert.Equal(["a:Apple", "a:Apple", "b:Apple", "b:Apple"], _bus.Delivered);
    }

    [Fact]
    public void Who_unsubscribes_from_a_derived_class_goes_on_with_the_rest_of_the_base_class()
    {
        _bus.Subscribe("s", typeof(Fruit));
        Assert.True(_bus.Unsubscribe("s", typeof(Apple)));
        _bus.Publish(new Apple());
        _bus.Publish(new RedApple());
        _bus.Publish(new Fruit());
        _bus.Publish(new Pear());
        Assert.Equal(["s:Fruit", "s:Pear"], _bus.Delivered);
    }

    [Fact]
    public void Unsubscribing_without_a_class_ends_all_subscriptions_of_that_subscriber_only()
    {
        _bus.Subscribe("a", typeof(Fruit));
        _bus.Subscribe("a", typeof(Apple));
        _bus.Subscribe("b", typeof(Fruit));
        Assert.True(_bus.Unsubscribe("a"));
        _bus.Publish(new Apple());
        Assert.Equal(["b:Apple"], _bus.Delivered);
    }

    private interface ISweet;

    private class Fruit;

    private class Apple : Fruit, ISweet;

    private sealed class RedApple : Apple;

    private sealed class Pear : Fruit;

    private sealed class NameBus : EventBus<object, Type, string>
    {
        public List<string> Delivered { get; } = [];

        protected override bool IsSubClassification(Type parent, Type child) => parent.IsAssignableFrom(child);

        protected override void Publish(object @event, string subscriber) =>
            Delivered.Add($"{subscriber}:{@event.GetType().Name}");

        protected override bool Classify(object @event, Type classifier) => classifier.IsInstanceOfType(@event);

        protected override Type GetClassifier(object @event) => @event.GetType();
    }
}
