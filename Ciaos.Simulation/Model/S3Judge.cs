using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>Compares answers of the S3 front end with what the model foresees.</summary>
internal static class S3Judge
{
    public static Verdict Compare(S3Operation operation, Expected expected, Outcome outcome, BucketModel model)
    {
        if (outcome.Status != expected.Status) return Wrong($"status {outcome.Status}, {expected.Status} is right");
        if (Content(operation, expected, outcome) is { } difference) return Wrong(difference);
        if (operation is S3Begin)
            return outcome.Name is { } upload && model.Begin(operation.Key, expected.Named, upload) is { } begun
                ? new Verdict(begun, null)
                : Wrong($"the upload {outcome.Name ?? "without a name"}");
        if (operation is S3DeleteVersion or S3PutPart or S3Abort || expected.Version is not { } version)
            return new Verdict(model, null);
        if (version.IsNull)
        {
            // Who makes a null version is told of none.
            var isUntold = operation.Versioning == BucketVersioning.Off || operation is S3Put or S3Complete;
            var right = isUntold ? null : "null";
            return outcome.Name == right
                ? new Verdict(model, null)
                : Wrong($"the version {outcome.Name ?? "none"}, {right ?? "none"} is right");
        }

        return outcome.Name is { } name && model.Learn(operation.Key, version.Id, name) is { } learned
            ? new Verdict(learned, null)
            : Wrong($"the version {outcome.Name ?? "none"} of{version}, which is {model.TagOf(version.Id)}");
    }

    /// <summary>Compares a list with what it should be if the model was true when it was made.</summary>
    public static Verdict CompareListing(S3Operation listing, Outcome outcome, BucketModel model) => listing switch
    {
        S3ListParts parts => CompareParts(parts, outcome, model),
        _ => CompareVersions(listing.Key, outcome, model),
    };

    private static Verdict CompareVersions(string key, Outcome outcome, BucketModel model)
    {
        if (outcome.Versions is not { } shown) return Wrong($"status {outcome.Status}, and no list of versions");
        var right = model.VersionsOf(key).Versions;
        if (shown.Length != right.Length) return Wrong($"{shown.Length} versions, {right.Length} are right");
        for (var i = 0; i < shown.Length; i++)
        {
            var (listed, version) = (shown[i], right[i]);
            if (listed.IsLatest != (i == 0) || listed.IsMarker != version.IsMarker)
                return Wrong($"at {i} {listed}, right is {version}");
            if (!version.IsMarker && (listed.Tag != version.Tag || listed.SizeBytes != version.Stored.SizeBytes))
                return Wrong($"at {i} {listed}, right is {version} with {version.Tag}");
            if (version.IsNull != (listed.Name == "null"))
                return Wrong($"at {i} {listed}, right is {version}");
            if (version.IsNull) continue;
            if (model.Learn(key, version.Id, listed.Name) is not { } learned)
                return Wrong($"at {i} {listed}, right is {version} called {model.TagOf(version.Id)}");
            model = learned;
        }

        return new Verdict(model, null);
    }

    private static Verdict CompareParts(S3ListParts list, Outcome outcome, BucketModel model)
    {
        var id = model.IdOf(list.Key, list.Upload.Name!);
        var parts = id is null ? null : model.VersionsOf(list.Key).Uploads.GetValueOrDefault(id.Value);
        if (parts is null)
            return outcome.Status == 404 ? new Verdict(model, null) : Wrong($"status {outcome.Status}, 404 is right");
        if (outcome.Parts is not { } shown) return Wrong($"status {outcome.Status}, and no list of parts");
        var right = parts.Contents.Select(
            part => new ListedPart(part.Key, part.Value.LengthBytes, ContentTag.Of(part.Value))).ToList();
        return shown.SequenceEqual(right)
            ? new Verdict(model, null)
            : Wrong($"the parts [{string.Join(", ", shown)}], right are [{string.Join(", ", right)}]");
    }

    private static string? Content(S3Operation operation, Expected expected, Outcome outcome)
    {
        var isMarker = expected.Version?.IsMarker == true;
        var isOfVersion = operation is S3Get { Version: not null } && outcome.Status == 404;
        if (outcome.IsMarker != isMarker && !isOfVersion)
            return $"{(outcome.IsMarker ? "a" : "no")} delete marker";
        var tag = operation switch
        {
            S3Put or S3Complete or S3Get when outcome.Status == 200 => expected.Version!.Tag,
            S3PutPart put when outcome.Status == 200 => ContentTag.Of(put.Content),
            _ => null,
        };
        if (tag is not null && outcome.Digest != tag) return $"the tag {outcome.Digest}, {tag} is right";
        return operation is S3Get && outcome.Status == 200 ? Body(expected.Version!.Stored, outcome.Body) : null;
    }

    private static string? Body(StoredObject right, byte[]? body)
    {
        if (body?.Length != right.SizeBytes) return $"{body?.Length} bytes, {right.SizeBytes} are right";
        var different = right.FirstDifference(0, body);
        return different < 0 ? null : $"another byte at {different} of {body.Length}";
    }

    private static Verdict Wrong(string difference) => new(null, difference);
}
