using System.Globalization;

namespace Ciaos.Simulation.Model;

/// <summary>What a workload must know of the node that it is for.</summary>
/// <param name="ChunkBytes">The node's chunk size: contents are often about as long.</param>
/// <param name="Shards">The node's index shards: keys are chosen so that they share some and differ in some.</param>
/// <param name="Owners">1 or more. They all use the same keys.</param>
/// <param name="KeysPerOwner">1 to 12. Few, so that clients meet.</param>
internal sealed record WorkloadSettings(
    int ChunkBytes = 4096,
    int Shards = 4,
    int Clients = 4,
    int Owners = 2,
    int KeysPerOwner = 6,
    int Steps = 150)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"chunk {ChunkBytes} shards {Shards} clients {Clients} owners {Owners} keys {KeysPerOwner} steps {Steps}");

    /// <exception cref="FormatException">These are no settings.</exception>
    public static WorkloadSettings Parse(string text)
    {
        if (text.Split(' ') is not
            ["chunk", var chunk, "shards", var shards, "clients", var clients, "owners", var owners, "keys", var keys,
                "steps", var steps])
            throw new FormatException($"\"{text}\" are no settings");
        return new WorkloadSettings(
            Number(chunk), Number(shards), Number(clients), Number(owners), Number(keys), Number(steps));
    }

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
