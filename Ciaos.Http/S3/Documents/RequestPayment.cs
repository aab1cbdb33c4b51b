namespace Ciaos.Http.S3.Documents;

/// <summary>Who pays for requests. Kept and returned: nothing is charged here.</summary>
internal sealed record RequestPayment(string Payer) : IS3Document<RequestPayment>
{
    public static readonly RequestPayment Default = new("BucketOwner");

    public static string Root => "RequestPaymentConfiguration";

    public static RequestPayment From(XmlItem root) =>
        new(root.Only("Payer").GetOneOf("Payer", "BucketOwner", "Requester"));

    public void WriteTo(S3Xml xml) => xml.Text("Payer", Payer);
}
