using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>Whether an answer is what the model foresees.</summary>
/// <param name="Learned">The model, with the tag that the answer shows; null where they do not agree.</param>
/// <param name="Difference">In what they differ; null where they agree.</param>
internal readonly record struct Verdict(BucketModel? Learned, string? Difference);

/// <summary>Compares answers with what the model foresees.</summary>
internal static class Judge
{
    private const string DefaultContentType = "application/octet-stream";

    public static Verdict Compare(Operation operation, Expected expected, Outcome outcome, BucketModel model)
    {
        if (operation is S3Operation s3) return S3Judge.Compare(s3, expected, outcome, model);
        if (Difference(operation, expected, outcome) is { } difference) return new Verdict(null, difference);
        if (outcome.Tag is not { } tag) return new Verdict(model, null);
        if (expected.Object is not { } shown) return new Verdict(null, $"the tag {tag} of something that is not there");
        var key = operation is Rename rename && outcome.Status < 300 ? rename.NewKey : operation.Keys[0];
        if (model.Learn(key, shown.Version, tag) is { } learned) return new Verdict(learned, null);
        var right = model.TagOf(shown.Version) ?? "one that no other version has";
        return new Verdict(null, $"the tag {tag} of {shown}, {right} is right");
    }

    /// <summary>Compares a list with what it should be if the model was true when it was made.</summary>
    public static Verdict CompareListing(Operation listing, Outcome outcome, BucketModel model) =>
        listing is S3Operation s3
            ? S3Judge.CompareListing(s3, outcome, model)
            : Compare((List)listing, outcome, model);

    private static Verdict Compare(List list, Outcome outcome, BucketModel model)
    {
        if (outcome.Status != 200) return new Verdict(null, $"status {outcome.Status}, 200 is right");
        if (outcome.Page is not { } page) return new Verdict(null, "no list");
        var (objects, hasMore) = model.Page(list);
        var right = objects.ConvertAll(item => item.Key);
        var shown = page.Objects.Select(item => item.Key).ToList();
        if (!right.SequenceEqual(shown, StringComparer.Ordinal))
            return new Verdict(null, $"the keys {Quote(shown)}, right are {Quote(right)}");
        var next = hasMore ? right[^1] : null;
        if (page.Next != next) return new Verdict(null, $"next {page.Next ?? "null"}, {next ?? "null"} is right");
        return Compare(page.Objects, objects, model);
    }

    private static Verdict Compare(
        ImmutableArray<ListedObject> shown, List<KeyValuePair<string, StoredObject>> right, BucketModel model)
    {
        foreach (var (listed, (key, stored)) in shown.Zip(right))
        {
            if (listed.SizeBytes != stored.SizeBytes || listed.FileCount != stored.Files.Length)
                return new Verdict(null, $"{listed}, right is {OperationText.Quote(key)}={stored}");
            if (model.Learn(key, stored.Version, listed.Tag) is not { } learned)
                return new Verdict(null, $"{listed}, the tag of {stored} is {model.TagOf(stored.Version)}");
            model = learned;
        }

        return new Verdict(model, null);
    }

    private static string? Difference(Operation operation, Expected expected, Outcome outcome)
    {
        if (ReferenceEquals(expected, Expected.Refusal))
            return outcome.Status >= 400 ? null : "success of a request whose body did not arrive";
        if (outcome.Status != expected.Status) return $"status {outcome.Status}, {expected.Status} is right";
        if (expected is not { Status: < 300, Object: { } right }) return null;
        return operation switch
        {
            RawPut => outcome.Tag is null ? "no tag" : null,
            RawGet get => Headers(right, outcome) ?? Body(get, right, outcome),
            RawHead => Headers(right, outcome) ?? Size(right, outcome),
            Stat => Headers(right, outcome) ?? Size(right, outcome) ?? FileCount(right, outcome),
            FilesGet => Files(right, outcome),
            _ => null,
        };
    }

    private static string? Headers(StoredObject right, Outcome outcome)
    {
        if (outcome.Tag is null) return "no tag";
        var (type, expected) = (outcome.ContentType ?? DefaultContentType, right.ContentType ?? DefaultContentType);
        return type == expected ? null : $"the type {type}, {expected} is right";
    }

    private static string? Size(StoredObject right, Outcome outcome) =>
        outcome.SizeBytes == right.SizeBytes ? null : $"the size {outcome.SizeBytes}, {right.SizeBytes} is right";

    private static string? FileCount(StoredObject right, Outcome outcome) =>
        outcome.FileCount == right.Files.Length ? null : $"{outcome.FileCount} files, {right.Files.Length} are right";

    private static string? Body(RawGet get, StoredObject right, Outcome outcome)
    {
        if (outcome.Body is not { } body) return "no body";
        var (offset, length) = get.Range?.Of(right.SizeBytes) ?? (0, right.SizeBytes);
        var range = get.Range is null ? null : $"bytes {offset}-{offset + length - 1}/{right.SizeBytes}";
        if (outcome.ContentRange != range)
            return $"the range {outcome.ContentRange ?? "none"}, {range ?? "none"} is right";
        if (body.Length != length) return $"{body.Length} bytes, {length} are right";
        return Describe(body, right.FirstDifference(offset, body));
    }

    private static string? Files(StoredObject right, Outcome outcome)
    {
        if (outcome.Files is not { } files) return "no files";
        var (lengths, expected) = (files.Select(file => file.Length), right.Files.Select(file => file.LengthBytes));
        if (!lengths.SequenceEqual(expected))
            return $"files of [{string.Join(", ", lengths)}] bytes, right are [{string.Join(", ", expected)}]";
        for (var i = 0; i < files.Length; i++)
            if (Describe(files[i], right.Files[i].FirstDifference(0, files[i])) is { } difference)
                return $"file {i}: {difference}";
        return null;
    }

    private static string? Describe(byte[] body, long firstDifference)
    {
        if (firstDifference < 0) return null;
        var zeros = !body.AsSpan((int)firstDifference).ContainsAnyExcept((byte)0);
        return $"another byte at {firstDifference} of {body.Length}{(zeros ? ": only zeros from there on" : "")}";
    }

    private static string Quote(List<string> keys) => $"[{string.Join(", ", keys.Select(OperationText.Quote))}]";
}
