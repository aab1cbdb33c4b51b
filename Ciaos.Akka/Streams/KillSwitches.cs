using Akka.Streams.Implementation.Transforming;
using Akka.Streams.Stage;

namespace Akka.Streams;

/// <summary>Ends streams from outside.</summary>
public interface IKillSwitch
{
    /// <summary>Completes the downstream and cancels the upstream.</summary>
    void Shutdown();

    /// <summary>Fails the downstream and cancels the upstream with this cause.</summary>
    void Abort(Exception cause);
}

public static class KillSwitches
{
    /// <summary>A switch for all streams that its flows are put in.</summary>
    public static SharedKillSwitch Shared(string name) => new(name);

    /// <summary>A switch for each materialization of this flow.</summary>
    public static IGraph<FlowShape<T, T>, UniqueKillSwitch> Single<T>() => new UniqueKillSwitchStage<T>();

    /// <summary>A flow that ends when the token is cancelled: by failure, or gracefully.</summary>
    public static IGraph<FlowShape<T, T>, NotUsed> AsFlow<T>(
        this CancellationToken cancellationToken, bool cancelGracefully = false) =>
        new CancellableStage<T>(cancellationToken, cancelGracefully);
}

/// <summary>Ends one stream. The first call counts.</summary>
public sealed class UniqueKillSwitch : IKillSwitch
{
    private readonly TaskCompletionSource _promise;

    internal UniqueKillSwitch(TaskCompletionSource promise) => _promise = promise;

    public void Shutdown() => _promise.TrySetResult();

    public void Abort(Exception cause) => _promise.TrySetException(cause);

    public override string ToString() => $"SingleKillSwitch({GetHashCode()})";
}

/// <summary>Ends any number of streams, also those that are started after it was used. The first call counts.</summary>
public sealed class SharedKillSwitch : IKillSwitch
{
    private readonly TaskCompletionSource _promise = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly string _name;

    internal SharedKillSwitch(string name) => _name = name;

    public void Shutdown() => _promise.TrySetResult();

    public void Abort(Exception cause) => _promise.TrySetException(cause);

    public IGraph<FlowShape<T, T>, SharedKillSwitch> Flow<T>() => new SharedKillSwitchStage<T>(this, _promise.Task);

    public override string ToString() => $"KillSwitch({_name})";
}
