namespace Ciaos.Http.S3.Objects;

/// <summary>All operations on objects but those on their ACLs and on uploads in parts.</summary>
internal static class ObjectOperations
{
    public static void AddTo(S3Operations operations, S3Services services)
    {
        new ObjectReads(services).Register(operations);
        new ObjectWrites(services).Register(operations);
        new ObjectDeletes(services).Register(operations);
        new MultiDelete(services).Register(operations);
        new ObjectAttributes(services).Register(operations);
        new ObjectTagging(services).Register(operations);
        new ObjectLocks(services).Register(operations);
        new ObjectRename(services).Register(operations);
        new ArchiveOperations(services).Register(operations);
    }
}
