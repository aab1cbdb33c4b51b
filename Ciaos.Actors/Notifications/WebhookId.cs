using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ciaos.Storage;

namespace Ciaos.Actors.Notifications;

/// <summary>A webhook among all of the node.</summary>
/// <param name="Target">Its id in the bucket's configuration: any text.</param>
internal readonly record struct WebhookId(BucketId Bucket, string Target)
{
    private const int DigestBytes = 16;

    /// <summary>Names the file that remembers what it was told: other texts give other names.</summary>
    public string FileName
    {
        get
        {
            var digest = SHA256.HashData(Encoding.UTF8.GetBytes(Target)).AsSpan(0, DigestBytes);
            return string.Create(
                CultureInfo.InvariantCulture, $"{Bucket.Value}.{Convert.ToHexStringLower(digest)}");
        }
    }

    /// <summary>For logs: on one line, whatever clients have named it.</summary>
    public override string ToString()
    {
        var target = string.Concat(Target.Select(letter => char.IsControl(letter) ? '?' : letter));
        return string.Create(CultureInfo.InvariantCulture, $"{target} of bucket {Bucket.Value}");
    }
}
