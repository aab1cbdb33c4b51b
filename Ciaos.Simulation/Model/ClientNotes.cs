using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>What clients of S3 have noted: how the node calls versions and uploads, and the parts sent.</summary>
internal sealed class ClientNotes
{
    /// <summary>Nothing is called so.</summary>
    private const string NeverGiven = "00000000000000010000000000000001";

    private readonly Dictionary<(string Owner, string Key), List<string>> _versions = [];
    private readonly Dictionary<(string Owner, string Key), List<string>> _uploads = [];
    private readonly Dictionary<(string Upload, int Number), Content> _parts = [];

    /// <summary>How many uploads of the key were begun, for all that is known.</summary>
    public int UploadsOf(string owner, string key) => _uploads.GetValueOrDefault((owner, key))?.Count ?? 0;

    /// <summary>The operation with the names that it speaks of.</summary>
    public S3Operation Resolve(S3Operation operation)
    {
        switch (operation)
        {
            case S3Get { Version: { Name: null } version } get:
                return get with { Version = Find(_versions, get, version) };
            case S3DeleteVersion { Version.Name: null } delete:
                return delete with { Version = Find(_versions, delete, delete.Version) };
            case S3PutPart { Upload.Name: null } put:
                put = put with { Upload = Find(_uploads, put, put.Upload) };
                _parts[(put.Upload.Name!, put.Number)] = put.Content;
                return put;
            case S3Complete { Upload.Name: null } complete:
                return Resolve(complete with { Upload = Find(_uploads, complete, complete.Upload) });
            case S3Abort { Upload.Name: null } abort:
                return abort with { Upload = Find(_uploads, abort, abort.Upload) };
            case S3ListParts { Upload.Name: null } list:
                return list with { Upload = Find(_uploads, list, list.Upload) };
            default:
                return operation;
        }
    }

    /// <summary>An answer has come that is right.</summary>
    public void Note(S3Operation operation, Outcome outcome)
    {
        if (outcome.Name is null or "null" || operation is S3DeleteVersion || operation.IsListing) return;
        if (operation is S3Get { Version: not null }) return;
        var names = operation is S3Begin ? _uploads : _versions;
        var place = (operation.Owner, operation.Key);
        if (!names.TryGetValue(place, out var known)) names.Add(place, known = []);
        if (!known.Contains(outcome.Name)) known.Add(outcome.Name);
    }

    // A client names the parts that it has sent. Where it has sent none of them it makes one up.
    private S3Complete Resolve(S3Complete complete)
    {
        var upload = complete.Upload.Name!;
        var sent = complete.Numbers.Where(number => _parts.ContainsKey((upload, number))).ToImmutableArray();
        return sent.IsEmpty
            ? complete with { Numbers = [1], Parts = [new Content(0, 1)] }
            : complete with { Numbers = sent, Parts = [.. sent.Select(number => _parts[(upload, number)])] };
    }

    private static NameRef Find(
        Dictionary<(string Owner, string Key), List<string>> names, S3Operation operation, NameRef wanted)
    {
        if (wanted.Back == NameRef.NullVersion) return wanted with { Name = "null" };
        var known = names.GetValueOrDefault((operation.Owner, operation.Key), []);
        return wanted with { Name = wanted.Back < known.Count ? known[^(1 + wanted.Back)] : NeverGiven };
    }
}
