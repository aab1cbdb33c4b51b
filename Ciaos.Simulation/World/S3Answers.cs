using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Ciaos.Simulation.Model;

namespace Ciaos.Simulation.World;

/// <summary>What a client of S3 makes of the answer.</summary>
internal static class S3Answers
{
    public static Outcome Read(S3Operation operation, InProcessRequest answered)
    {
        var outcome = new Outcome(answered.StatusCode)
        {
            Name = answered.Headers["x-amz-version-id"].FirstOrDefault(),
            Digest = answered.Headers.ETag.FirstOrDefault()?.Trim('"'),
            IsMarker = answered.Headers["x-amz-delete-marker"] == "true",
        };
        if (answered.StatusCode != 200) return outcome;
        return operation switch
        {
            S3Get => outcome with { Body = answered.Sent },
            S3Begin => outcome with { Name = Text(Root(answered), "UploadId") },
            S3Complete => outcome with { Digest = Text(Root(answered), "ETag").Trim('"') },
            S3ListVersions => outcome with
            {
                Versions = [.. Root(answered).Elements().Where(IsVersion).Select(Version)],
            },
            S3ListParts => outcome with { Parts = [.. Children(Root(answered), "Part").Select(Part)] },
            _ => outcome,
        };
    }

    private static XElement Root(InProcessRequest answered)
    {
        using var sent = new MemoryStream(answered.Sent);
        return XElement.Load(sent);
    }

    private static bool IsVersion(XElement element) => element.Name.LocalName is "Version" or "DeleteMarker";

    private static ListedVersion Version(XElement element)
    {
        var isMarker = element.Name.LocalName == "DeleteMarker";
        return new ListedVersion(
            Text(element, "VersionId"), Text(element, "IsLatest") == "true", isMarker,
            isMarker ? 0 : Number(element, "Size"), isMarker ? "" : Text(element, "ETag").Trim('"'));
    }

    private static ListedPart Part(XElement element) => new(
        (int)Number(element, "PartNumber"), Number(element, "Size"), Text(element, "ETag").Trim('"'));

    private static IEnumerable<XElement> Children(XElement element, string name) =>
        element.Elements().Where(child => child.Name.LocalName == name);

    private static string Text(XElement element, string name) => Children(element, name).Single().Value;

    private static long Number(XElement element, string name) =>
        long.Parse(Text(element, name), CultureInfo.InvariantCulture);
}
