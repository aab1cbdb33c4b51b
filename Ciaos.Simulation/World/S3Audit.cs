using Ciaos.Simulation.Model;

namespace Ciaos.Simulation.World;

/// <summary>Reads of all that S3 can show.</summary>
internal static class S3Audit
{
    private const int Names = 6;

    /// <summary>All of each key, and one version or another by its name.</summary>
    /// <param name="owners">Those that have a bucket.</param>
    public static IReadOnlyList<Operation> Of(
        Script script, History history, Random random, IReadOnlyCollection<string> owners) =>
    [
        .. script.S3Keys().Where(place => owners.Contains(place.Owner)).SelectMany<(string, string), Operation>(
            place =>
            [
                .. history.ReadsOf(place.Item1, place.Item2),
                new S3Get(place.Item1, place.Item2, new NameRef(random.Next(Names) + NameRef.NullVersion)),
            ]),
    ];
}
