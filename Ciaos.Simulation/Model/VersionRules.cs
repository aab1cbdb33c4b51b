using System.Collections.Immutable;

namespace Ciaos.Simulation.Model;

/// <summary>What operations of S3 do to a key: versions, delete markers, and uploads in parts.</summary>
internal static class VersionRules
{
    private const string NullName = "null";

    /// <summary>All that it may do here: two things only where a part that the client names was replaced by one of the
    /// same bytes, which the node may notice or not.</summary>
    public static IEnumerable<Transition> Apply(S3Operation operation, int id, BucketModel model)
    {
        var key = model.VersionsOf(operation.Key);
        yield return operation switch
        {
            S3Put put => Add(new ObjectVersion(id, IsNull(put), [put.Content])),
            S3Delete { Versioning: BucketVersioning.Off } when key.Versions.IsEmpty => Same(new Expected(204)),
            S3Delete { Versioning: BucketVersioning.Off } => To(key.With(key.Versions.RemoveAt(0)), new Expected(204)),
            S3Delete => Add(new ObjectVersion(id, IsNull(operation), []), 204),
            S3DeleteVersion delete => DeleteVersion(delete),
            S3Get { Version: { } version } => Same(Read(Find(version), 405)),
            S3Get => Same(Read(key.Current, 404)),
            S3Begin => Same(new Expected(200) { Named = id }),
            S3PutPart put when UploadOf(put.Upload) is { } upload => To(
                key.With(key.Uploads.SetItem(upload, key.Uploads[upload].Set(put.Number, put.Content))),
                new Expected(200)),
            S3Abort abort when UploadOf(abort.Upload) is { } upload =>
                To(key.With(key.Uploads.Remove(upload)), new Expected(204)),
            S3Complete complete => Complete(complete),
            _ => Same(new Expected(404)),
        };
        if (operation is S3Complete named && UploadOf(named.Upload) is { } open
            && Fit(named, key.Uploads[open]) && !Fit(named, key.Uploads[open], exactly: true))
            yield return Same(new Expected(400));

        bool IsNull(S3Operation made) => made.Versioning != BucketVersioning.Enabled;

        Transition Same(Expected expected) => new(model, expected, false);

        Transition To(VersionedKey next, Expected expected) => new(model.Set(operation.Key, next), expected, true);

        Transition Add(ObjectVersion version, int status = 200) =>
            To(key.Add(version), new Expected(status) { Version = version });

        int? UploadOf(NameRef upload) =>
            model.IdOf(operation.Key, upload.Name!) is { } begun && key.Uploads.ContainsKey(begun) ? begun : null;

        ObjectVersion? Find(NameRef version) => version.Name == NullName
            ? key.Versions.FirstOrDefault(it => it.IsNull)
            : key.Versions.FirstOrDefault(it => !it.IsNull && it.Id == model.IdOf(operation.Key, version.Name!));

        Transition DeleteVersion(S3DeleteVersion delete) => Find(delete.Version) is { } found
            ? To(key.With(key.Versions.Remove(found)), new Expected(204) { Version = found })
            : Same(new Expected(204));

        Transition Complete(S3Complete complete)
        {
            if (UploadOf(complete.Upload) is { } upload)
            {
                if (!Fit(complete, key.Uploads[upload])) return Same(new Expected(400));
                var made = new ObjectVersion(id, IsNull(complete), complete.Parts, upload);
                return To(
                    key.With(key.Uploads.Remove(upload)).Add(made), new Expected(200) { Version = made });
            }

            // Who asks again is answered alike, as long as nothing has taken the object's place.
            var begun = model.IdOf(operation.Key, complete.Upload.Name!);
            return begun is not null && key.Current is { } current && current.Upload == begun
                ? Same(new Expected(200) { Version = current })
                : Same(new Expected(404));
        }
    }

    /// <summary>What a list of the versions says of one of them; null where it has no name yet.</summary>
    public static string? NameOf(ObjectVersion version, BucketModel model) =>
        version.IsNull ? NullName : model.TagOf(version.Id);

    private static Expected Read(ObjectVersion? found, int ofMarker) => found switch
    {
        null => new Expected(404),
        { IsMarker: true } => new Expected(ofMarker) { Version = found },
        _ => new Expected(200) { Version = found },
    };

    private static bool Fit(S3Complete complete, Parts parts, bool exactly = false)
    {
        for (var i = 0; i < complete.Numbers.Length; i++)
        {
            if (!parts.Contents.TryGetValue(complete.Numbers[i], out var content)) return false;
            if (content == complete.Parts[i]) continue;
            if (exactly || ContentTag.Of(content) != ContentTag.Of(complete.Parts[i])) return false;
        }

        return true;
    }
}
