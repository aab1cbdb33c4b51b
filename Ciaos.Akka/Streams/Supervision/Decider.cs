namespace Akka.Streams.Supervision;

/// <summary>What a stage does about an element whose processing threw.</summary>
public enum Directive
{
    /// <summary>The stream fails with the exception.</summary>
    Stop,

    /// <summary>The element is dropped and the stream goes on.</summary>
    Resume,

    /// <summary>The element is dropped and the stream goes on after the stage's state is cleared.</summary>
    Restart,
}

public delegate Directive Decider(Exception cause);

public static class Deciders
{
    public static readonly Decider StoppingDecider = _ => Directive.Stop;

    public static readonly Decider ResumingDecider = _ => Directive.Resume;

    public static readonly Decider RestartingDecider = _ => Directive.Restart;
}
