using Akka.Actor;
using Akka.Configuration;

namespace Akka.Persistence;

/// <summary>What <c>akka.persistence</c> says, apart from the plug-ins' own sections.</summary>
public sealed class PersistenceSettings : Settings
{
    /// <param name="config">The section <c>akka.persistence</c>.</param>
    public PersistenceSettings(ActorSystem system, Config config)
        : base(system, config)
    {
        View = new ViewSettings(config);
        AtLeastOnceDelivery = new AtLeastOnceDeliverySettings(config);
        Internal = new InternalSettings(config);
    }

    public ViewSettings View { get; }

    public AtLeastOnceDeliverySettings AtLeastOnceDelivery { get; set; }

    public InternalSettings Internal { get; }

    public sealed class ViewSettings
    {
        public ViewSettings(Config config)
        {
            AutoUpdate = config.GetBoolean("view.auto-update", false);
            AutoUpdateInterval = config.GetTimeSpan("view.auto-update-interval", TimeSpan.FromSeconds(5));
            var max = config.GetLong("view.auto-update-replay-max", -1);
            AutoUpdateReplayMax = max < 0 ? long.MaxValue : max;
        }

        public bool AutoUpdate { get; }

        public TimeSpan AutoUpdateInterval { get; }

        public long AutoUpdateReplayMax { get; }
    }

    public sealed class AtLeastOnceDeliverySettings
    {
        public AtLeastOnceDeliverySettings(
            TimeSpan redeliverInterval,
            int redeliveryBurstLimit,
            int warnAfterNumberOfUnconfirmedAttempts,
            int maxUnconfirmedMessages)
        {
            RedeliverInterval = redeliverInterval;
            RedeliveryBurstLimit = redeliveryBurstLimit;
            WarnAfterNumberOfUnconfirmedAttempts = warnAfterNumberOfUnconfirmedAttempts;
            MaxUnconfirmedMessages = maxUnconfirmedMessages;
        }

        public AtLeastOnceDeliverySettings(Config config)
        {
            var section = config.GetConfig("at-least-once-delivery");
            RedeliverInterval = section.GetTimeSpan("redeliver-interval", TimeSpan.FromSeconds(5));
            RedeliveryBurstLimit = section.GetInt("redelivery-burst-limit", 10_000);
            WarnAfterNumberOfUnconfirmedAttempts = section.GetInt("warn-after-number-of-unconfirmed-attempts", 5);
            MaxUnconfirmedMessages = section.GetInt("max-unconfirmed-messages", 100_000);
        }

        /// <summary>Time between two attempts to deliver.</summary>
        public TimeSpan RedeliverInterval { get; }

        /// <summary>At most so many messages are sent again at once.</summary>
        public int RedeliveryBurstLimit { get; }

        /// <summary>After so many attempts the actor is told, by an UnconfirmedWarning.</summary>
        public int WarnAfterNumberOfUnconfirmedAttempts { get; }

        /// <summary>More unconfirmed messages than this are refused.</summary>
        public int MaxUnconfirmedMessages { get; }

        public AtLeastOnceDeliverySettings WithRedeliverInterval(TimeSpan redeliverInterval) => new(
            redeliverInterval, RedeliveryBurstLimit, WarnAfterNumberOfUnconfirmedAttempts, MaxUnconfirmedMessages);

        public AtLeastOnceDeliverySettings WithRedeliveryBurstLimit(int redeliveryBurstLimit) => new(
            RedeliverInterval, redeliveryBurstLimit, WarnAfterNumberOfUnconfirmedAttempts, MaxUnconfirmedMessages);

        public AtLeastOnceDeliverySettings WithUnconfirmedAttemptsToWarn(int unconfirmedAttemptsToWarn) => new(
            RedeliverInterval, RedeliveryBurstLimit, unconfirmedAttemptsToWarn, MaxUnconfirmedMessages);

        public AtLeastOnceDeliverySettings WithMaxUnconfirmedMessages(int maxUnconfirmedMessages) => new(
            RedeliverInterval, RedeliveryBurstLimit, WarnAfterNumberOfUnconfirmedAttempts, maxUnconfirmedMessages);
    }

    public sealed class InternalSettings
    {
        public InternalSettings(Config config)
        {
            PublishPluginCommands = config.GetBoolean("publish-plugin-commands", false);
            PublishConfirmations = config.GetBoolean("publish-confirmations", false);
        }

        /// <summary>Whether plug-ins publish each request that they have fulfilled; for tests.</summary>
        public bool PublishPluginCommands { get; }

        public bool PublishConfirmations { get; }
    }
}
