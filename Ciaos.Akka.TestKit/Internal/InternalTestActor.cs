using Akka.Actor;
using Akka.Event;

namespace Akka.TestKit.Internal;

/// <summary>
/// Keeps what it gets in a queue, where the test looks for it. Runs on the sender's thread, so that a message is in the
/// queue when Tell returns. When it stops, what nobody took becomes dead letters.
/// </summary>
internal sealed class InternalTestActor : ActorBase
{
    private readonly MessageQueue _queue;
    private readonly DelegatingSupervisorStrategy _strategy = new();
    private TestActor.Ignore? _ignore;
    private AutoPilot _pilot = AutoPilot.NoAutoPilot;

    public InternalTestActor(MessageQueue queue)
    {
        _queue = queue;
    }

    protected override SupervisorStrategy SupervisorStrategy() => _strategy;

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case TestActor.SetIgnore setIgnore:
                _ignore = setIgnore.Ignore;
                break;
            case TestActor.Watch watch:
                Context.Watch(watch.Actor);
                break;
            case TestActor.Unwatch unwatch:
                Context.Unwatch(unwatch.Actor);
                break;
            case TestActor.SetAutoPilot setAutoPilot:
                _pilot = setAutoPilot.AutoPilot;
                break;
            case TestActor.Spawn spawn:
                SpawnChild(spawn);
                break;
            default:
                Keep(message);
                break;
        }

        return true;
    }

    protected override void PostStop()
    {
        foreach (var envelope in _queue.TakeAll())
        {
            var sender = envelope.Sender ?? Context.System.DeadLetters;
            Context.System.DeadLetters.Tell(new DeadLetter(envelope.Message, sender, Self), sender);
        }
    }

    private void SpawnChild(TestActor.Spawn spawn)
    {
        var child = spawn.Apply(Context);
        if (spawn._supervisorStrategy.HasValue) _strategy.Update(child, spawn._supervisorStrategy.Value);
        _queue.Enqueue(new RealMessageEnvelope(child, Self));
    }

    private void Keep(object message)
    {
        var next = _pilot.Run(Sender, message);
        if (next is not KeepRunning) _pilot = next;
        if (_ignore is null || !_ignore(message)) _queue.Enqueue(new RealMessageEnvelope(message, Sender));
    }
}
