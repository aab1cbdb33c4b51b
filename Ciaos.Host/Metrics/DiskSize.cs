using System.Diagnostics.Metrics;

namespace Ciaos.Host.Metrics;

/// <summary>How large the disk is that the data lies on. What is free of it, the volumes tell.</summary>
internal static class DiskSize
{
    public static void Observe(Meter meter, string path) => meter.CreateObservableGauge(
        "ciaos.disk.size", () => Of(path), "By", "Size of the file system that the data lies on");

    private static IEnumerable<Measurement<long>> Of(string path)
    {
        try
        {
            return [new Measurement<long>(new DriveInfo(path).TotalSize)];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A disk that fails tells nothing: others tell that it does.
            return [];
        }
    }
}
