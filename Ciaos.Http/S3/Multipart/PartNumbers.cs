using System.Globalization;
using Ciaos.Http.S3.Listing;

namespace Ciaos.Http.S3.Multipart;

/// <summary>The parameter <c>partNumber</c>.</summary>
internal static class PartNumbers
{
    public const string Allowed = "Part number must be an integer between 1 and 10000, inclusive";

    private const string ParameterName = "partNumber";

    /// <exception cref="S3Exception">It is missing, or none.</exception>
    public static int Of(S3Query query)
    {
        var text = query.Text(ParameterName);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number is >= 1 and <= PartList.MaxParts
                ? number
                : throw ListErrors.InvalidArgument(Allowed, ParameterName, text);
    }
}
