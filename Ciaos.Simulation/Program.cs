using System.Diagnostics;
using System.Text;
using Ciaos.Simulation.World;
using Ciaos.Storage.Disks.Simulated;

namespace Ciaos.Simulation;

internal static class Program
{
    private static int Main(string[] args)
    {
        for (var round = 0; round < (args.Length > 1 ? 1 : 30); round++)
        {
            var watch = Stopwatch.StartNew();
            var folder = Directory.CreateDirectory("/dev/shm/sim-proto").FullName;
            foreach (var f in Directory.GetFiles(folder)) File.Delete(f);
            var disk = new SimulatedDisk(1);
            var ops = new StringBuilder();
            var settings = new SimulatedNodeSettings(4, 4096, 65536, 2, 8, 16384, name => Path.Combine(folder, name));
            disk.BeforeOperation = o => ops.Append(o.Kind).Append(o.OffsetBytes).Append(',');
            var node = new SimulatedNode(1, TimeSpan.Zero, disk, settings, args.Length > 0 ? Console.WriteLine : null);
            var created = watch.Elapsed.TotalMilliseconds;
            node.Start();
            var started = watch.Elapsed.TotalMilliseconds;
            var statuses = new List<Task<(int, int)>>();
            for (var i = 0; i < 100; i++)
            {
                var n = i;
                statuses.Add(node.Runtime.Run(async () =>
                {
                    var request = new InProcessRequest("PUT", "/raw/key" + (n % 7), 5000, node.NextRequestId());
                    request.Context.Request.Headers["User"] = "me";
                    var handled = node.HandleAsync(request);
                    await request.Body.WriteAsync(new byte[5000]);
                    request.Body.Complete();
                    await handled;
                    return (request.StatusCode, request.Sent.Length);
                }));
            }

            node.Runtime.RunUntilIdle();
            var pending = statuses.Count(s => !s.IsCompleted);
            node.Runtime.AdvanceBy(TimeSpan.FromSeconds(20));
            var done = watch.Elapsed.TotalMilliseconds;
            node.Stop();
            Console.WriteLine($"{created:F1} {started:F1} {done:F1} {watch.Elapsed.TotalMilliseconds:F1} ms, pending {pending} -> {statuses.Count(s => !s.IsCompleted)} foreign {node.Runtime.ForeignPosts} steps {node.Runtime.Steps} ops {ops.Length} hash {string.GetHashCode(ops.ToString(), StringComparison.Ordinal)} "
                + string.Join(' ', statuses.Where(s => s.IsCompleted).GroupBy(s => s.Result).Select(g => g.Key + "x" + g.Count())));
        }

        return 0;
    }
}
