using System.Net;
using Ciaos.Actors.Identity.Policies;

namespace Ciaos.Actors.Notifications;

/// <summary>
/// Where webhooks may be. A list of names allows the hosts that are called so, a list of ranges the addresses that a
/// call would go to, whatever the host is called; an empty one allows all. Link-local addresses, where clouds keep the
/// credentials of their machines, need a range that has them: a name is not enough, since who owns a name chooses the
/// addresses behind it.
/// </summary>
public sealed class WebhookHosts
{
    /// <summary>What an empty list allows.</summary>
    public static readonly WebhookHosts Any = new([], []);

    private const string Below = "*.";

    // As Uri.IdnHost writes them; after "*." what all hosts below it end with.
    private readonly List<string> _names;
    private readonly List<AddressValue> _ranges;

    private WebhookHosts(List<string> names, List<AddressValue> ranges) => (_names, _ranges) = (names, ranges);

    private bool AllowsAll => _names.Count == 0 && _ranges.Count == 0;

    /// <exception cref="SettingsException">An entry is neither a name nor an address or a range of them.</exception>
    internal static WebhookHosts From(SettingsSection section, string key)
    {
        var (names, ranges) = (new List<string>(), new List<AddressValue>());
        foreach (var entry in section.OptionalText(key).Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (AddressValue.TryParse(entry, out var range))
            {
                ranges.Add(range);
                continue;
            }

            var below = entry.StartsWith(Below, StringComparison.Ordinal) ? Below : "";
            var name = entry[below.Length..];
            if (Uri.CheckHostName(name) != UriHostNameType.Dns
                || !Uri.TryCreate($"http://{name}/", UriKind.Absolute, out var url))
                throw section.Refuse(
                    key, entry, "host names, *.example.com for all below one, and ranges such as 10.0.0.0/8, "
                    + "separated by commas");
            names.Add(below + NameOf(url));
        }

        return new WebhookHosts(names, ranges);
    }

    /// <summary>Whether a call of the address may turn out to be allowed. A name says nothing about the addresses
    /// behind it, which may be others when it is called: so where there are ranges, any name may.</summary>
    public bool MayAllow(Uri url)
    {
        if (url.HostNameType is not (UriHostNameType.IPv4 or UriHostNameType.IPv6))
            return AllowsAll || _ranges.Count > 0 || HasName(NameOf(url));
        return IPAddress.TryParse(url.IdnHost, out var address) && Allows(url.IdnHost, address);
    }

    /// <summary>Whether a host may be called at an address.</summary>
    internal bool Allows(string host, IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return _ranges.Any(range => range.Network.Contains(plain))
            || (!IsLinkLocal(plain) && (AllowsAll || HasName(host.TrimEnd('.'))));
    }

    private static bool IsLinkLocal(IPAddress address) =>
        address.IsIPv6LinkLocal || address.GetAddressBytes() is [169, 254, _, _];

    private static string NameOf(Uri url) => url.IdnHost.TrimEnd('.');

    private bool HasName(string host) => _names.Any(name => name.StartsWith(Below, StringComparison.Ordinal)
        ? host.Length > name.Length - 1 && host.EndsWith(name[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(name, StringComparison.OrdinalIgnoreCase));
}

/// <summary>A host resolves to no address that webhooks may be at.</summary>
internal sealed class WebhookRefusedException(string host)
    : Exception($"no address of the host {host} is allowed by ciaos.notifications.allowed-hosts");
