using Akka.Configuration;

namespace Akka.Actor;

/// <summary>
/// What akka.actor.deployment says about the actors at a path below /user. A <c>*</c> matches one name.
/// </summary>
public class Deployer
{
    protected readonly Config Default;

    private readonly List<(string[] Pattern, Deploy Deploy)> _deployments = [];

    public Deployer(Settings settings)
    {
        var config = settings.Config.GetConfig("akka.actor.deployment") ?? Config.Empty;
        Default = config.GetConfig("default") ?? Config.Empty;
        foreach (var (key, value) in config.AsEnumerable())
        {
            var path = key.Trim('"');
            if (!path.StartsWith('/') || !value.IsObject()) continue;
            SetDeploy(ParseConfig(path, value.ToConfig()));
        }
    }

    public Deploy? Lookup(ActorPath path)
    {
        if (_deployments.Count == 0 || path.Depth < 2 || path.ParentOf(1).Name != "user") return null;
        return Lookup(path.Elements.Skip(1));
    }

    /// <param name="path">The names below /user.</param>
    public Deploy? Lookup(IEnumerable<string> path)
    {
        var names = path.ToArray();
        lock (_deployments)
        {
            // Exact names are stronger than wildcards, whichever was set first.
            return _deployments.Where(one => Matches(one.Pattern, names))
                .OrderBy(one => one.Pattern.Count(name => name is "*" or "**"))
                .Select(one => one.Deploy)
                .FirstOrDefault();
        }
    }

    public void SetDeploy(Deploy deploy)
    {
        var pattern = deploy.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in pattern)
        {
            if (name is not ("*" or "**") && !ActorPath.IsValidPathElement(name))
            {
                throw new IllegalActorNameException($"Illegal actor name [{name}] in deployment [{deploy.Path}].");
            }
        }

        lock (_deployments) _deployments.Add((pattern, deploy));
    }

    public virtual Deploy ParseConfig(string key, Config config)
    {
        var all = config.WithFallback(Default);
        return new Deploy(
            key,
            all,
            Deploy.NoScopeGiven,
            all.GetString("dispatcher", "") ?? "",
            all.GetString("mailbox", "") ?? "",
            all.GetInt("stash-capacity", Deploy.NoStashSize));
    }

    private static bool Matches(string[] pattern, string[] names)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] == "**" && i == pattern.Length - 1) return names.Length > i;
            if (i >= names.Length || (pattern[i] != "*" && pattern[i] != names[i])) return false;
        }

        return pattern.Length == names.Length;
    }
}
