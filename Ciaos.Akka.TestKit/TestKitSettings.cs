using Akka.Actor;
using Akka.Configuration;

namespace Akka.TestKit;

/// <summary>The settings under <c>akka.test</c>.</summary>
public class TestKitSettings : IExtension
{
    public TestKitSettings(Config config)
    {
        if (config is null || config.IsEmpty) throw new ConfigurationException("The test kit has no settings.");
        DefaultTimeout = config.GetTimeSpan("akka.test.default-timeout", allowInfinite: false);
        SingleExpectDefault = config.GetTimeSpan("akka.test.single-expect-default", allowInfinite: false);
        ExpectNoMessageDefault = config.GetTimeSpan("akka.test.expect-no-message-default", allowInfinite: false);
        TestEventFilterLeeway = config.GetTimeSpan("akka.test.filter-leeway", allowInfinite: false);
        TestKitStartupTimeout = config.GetTimeSpan("akka.test.testkit-startup-timeout", allowInfinite: false);
        TestTimeFactor = config.GetDouble("akka.test.timefactor");
        LogTestKitCalls = config.GetBoolean("akka.test.testkit.debug");
        if (TestTimeFactor <= 0)
            throw new ConfigurationException("Expected a value larger than 0 for akka.test.timefactor.");
    }

    /// <summary>How long to wait for an answer to Ask, a latch or a barrier.</summary>
    public TimeSpan DefaultTimeout { get; }

    /// <summary>How long a message may take outside of a within block, before it is dilated.</summary>
    public TimeSpan SingleExpectDefault { get; }

    /// <summary>How long silence must last to count as such.</summary>
    internal TimeSpan ExpectNoMessageDefault { get; }

    /// <summary>How long events may take after the block that is to cause them.</summary>
    public TimeSpan TestEventFilterLeeway { get; }

    /// <summary>How long the first actors of a test may take to start.</summary>
    internal TimeSpan TestKitStartupTimeout { get; }

    /// <summary>By how much times are stretched, for a slow machine.</summary>
    public double TestTimeFactor { get; }

    /// <summary>Whether the test kit logs, at debug level, what it waits for.</summary>
    public bool LogTestKitCalls { get; }
}

/// <summary>Finds the test kit's settings of a system.</summary>
public class TestKitExtension : ExtensionIdProvider<TestKitSettings>
{
    public static TestKitSettings For(ActorSystem system) => system.GetExtension<TestKitSettings>();

    public override TestKitSettings CreateExtension(ExtendedActorSystem system) => new(system.Settings.Config);
}
