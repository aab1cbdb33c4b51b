using System.Text;
using Ciaos.Http.S3.Bodies;
using Ciaos.Http.S3.Documents;
using Ciaos.Http.S3.Objects;
using Ciaos.Storage;
using Microsoft.AspNetCore.Http;

namespace Ciaos.Http.S3.Post;

/// <summary>What a form says of the object that its file is to be. Most fields have the names of the headers that say
/// the same in other requests.</summary>
internal static class PostFields
{
    private const string Tagging = "tagging";
    private const string Acl = "acl";
    private const string AmzPrefix = "x-amz-";

    /// <summary>With its ${filename} filled in.</summary>
    /// <exception cref="S3Exception">The field is missing, or no key.</exception>
    public static ObjectKey KeyOf(PostForm form)
    {
        var text = form.Text("key");
        if (ObjectKey.TryCreate(text, out var key, out var error)) return key;
        if (Encoding.UTF8.GetByteCount(text) > ObjectKey.MaxBytes) throw new S3Exception(S3Error.KeyTooLong);
        throw new S3Exception(S3Error.InvalidArgument, error)
        {
            Details = [new("ArgumentName", "key"), new("ArgumentValue", text)],
        };
    }

    /// <summary>The fields as the headers of a PUT would have them.</summary>
    /// <exception cref="S3Exception">The tags are not well-formed.</exception>
    public static ObjectFields ToHeaders(PostForm form)
    {
        var headers = new List<KeyValuePair<string, string>>();
        foreach (var (name, value) in form.Fields)
        {
            if (name.Equals(Acl, StringComparison.OrdinalIgnoreCase)) headers.Add(new("x-amz-acl", value));
            else if (!name.Equals(Tagging, StringComparison.OrdinalIgnoreCase)) headers.Add(new(name, value));
            else if (value.Length > 0) headers.Add(new("x-amz-tagging", TagsOf(value).ToHeader()));
        }

        return ObjectFields.Of(headers);
    }

    /// <summary>Lets the fields stand for headers, so that who judges the request sees what it asks for. Headers of
    /// the same kind that came with the form count for nothing: nobody has signed them. A form is never a copy, so it
    /// must not look like one to policies that allow only copies.</summary>
    public static void Replace(IHeaderDictionary headers, ObjectFields fields)
    {
        foreach (var name in headers.Keys.Where(IsAmz).ToList()) headers.Remove(name);
        foreach (var (name, value) in fields.All)
            if (IsAmz(name) && !name.StartsWith(CopySource.HeaderName, StringComparison.OrdinalIgnoreCase))
                headers[name] = value;
    }

    private static bool IsAmz(string name) => name.StartsWith(AmzPrefix, StringComparison.OrdinalIgnoreCase);

    private static TagSet TagsOf(string document) => TagSet.ParseOfObject(Encoding.UTF8.GetBytes(document));
}
