using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Akka.Event;

/// <summary>What loggers get for a mailbox unless the settings say otherwise: an unbounded one.</summary>
internal sealed class LoggerMailboxType(Settings settings, Config config)
    : MailboxType(settings, config), IProducesMessageQueue<LoggerMailboxType.LoggerMessageQueue>
{
    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new LoggerMessageQueue();

    internal sealed class LoggerMessageQueue : UnboundedMessageQueue, ILoggerMessageQueueSemantics
    {
    }
}
