namespace Ciaos.Http.S3.Documents;

/// <summary>That versions of a bucket can be locked, and how new ones are by default.</summary>
internal sealed record ObjectLockConfiguration(DefaultRetention? Default) : IS3Document<ObjectLockConfiguration>
{
    public static string Root => "ObjectLockConfiguration";

    public static ObjectLockConfiguration From(XmlItem root)
    {
        root.Only("ObjectLockEnabled", "Rule").GetOneOf("ObjectLockEnabled", "Enabled");
        var rule = root.Find("Rule")?.Only("DefaultRetention").Get("DefaultRetention");
        return new ObjectLockConfiguration(rule is null ? null : DefaultRetention.From(rule));
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Text("ObjectLockEnabled", "Enabled");
        if (Default is not { } retention) return;
        xml.Open("Rule").Open("DefaultRetention").Text("Mode", retention.Mode);
        xml.Number(retention.IsYears ? "Years" : "Days", retention.Count).Close().Close();
    }
}

/// <param name="Mode">GOVERNANCE or COMPLIANCE.</param>
/// <param name="Count">Days, or years where <paramref name="IsYears"/>.</param>
internal sealed record DefaultRetention(string Mode, int Count, bool IsYears)
{
    private const int MaxYears = 100;
    private const int MaxDays = 36_500;

    public static DefaultRetention From(XmlItem item)
    {
        item.Only("Mode", "Days", "Years");
        var mode = item.GetOneOf("Mode", Retention.Governance, Retention.Compliance);
        var (days, years) = (item.FindNumber("Days"), item.FindNumber("Years"));
        if (days.HasValue == years.HasValue) throw XmlItem.Malformed("Either Days or Years must be given.");
        var (count, max) = (days ?? years ?? 0, days.HasValue ? MaxDays : MaxYears);
        if (count < 1) throw new S3Exception(DocumentErrors.InvalidRetentionPeriod);
        if (count > max)
            throw new S3Exception(DocumentErrors.InvalidRetentionPeriod, $"The retention period is at most {max}.");
        return new DefaultRetention(mode, (int)count, years.HasValue);
    }

    /// <summary>Until when a version is kept that is made at <paramref name="now"/>.</summary>
    public DateTimeOffset Until(DateTimeOffset now) => IsYears ? now.AddYears(Count) : now.AddDays(Count);
}
