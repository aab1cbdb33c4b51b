using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ciaos.Bench.Load;

namespace Ciaos.Bench.Node;

/// <summary>Fills a node with many keys, by batches, and tells on the way how far it is.</summary>
internal static class KeyFill
{
    private const int BatchItems = 2000;
    private const int Connections = 4;
    private const long MostKeys = 1L << 30;
    private const int FrameHeadBytes = 20;

    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);

    /// <summary>Stores the keys of the numbers from <paramref name="from"/> to below <paramref name="to"/>.</summary>
    /// <returns>How many a second.</returns>
    public static double Run(
        ServerProcess server, long from, long to, Func<long, string> keyOf, Func<long, byte[]> valueOf)
    {
        var (next, requests) = (from, (to - from + BatchItems - 1) / BatchItems);
        var (began, toldAt) = (Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp());
        var done = LoadGenerator.Run(
            server.Address,
            new LoadPlan(Batch, Connections, TimeSpan.Zero, TimeSpan.FromHours(6), MaxRequests: requests));
        if (done.Failures > 0) throw new InvalidOperationException($"Filling failed: {done.FirstFailure}");
        return (to - from) / done.Elapsed.TotalSeconds;

        LoadRequest Batch()
        {
            Tell();
            var first = next;
            next = Math.Min(to, first + BatchItems);
            return Bodies.Request(server.Address, "POST", "/batch/put", Frames(first, next, keyOf, valueOf));
        }

        void Tell()
        {
            if (Stopwatch.GetElapsedTime(toldAt) < TellEvery) return;
            toldAt = Stopwatch.GetTimestamp();
            var rate = (next - from) / Stopwatch.GetElapsedTime(began).TotalSeconds;
            Console.Error.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{next:N0} of {to:N0} keys, {rate:N0}/s, {TimeSpan.FromSeconds((to - next) / rate):mm\\:ss} to go"));
        }
    }

    /// <summary>How many keys it has without a hole, if it was filled from 0 on.</summary>
    public static long Count(ServerProcess server, Func<long, string> keyOf)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("User", Bodies.User);
        var (has, lacks) = (0L, MostKeys);
        while (lacks - has > 1)
        {
            var middle = (has + lacks) / 2;
            if (Has(middle - 1)) has = middle;
            else lacks = middle;
        }

        // Where filling was broken off, those of the last batches that were stored first may lie behind a hole.
        var whole = Math.Max(0, has - (Connections * BatchItems));
        while (whole < has && Has(whole)) whole++;
        return whole;

        bool Has(long number)
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Get, new Uri($"http://{server.Address}/stat/{keyOf(number)}"));
            using var answer = client.Send(request);
            return answer.IsSuccessStatusCode;
        }
    }

    /// <summary>Frames of docs/formats-wire.md, of one file each.</summary>
    private static byte[] Frames(long from, long to, Func<long, string> keyOf, Func<long, byte[]> valueOf)
    {
        using var frames = new MemoryStream();
        Span<byte> head = stackalloc byte[FrameHeadBytes];
        Span<byte> length = stackalloc byte[sizeof(long)];
        for (var number = from; number < to; number++)
        {
            var (key, value) = (Encoding.UTF8.GetBytes(keyOf(number)), valueOf(number));
            head[0] = 1; // An object.
            head[2] = 3; // Upsert.
            BinaryPrimitives.WriteInt32LittleEndian(head[4..], key.Length);
            BinaryPrimitives.WriteInt32LittleEndian(head[8..], 1);
            BinaryPrimitives.WriteInt64LittleEndian(head[12..], value.Length);
            BinaryPrimitives.WriteInt64LittleEndian(length, value.Length);
            frames.Write(head);
            frames.Write(key);
            frames.Write(length);
            frames.Write(value);
        }

        head.Clear();
        head[0] = 2; // The end.
        frames.Write(head);
        return frames.ToArray();
    }
}
