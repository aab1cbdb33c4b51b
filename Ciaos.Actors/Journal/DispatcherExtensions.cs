using Akka.Dispatch;

namespace Ciaos.Actors.Journal;

internal static class DispatcherExtensions
{
    /// <summary>Runs something that blocks on threads that are there for it, and what awaits it as well.</summary>
    public static Task<T> Run<T>(this MessageDispatcher dispatcher, Func<T> body)
    {
        var completion = new TaskCompletionSource<T>();
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
