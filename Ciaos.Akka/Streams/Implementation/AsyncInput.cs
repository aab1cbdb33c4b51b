using Akka.Actor;
using Akka.Event;
using Akka.Streams.Stage;

namespace Akka.Streams.Implementation;

/// <summary>Something from outside the island that a stage handles on the island's actor.</summary>
internal abstract class AsyncInput : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    protected AsyncInput(GraphStageLogic logic) => Logic = logic;

    public GraphStageLogic Logic { get; }

    public abstract void Invoke();
}

internal sealed class AsyncInput<T> : AsyncInput
{
    private readonly T _value;
    private readonly Action<T> _handler;

    public AsyncInput(GraphStageLogic logic, T value, Action<T> handler)
        : base(logic)
    {
        _value = value;
        _handler = handler;
    }

    public override void Invoke() => _handler(_value);
}
