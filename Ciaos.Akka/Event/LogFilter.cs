using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Actor.Setup;

namespace Akka.Event;

/// <summary>What a filter looks at.</summary>
public enum LogFilterType
{
    Source,

    /// <summary>The whole line, which has to be formatted first.</summary>
    Content,
}

/// <summary>What a filter says about an event.</summary>
public enum LogFilterDecision
{
    Keep,
    Drop,

    /// <summary>The filter was not given what it looks at.</summary>
    NoDecision,
}

/// <summary>Runs in the loggers: it drops noise, it does not save the cost of publishing.</summary>
public abstract class LogFilterBase : INoSerializationVerificationNeeded, IDeadLetterSuppression
{
    public abstract LogFilterType FilterType { get; }

    public abstract LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null);
}

/// <summary>Drops the events of sources that match.</summary>
public sealed class RegexLogSourceFilter : LogFilterBase
{
    private readonly Regex _sourceRegex;

    public RegexLogSourceFilter(Regex sourceRegex)
    {
        _sourceRegex = sourceRegex;
    }

    public override LogFilterType FilterType => LogFilterType.Source;

    public override LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null) =>
        _sourceRegex.IsMatch(content.LogSource) ? LogFilterDecision.Drop : LogFilterDecision.Keep;
}

/// <summary>Drops the events of one source.</summary>
public sealed class ExactMatchLogSourceFilter : LogFilterBase
{
    private readonly string _source;
    private readonly StringComparison _comparison;

    public ExactMatchLogSourceFilter(string source, StringComparison comparison = StringComparison.OrdinalIgnoreCase)
    {
        _source = source;
        _comparison = comparison;
    }

    public override LogFilterType FilterType => LogFilterType.Source;

    public override LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null) =>
        string.Equals(content.LogSource, _source, _comparison) ? LogFilterDecision.Drop : LogFilterDecision.Keep;
}

/// <summary>Drops the events whose text matches.</summary>
public sealed class RegexLogMessageFilter : LogFilterBase
{
    private readonly Regex _messageRegex;

    public RegexLogMessageFilter(Regex messageRegex)
    {
        _messageRegex = messageRegex;
    }

    public override LogFilterType FilterType => LogFilterType.Content;

    public override LogFilterDecision ShouldKeepMessage(LogEvent content, string? expandedMessage = null)
    {
        if (expandedMessage is null) return LogFilterDecision.NoDecision;
        return _messageRegex.IsMatch(expandedMessage) ? LogFilterDecision.Drop : LogFilterDecision.Keep;
    }
}

/// <summary>All the filters of a system. An event is kept unless one of them drops it.</summary>
public class LogFilterEvaluator
{
    public static readonly LogFilterEvaluator NoFilters = new([]);

    private readonly LogFilterBase[] _filters;

    public LogFilterEvaluator(LogFilterBase[] filters)
    {
        _filters = filters;
        EvaluatesLogSourcesOnly = Array.TrueForAll(filters, filter => filter.FilterType == LogFilterType.Source);
    }

    /// <summary>Whether a dropped event never needs to be formatted.</summary>
    public bool EvaluatesLogSourcesOnly { get; }

    /// <param name="evt">The event in question.</param>
    /// <param name="expandedLogMessage">The line to print, when the event is kept.</param>
    /// <returns>Whether the event is kept.</returns>
    public virtual bool ShouldTryKeepMessage(LogEvent evt, out string expandedLogMessage)
    {
        var line = EvaluatesLogSourcesOnly ? null : evt.ToString();
        foreach (var filter in _filters)
        {
            if (filter.ShouldKeepMessage(evt, line) != LogFilterDecision.Drop) continue;
            expandedLogMessage = "";
            return false;
        }

        expandedLogMessage = line ?? evt.ToString();
        return true;
    }
}

/// <summary>Gives filters to an actor system when it is created.</summary>
public sealed class LogFilterSetup : Setup
{
    public LogFilterSetup(LogFilterBase[] filters)
    {
        Filters = filters;
    }

    public LogFilterBase[] Filters { get; }

    public LogFilterEvaluator CreateEvaluator() => new(Filters);
}

/// <summary>Collects filters.</summary>
public sealed class LogFilterBuilder
{
    private readonly List<LogFilterBase> _filters = [];

    public LogFilterBuilder ExcludeSourceExactly(
        string source, StringComparison comparison = StringComparison.OrdinalIgnoreCase) =>
        Add(new ExactMatchLogSourceFilter(source, comparison));

    public LogFilterBuilder ExcludeSourceStartingWith(string sourceStart) =>
        ExcludeSourceRegex(Pattern($"^{Regex.Escape(sourceStart)}"));

    public LogFilterBuilder ExcludeSourceContaining(string sourcePart) =>
        ExcludeSourceRegex(Pattern(Regex.Escape(sourcePart)));

    public LogFilterBuilder ExcludeSourceEndingWith(string sourceEnd) =>
        ExcludeSourceRegex(Pattern($"{Regex.Escape(sourceEnd)}$"));

    public LogFilterBuilder ExcludeSourceRegex(Regex regex) => Add(new RegexLogSourceFilter(regex));

    public LogFilterBuilder ExcludeMessageRegex(Regex regex) => Add(new RegexLogMessageFilter(regex));

    public LogFilterBuilder ExcludeMessageContaining(string messagePart) =>
        ExcludeMessageRegex(Pattern(Regex.Escape(messagePart)));

    public LogFilterBuilder Add(LogFilterBase filter)
    {
        _filters.Add(filter);
        return this;
    }

    public LogFilterBuilder AddRange(IEnumerable<LogFilterBase> filters)
    {
        _filters.AddRange(filters);
        return this;
    }

    public LogFilterSetup Build() => new([.. _filters]);

    private static Regex Pattern(string pattern) =>
        new(pattern, RegexOptions.Compiled | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));
}
