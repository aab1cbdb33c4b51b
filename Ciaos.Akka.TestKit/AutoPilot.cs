using Akka.Actor;

namespace Akka.TestKit;

public delegate AutoPilot AutoPilotDelegate(IActorRef sender, object message);

/// <summary>
/// Answers messages in place of the test, as they arrive. What <see cref="Run"/> returns flies on:
/// <see cref="KeepRunning"/> stands for this pilot, <see cref="NoAutoPilot"/> for none.
/// </summary>
public abstract class AutoPilot
{
    public static NoAutoPilot NoAutoPilot => NoAutoPilot.Instance;

    public static KeepRunning KeepRunning => KeepRunning.Instance;

    public abstract AutoPilot Run(IActorRef sender, object message);
}

/// <summary>A pilot made of a function.</summary>
public sealed class DelegateAutoPilot : AutoPilot
{
    private readonly AutoPilotDelegate _autoPilotDelegate;

    public DelegateAutoPilot(AutoPilotDelegate autoPilotDelegate)
    {
        _autoPilotDelegate = autoPilotDelegate;
    }

    public override AutoPilot Run(IActorRef sender, object message) => _autoPilotDelegate(sender, message);
}

/// <summary>No pilot: messages only wait for the test.</summary>
public sealed class NoAutoPilot : AutoPilot
{
    public static NoAutoPilot Instance = new();

    private NoAutoPilot()
    {
    }

    public override AutoPilot Run(IActorRef sender, object message) => this;
}

/// <summary>What a pilot returns to stay. Not a pilot itself.</summary>
public sealed class KeepRunning : AutoPilot
{
    public static KeepRunning Instance = new();

    private KeepRunning()
    {
    }

    public override AutoPilot Run(IActorRef sender, object message) =>
        throw new InvalidOperationException("This is a marker and must not be called.");
}
