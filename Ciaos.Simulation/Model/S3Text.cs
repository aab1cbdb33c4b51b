using System.Collections.Immutable;
using System.Globalization;

namespace Ciaos.Simulation.Model;

/// <summary>Operations of S3 as text, and back: <see cref="OperationText"/> tells more. Versions and uploads are told
/// by how many were seen after them.</summary>
internal static class S3Text
{
    public static string Print(S3Operation operation)
    {
        var (name, rest) = operation switch
        {
            S3Put put => ("s3-put", $" {put.Content}"),
            S3Get get => ("s3-get", get.Version is { } version ? $" {version}" : ""),
            S3Delete => ("s3-delete", ""),
            S3DeleteVersion delete => ("s3-delete-version", $" {delete.Version}"),
            S3ListVersions => ("s3-list-versions", ""),
            S3Begin => ("s3-begin", ""),
            S3PutPart put => ("s3-put-part", $" {put.Upload} {Number(put.Number)} {put.Content}"),
            S3Complete complete =>
                ("s3-complete", $" {complete.Upload} {string.Join(',', complete.Numbers.Select(Number))}"),
            S3Abort abort => ("s3-abort", $" {abort.Upload}"),
            S3ListParts list => ("s3-list-parts", $" {list.Upload}"),
            _ => throw new ArgumentException($"{operation.GetType()} has no text", nameof(operation)),
        };
        return $"{name} {operation.Owner} {OperationText.Quote(operation.Key)}{rest}";
    }

    /// <summary>Null: there is no such operation.</summary>
    public static S3Operation? Parse(string name, string owner, string key, List<string> rest) => name switch
    {
        "s3-put" => new S3Put(owner, key, Content.Parse(rest[0])),
        "s3-get" => new S3Get(owner, key, rest.Count > 0 ? NameRef.Parse(rest[0]) : null),
        "s3-delete" => new S3Delete(owner, key),
        "s3-delete-version" => new S3DeleteVersion(owner, key, NameRef.Parse(rest[0])),
        "s3-list-versions" => new S3ListVersions(owner, key),
        "s3-begin" => new S3Begin(owner, key),
        "s3-put-part" => new S3PutPart(owner, key, NameRef.Parse(rest[0]), Number(rest[1]), Content.Parse(rest[2])),
        "s3-complete" => new S3Complete(
            owner, key, NameRef.Parse(rest[0]), [.. rest[1].Split(',').Select(Number)]),
        "s3-abort" => new S3Abort(owner, key, NameRef.Parse(rest[0])),
        "s3-list-parts" => new S3ListParts(owner, key, NameRef.Parse(rest[0])),
        _ => null,
    };

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static int Number(string text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}
