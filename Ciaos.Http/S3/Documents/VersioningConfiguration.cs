namespace Ciaos.Http.S3.Documents;

/// <summary>Whether a bucket keeps old versions.</summary>
/// <param name="Status">Enabled, Suspended, or null where the bucket was never versioned.</param>
internal sealed record VersioningConfiguration(string? Status) : IS3Document<VersioningConfiguration>
{
    public const string Enabled = "Enabled";
    public const string Suspended = "Suspended";

    public static string Root => "VersioningConfiguration";

    public static VersioningConfiguration From(XmlItem root)
    {
        root.Only("Status", "MfaDelete");
        if (root.FindOneOf("MfaDelete", "Enabled", "Disabled") == "Enabled")
            throw new S3Exception(S3Error.NotImplemented, "Deleting with a second factor is not supported.");
        return new VersioningConfiguration(root.FindOneOf("Status", Enabled, Suspended)
            ?? throw new S3Exception(S3Error.IllegalVersioningConfigurationException, "The Status is missing."));
    }

    public void WriteTo(S3Xml xml) => xml.Text("Status", Status);
}
