using Xunit;

namespace Akka.TestKit.Extensions;

/// <summary>Waits for tasks for a limited time.</summary>
public static class TaskExtensions
{
    /// <returns>Whether it completed in time.</returns>
    public static async Task<bool> AwaitWithTimeout(
        this Task parentTask, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        var first = await Task.WhenAny(parentTask, Task.Delay(timeout, cancellationToken));
        if (!ReferenceEquals(first, parentTask)) return false;
        await parentTask;
        return true;
    }

    /// <exception cref="TimeoutException">It did not complete in time.</exception>
    public static Task<T> WithTimeout<T>(
        this Task<T> parentTask, TimeSpan timeout, CancellationToken cancellationToken = default) =>
        parentTask.WaitAsync(timeout, cancellationToken);

    public static async Task ShouldCompleteWithin<T>(
        this Task<T> task, T expected, TimeSpan timeout, string because = "", params object[] becauseArgs) =>
        Assert.Equal(expected, await task.ShouldCompleteWithin(timeout, because, becauseArgs));

    public static async Task<T> ShouldCompleteWithin<T>(
        this Task<T> task, TimeSpan timeout, string because = "", params object[] becauseArgs)
    {
        await ((Task)task).ShouldCompleteWithin(timeout, because, becauseArgs);
        return await task;
    }

    public static async Task ShouldCompleteWithin(
        this Task task, TimeSpan timeout, string because = "", params object[] becauseArgs)
    {
        var inTime = await task.AwaitWithTimeout(timeout);
        Assert.True(inTime, $"Expected the task to complete within {timeout}. {string.Format(because, becauseArgs)}");
    }

    public static async Task ShouldThrowWithin<T>(
        this Task task, T expected, TimeSpan timeout, string because = "", params object[] becauseArgs)
        where T : Exception
    {
        var actual = await task.ShouldThrowWithin<T>(timeout, because, becauseArgs);
        Assert.Equal(expected.Message, actual.Message);
    }

    public static async Task<T> ShouldThrowWithin<T>(
        this Task task, TimeSpan timeout, string because = "", params object[] becauseArgs)
        where T : Exception
    {
        var first = await Task.WhenAny(task, Task.Delay(timeout));
        var reason = string.Format(because, becauseArgs);
        Assert.True(ReferenceEquals(first, task), $"Expected the task to fail within {timeout}. {reason}");
        return await Assert.ThrowsAnyAsync<T>(() => task);
    }
}
