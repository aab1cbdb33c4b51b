namespace Ciaos.Http.S3.Documents;

/// <summary>Transfer acceleration. Kept and returned: there is but one way to this node.</summary>
/// <param name="Status">Enabled, Suspended, or null where it was never set.</param>
internal sealed record AccelerateConfiguration(string? Status) : IS3Document<AccelerateConfiguration>
{
    public static string Root => "AccelerateConfiguration";

    public static AccelerateConfiguration From(XmlItem root) =>
        new(root.Only("Status").FindOneOf("Status", "Enabled", "Suspended"));

    public void WriteTo(S3Xml xml) => xml.Text("Status", Status);
}
