using System.Text.Json;
using Ciaos.Actors.Index;
using static Ciaos.Actors.Index.IndexEvents;

namespace Ciaos.Host.Journal;

/// <summary>Events of versions and of uploads in parts, for programs.</summary>
internal static class VersionJson
{
    public static void Write(Utf8JsonWriter json, IKeyEvent message)
    {
        switch (message)
        {
            case ObjectVersionPut put:
                json.WriteNumber("object", put.Id.Value);
                json.WriteString("created", put.Created.UtcDateTime);
                json.WriteString("versioning", JournalText.Named(put.Versioning));
                var segments = put.Segments.AsSpan();
                JournalJson.WriteSize(json, SegmentRun.SizeOf(segments), SegmentRun.FilesOf(segments));
                break;
            case ObjectMarkerPut marker:
                json.WriteNumber("object", marker.Id.Value);
                json.WriteString("versioning", JournalText.Named(marker.Versioning));
                break;
            case ObjectVersionLost lost:
                json.WriteNumber("object", lost.Id.Value);
                json.WriteString("versioning", JournalText.Named(lost.Versioning));
                break;
            case ObjectVersionDeleted deleted:
                json.WriteString("version", deleted.Version.ToString());
                json.WriteNumber("contentNumber", deleted.ContentSequence);
                break;
            case ObjectMetadataChanged changed:
                json.WriteNumber("contentNumber", changed.ContentSequence);
                break;
            default:
                WriteUpload(json, message);
                break;
        }
    }

    private static void WriteUpload(Utf8JsonWriter json, IKeyEvent message)
    {
        switch (message)
        {
            case UploadBegun begun:
                json.WriteNumber("object", begun.Id.Value);
                json.WriteString("initiator", begun.Initiator);
                break;
            case UploadPartPut part:
                json.WriteString("upload", part.Upload.ToString());
                json.WriteNumber("part", part.Number);
                json.WriteNumber("object", part.Id.Value);
                var segments = part.Segments.AsSpan();
                JournalJson.WriteSize(json, SegmentRun.SizeOf(segments), SegmentRun.FilesOf(segments));
                break;
            case UploadCompleted completed:
                json.WriteString("upload", completed.Upload.ToString());
                json.WriteString("created", completed.Created.UtcDateTime);
                json.WriteString("versioning", JournalText.Named(completed.Versioning));
                JournalJson.WriteSize(json, completed.Content.SizeBytes, completed.Content.FileCount);
                break;
            case UploadAborted aborted:
                json.WriteString("upload", aborted.Upload.ToString());
                break;
        }
    }
}
