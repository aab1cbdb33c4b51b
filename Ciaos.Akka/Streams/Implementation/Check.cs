namespace Akka.Streams.Implementation;

internal static class Check
{
    public static int Positive(int value, string name) =>
        value > 0 ? value : throw new ArgumentException($"{name} must be > 0", name);

    public static long Positive(long value, string name) =>
        value > 0 ? value : throw new ArgumentException($"{name} must be > 0", name);

    public static TimeSpan Positive(TimeSpan value, string name) =>
        value > TimeSpan.Zero ? value : throw new ArgumentException($"{name} must be > 0", name);
}
