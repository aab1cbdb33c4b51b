using Akka.Dispatch;

namespace Ciaos.Actors.Journal;

internal static class DispatcherExtensions
{
    /// <summary>Runs something that blocks on threads that are there for it.</summary>
    public static Task<T> Run<T>(this MessageDispatcher dispatcher, Func<T> body)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        dispatcher.Schedule(() =>
        {
            try
            {
                completion.SetResult(body());
            }
            catch (Exception cause)
            {
                completion.SetException(cause);
            }
        });
        return completion.Task;
    }
}
