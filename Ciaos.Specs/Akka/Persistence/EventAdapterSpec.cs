using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;
using Xunit;
using PersistenceId = Akka.Persistence.Persistence;

namespace Ciaos.Specs.Akka.Persistence;

public sealed class EventAdapterSpec : PersistenceSpecBase
{
    public EventAdapterSpec()
        : base(
            $$"""
            akka.persistence.journal.inmem {
              event-adapters {
                shouting = "{{typeof(Shouting).AssemblyQualifiedName}}"
              }
              event-adapter-bindings {
                "System.String" = shouting
              }
            }
            """)
    {
    }

    [Fact]
    public void Events_pass_through_the_adapter_bound_to_their_class()
    {
        var actor = Start<Recorder>("a");
        actor.Tell("*hello,drop,twice");
        foreach (var text in new[] { "ready 0", "command *hello,drop,twice", "stored hello" }) ExpectMsg(text);
        ExpectMsg("stored drop");
        ExpectMsg("stored twice");

        StartAgain<Recorder>(actor, "a");
        foreach (var text in new[] { "recovered HELLO (loud)", "recovered TWICE", "recovered TWICE", "ready 3" })
            ExpectMsg(text);
    }

    [Fact]
    public void Classes_without_an_adapter_are_stored_as_they_are()
    {
        var adapters = PersistenceId.Instance.Apply(Sys).AdaptersFor("akka.persistence.journal.inmem");

        Assert.IsType<Shouting>(adapters.Get<string>());
        Assert.Same(IdentityEventAdapter.Instance, adapters.Get<int>());
    }

    public sealed class Shouting : IEventAdapter
    {
        public string Manifest(object evt) => "loud";

        public object ToJournal(object evt) => ((string)evt).ToUpperInvariant();

        public IEventSequence FromJournal(object evt, string manifest) => (string)evt switch
        {
            "DROP" => EventSequence.Empty,
            "TWICE" => EventSequence.Create(evt, evt),
            var text => EventSequence.Single($"{text} ({manifest})"),
        };
    }
}
