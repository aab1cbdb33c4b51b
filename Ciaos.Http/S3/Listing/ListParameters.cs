namespace Ciaos.Http.S3.Listing;

/// <summary>What every listing of a bucket is asked with.</summary>
/// <param name="Limit">Entries of a page: what was asked for, at most <see cref="MaxPage"/>.</param>
internal sealed record ListParameters(string Prefix, string Delimiter, int Limit, ListEncoding Encoding)
{
    /// <summary>No page is longer, whatever is asked for.</summary>
    public const int MaxPage = 1_000;

    /// <param name="limitName">The parameter that limits the page, such as <c>max-keys</c>.</param>
    /// <exception cref="S3Exception">InvalidArgument.</exception>
    public static ListParameters Read(S3Query query, string limitName) => new(
        query.Text("prefix"),
        query.Text("delimiter"),
        Math.Min(query.Int(limitName, MaxPage, 0, int.MaxValue), MaxPage),
        ListEncoding.Of(query));

    /// <summary>Begins with what the listing was asked for.</summary>
    public void WriteTo(S3Xml xml)
    {
        xml.Text("Prefix", Encoding.Apply(Prefix));
        WriteRest(xml);
    }

    /// <summary>As above, for <c>ListObjects</c>.</summary>
    public void WriteToOlder(S3Xml xml)
    {
        xml.Text("Prefix", Encoding.ApplyWhereNeeded(Prefix));
        WriteRest(xml);
    }

    private void WriteRest(S3Xml xml)
    {
        if (Delimiter.Length > 0) xml.Text("Delimiter", Encoding.Apply(Delimiter));
        Encoding.WriteTo(xml);
    }
}
