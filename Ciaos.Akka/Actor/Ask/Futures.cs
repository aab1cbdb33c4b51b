using Akka.Actor.Internal;

namespace Akka.Actor;

/// <summary>Sends a message and gets the reply as a task.</summary>
public static class Futures
{
    public static Task<object> Ask(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<object>(message, timeout, CancellationToken.None);

    public static Task<object> Ask(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<object>(message, null, cancellationToken);

    public static Task<object> Ask(
        this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken) =>
        self.Ask<object>(message, timeout, cancellationToken);

    public static Task<T> Ask<T>(this ICanTell self, object message, TimeSpan? timeout = null) =>
        self.Ask<T>(message, timeout, CancellationToken.None);

    public static Task<T> Ask<T>(this ICanTell self, object message, CancellationToken cancellationToken) =>
        self.Ask<T>(message, null, cancellationToken);

    /// <summary>
    /// Fails with <see cref="AskTimeoutException"/> when no reply comes in time, with
    /// <see cref="TaskCanceledException"/> when it is cancelled, with <see cref="ArgumentException"/> when the reply is
    /// no <typeparamref name="T"/>, and with the cause of a <see cref="Status.Failure"/>.
    /// </summary>
    /// <param name="timeout">Null means the setting akka.actor.ask-timeout.</param>
    public static Task<T> Ask<T>(
        this ICanTell self, object message, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        var ask = PendingAsk<T>.Start(ProviderOf(self), timeout, cancellationToken);
        ask.Ref.DeliverAsk(message, self);
        return ask.Task;
    }

    /// <param name="messageFactory">Gets the reference to which the reply has to be sent.</param>
    public static Task<T> Ask<T>(
        this ICanTell self, Func<IActorRef, object> messageFactory, TimeSpan? timeout,
        CancellationToken cancellationToken)
    {
        var ask = PendingAsk<T>.Start(ProviderOf(self), timeout, cancellationToken);
        ask.Ref.DeliverAsk(messageFactory(ask.Ref), self);
        return ask.Task;
    }

    internal static IActorRefProvider ProviderOf(ICanTell self) => self switch
    {
        LocalActorRef local => local.Provider,
        IInternalActorRef reference => reference.Provider,
        ActorSelection selection => ProviderOf(selection.Anchor),
        _ => ActorCell.Current?.SystemImpl.Provider
            ?? throw new ArgumentException("Unable to resolve the target Provider", nameof(self)),
    };
}
