namespace Ciaos.Http.S3.Documents;

/// <summary>How long a version is kept. A document without both elements takes the retention away.</summary>
/// <param name="Mode">GOVERNANCE or COMPLIANCE; null together with <paramref name="Until"/>.</param>
internal sealed record Retention(string? Mode, DateTimeOffset? Until) : IS3Document<Retention>
{
    public const string Governance = "GOVERNANCE";
    public const string Compliance = "COMPLIANCE";

    public static string Root => "Retention";

    public static Retention From(XmlItem root)
    {
        root.Only("Mode", "RetainUntilDate");
        var mode = root.FindOneOf("Mode", Governance, Compliance);
        var until = root.FindTime("RetainUntilDate");
        return mode is null == until is null
            ? new Retention(mode, until)
            : throw XmlItem.Malformed("Mode and RetainUntilDate belong together.");
    }

    public void WriteTo(S3Xml xml)
    {
        xml.Text("Mode", Mode);
        if (Until is { } until) xml.Time("RetainUntilDate", until);
    }
}

/// <summary>Whether a version is kept until further notice.</summary>
internal sealed record LegalHold(bool IsOn) : IS3Document<LegalHold>
{
    public static string Root => "LegalHold";

    public static LegalHold From(XmlItem root) => new(root.Only("Status").GetOneOf("Status", "ON", "OFF") == "ON");

    public void WriteTo(S3Xml xml) => xml.Text("Status", IsOn ? "ON" : "OFF");
}
