using System.Collections.Immutable;
using System.Globalization;

namespace Ciaos.Http.S3.Documents;

/// <summary>What becomes of a bucket's objects, versions and unfinished uploads as time goes by.</summary>
internal sealed record LifecycleConfiguration(ImmutableArray<LifecycleRule> Rules) : IS3Document<LifecycleConfiguration>
{
    public const int MaxRules = 1_000;

    public static string Root => "LifecycleConfiguration";

    public static LifecycleConfiguration From(XmlItem root)
    {
        var items = root.Only("Rule").Children;
        if (items.Count is 0 or > MaxRules) throw XmlItem.Malformed($"There are 1 to {MaxRules} rules.");
        ImmutableArray<LifecycleRule> rules = [.. items.Select(LifecycleRule.From)];
        return rules.DistinctBy(rule => rule.Id, StringComparer.Ordinal).Count() == rules.Length
            ? new LifecycleConfiguration(rules)
            : throw LifecycleRule.Refuse("Rule ID must be unique. Found same ID for more than one rule.");
    }

    public void WriteTo(S3Xml xml)
    {
        foreach (var rule in Rules) rule.WriteTo(xml);
    }
}

/// <param name="AbortUploadsAfterDays">Since the upload was begun; null: never.</param>
internal sealed record LifecycleRule(
    string Id,
    bool IsEnabled,
    LifecycleFilter Filter,
    LifecycleExpiration? Expiration,
    NoncurrentExpiration? Noncurrent,
    int? AbortUploadsAfterDays,
    ImmutableArray<LifecycleTransition> Transitions)
{
    private const int MaxIdLength = 255;

    public static LifecycleRule From(XmlItem item, int index)
    {
        item.Only(
            "ID", "Status", "Prefix", "Filter", "Expiration", "NoncurrentVersionExpiration",
            "AbortIncompleteMultipartUpload", "Transition", "NoncurrentVersionTransition");
        var abort = item.Find("AbortIncompleteMultipartUpload")?.Only("DaysAfterInitiation");
        var rule = new LifecycleRule(
            IdOf(item, index),
            item.GetOneOf("Status", "Enabled", "Disabled") == "Enabled",
            LifecycleFilter.FromRule(item),
            item.Find("Expiration") is { } expiration ? LifecycleExpiration.From(expiration) : null,
            item.Find("NoncurrentVersionExpiration") is { } noncurrent ? NoncurrentExpiration.From(noncurrent) : null,
            abort is null ? null : Days(abort, "DaysAfterInitiation", min: 1),
            [.. item.Children.Where(LifecycleTransition.Is).Select(LifecycleTransition.From)]);
        rule.RequireSense();
        return rule;
    }

    public static S3Exception Refuse(string text) => new(S3Error.InvalidArgument, text);

    public static int Days(XmlItem item, string name, int min)
    {
        var days = item.FindNumber(name) ?? throw XmlItem.Malformed($"{item.Name} lacks {name}.");
        if (days < min || days > int.MaxValue)
            throw Refuse($"'{name}' for {item.Name} action must be a {(min > 0 ? "positive" : "nonnegative")} integer");
        return (int)days;
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Open("Rule").Text("ID", Id);
        Filter.WriteTo(xml);
        xml.Text("Status", IsEnabled ? "Enabled" : "Disabled");
        Expiration?.WriteTo(xml);
        Noncurrent?.WriteTo(xml);
        if (AbortUploadsAfterDays is { } days)
            xml.Open("AbortIncompleteMultipartUpload").Number("DaysAfterInitiation", days).Close();
        foreach (var transition in Transitions) transition.WriteTo(xml);
        xml.Close();
    }

    private static string IdOf(XmlItem item, int index)
    {
        var id = item.FindText("ID");
        if (id is { Length: > MaxIdLength })
            throw Refuse($"ID length should not exceed allowed limit of {MaxIdLength}");
        return string.IsNullOrEmpty(id)
            ? GeneratedId.Of(
                [index.ToString(CultureInfo.InvariantCulture), .. item.Children.Select(child => child.Name)])
            : id;
    }

    private void RequireSense()
    {
        if (Expiration is null && Noncurrent is null && AbortUploadsAfterDays is null && Transitions.Length == 0)
            throw new S3Exception(S3Error.InvalidRequest, "At least one action needs to be specified in a rule.");
        var isParticular = Filter.Tags.Length > 0 || Filter.LargerThanBytes is not null
            || Filter.SmallerThanBytes is not null;
        if (!isParticular) return;
        if (AbortUploadsAfterDays is not null)
        {
            throw new S3Exception(
                S3Error.InvalidRequest, "AbortIncompleteMultipartUpload cannot be specified with tags or sizes.");
        }

        if (Expiration is { OfLoneMarkers: true })
        {
            throw new S3Exception(
                S3Error.InvalidRequest, "ExpiredObjectDeleteMarker cannot be specified with tags or sizes.");
        }
    }
}

/// <summary>What becomes of the current version. Exactly one of the three is given.</summary>
/// <param name="Days">Since the object was made.</param>
/// <param name="Date">Midnight UTC: from then on everything expires.</param>
/// <param name="OfLoneMarkers">Delete markers that hide nothing any more are removed.</param>
internal sealed record LifecycleExpiration(int? Days, DateTimeOffset? Date, bool OfLoneMarkers)
{
    public static LifecycleExpiration From(XmlItem item)
    {
        item.Only("Days", "Date", "ExpiredObjectDeleteMarker");
        int? days = item.Find("Days") is null ? null : LifecycleRule.Days(item, "Days", min: 1);
        var date = DateOf(item);
        var ofLoneMarkers = item.FindFlag("ExpiredObjectDeleteMarker");
        var given = (days is null ? 0 : 1) + (date is null ? 0 : 1) + (ofLoneMarkers is true ? 1 : 0);
        return given == 1 || (given == 0 && ofLoneMarkers is false)
            ? new LifecycleExpiration(days, date, ofLoneMarkers ?? false)
            : throw XmlItem.Malformed("Expiration has one of Days, Date and ExpiredObjectDeleteMarker.");
    }

    public static DateTimeOffset? DateOf(XmlItem item)
    {
        var date = item.FindTime("Date");
        return date is { } time && time.TimeOfDay != TimeSpan.Zero
            ? throw LifecycleRule.Refuse("'Date' must be at midnight GMT")
            : date;
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Open("Expiration");
        if (Days is { } days) xml.Number("Days", days);
        if (Date is { } date) xml.Time("Date", date);
        if (Days is null && Date is null) xml.Flag("ExpiredObjectDeleteMarker", OfLoneMarkers);
        xml.Close();
    }
}

/// <param name="Days">Since the version stopped being the current one.</param>
/// <param name="Keep">This many noncurrent versions are kept all the same, the newest ones; null: none.</param>
internal sealed record NoncurrentExpiration(int Days, int? Keep)
{
    private const int MaxKeep = 100;

    public static NoncurrentExpiration From(XmlItem item)
    {
        item.Only("NoncurrentDays", "NewerNoncurrentVersions");
        var keep = item.FindNumber("NewerNoncurrentVersions");
        if (keep is < 1 or > MaxKeep)
            throw LifecycleRule.Refuse($"'NewerNoncurrentVersions' must be between 1 and {MaxKeep}");
        return new NoncurrentExpiration(LifecycleRule.Days(item, "NoncurrentDays", min: 1), (int?)keep);
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Open("NoncurrentVersionExpiration").Number("NoncurrentDays", Days);
        if (Keep is { } keep) xml.Number("NewerNoncurrentVersions", keep);
        xml.Close();
    }
}

/// <summary>To another storage class. Kept and returned: every class is stored alike.</summary>
/// <param name="Days">Since the object was made, or, of noncurrent versions, since there is a newer one.</param>
internal sealed record LifecycleTransition(
    bool OfNoncurrent, int? Days, DateTimeOffset? Date, int? Keep, string StorageClass)
{
    private const string Current = "Transition";
    private const string Noncurrent = "NoncurrentVersionTransition";

    public static bool Is(XmlItem item) => item.Name is Current or Noncurrent;

    public static LifecycleTransition From(XmlItem item)
    {
        var storageClass = item.GetOneOf(
            "StorageClass", "GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE",
            "GLACIER_IR");
        if (item.Name == Noncurrent)
        {
            item.Only("NoncurrentDays", "NewerNoncurrentVersions", "StorageClass");
            var keep = (int?)item.FindNumber("NewerNoncurrentVersions");
            return new LifecycleTransition(
                true, LifecycleRule.Days(item, "NoncurrentDays", min: 0), null, keep, storageClass);
        }

        item.Only("Days", "Date", "StorageClass");
        int? days = item.Find("Days") is null ? null : LifecycleRule.Days(item, "Days", min: 0);
        var date = LifecycleExpiration.DateOf(item);
        return days is null != date is null
            ? new LifecycleTransition(false, days, date, null, storageClass)
            : throw XmlItem.Malformed("Transition has either Days or Date.");
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Open(OfNoncurrent ? Noncurrent : Current);
        if (Days is { } days) xml.Number(OfNoncurrent ? "NoncurrentDays" : "Days", days);
        if (Date is { } date) xml.Time("Date", date);
        if (Keep is { } keep) xml.Number("NewerNoncurrentVersions", keep);
        xml.Text("StorageClass", StorageClass).Close();
    }
}
