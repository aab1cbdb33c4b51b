using Akka.Streams.Dsl;
using Akka.Streams.Stage;
using Akka.Util;

namespace Akka.Streams.Implementation.Transforming;

/// <summary>Emits a last element in place of a failure.</summary>
internal sealed class Recover<T>(Func<Exception, Option<T>> partialFunc) : LinearStage<T, T>("Recover")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) => new Logic(this, partialFunc);

    private sealed class Logic(Recover<T> stage, Func<Exception, Option<T>> partialFunc) : LinearLogic<T, T>(stage)
    {
        private Option<T> _recovered;

        public override void OnPush() => Push(Out, Grab(In));

        public override void OnPull()
        {
            if (!_recovered.HasValue)
            {
                Pull(In);
                return;
            }

            Push(Out, _recovered.Value);
            CompleteStage();
        }

        public override void OnUpstreamFailure(Exception e)
        {
            var recovered = partialFunc(e);
            if (!recovered.HasValue)
            {
                FailStage(e);
            }
            else if (IsAvailable(Out))
            {
                Push(Out, recovered.Value);
                CompleteStage();
            }
            else
            {
                _recovered = recovered;
            }
        }
    }
}

/// <summary>Goes on with another source in place of a failure, so many times; without limit if negative.</summary>
internal sealed class RecoverWith<T, TMat>(Func<Exception, IGraph<SourceShape<T>, TMat>> partialFunc, int attempts)
    : LinearStage<T, T>("RecoverWith")
{
    protected override GraphStageLogic CreateLogic(Attributes inheritedAttributes) =>
        new Logic(this, partialFunc, attempts);

    private sealed class Logic(
        RecoverWith<T, TMat> stage, Func<Exception, IGraph<SourceShape<T>, TMat>> partialFunc, int attempts)
        : LinearLogic<T, T>(stage)
    {
        private int _attempt;

        public override void OnPush() => Push(Out, Grab(In));

        public override void OnUpstreamFailure(Exception e) => OnFailure(e);

        private void OnFailure(Exception failure)
        {
            var source = attempts < 0 || _attempt < attempts ? partialFunc(failure) : null;
            if (source is null)
            {
                FailStage(failure);
                return;
            }

            _attempt++;
            SwitchTo(source);
        }

        private void SwitchTo(IGraph<SourceShape<T>, TMat> source)
        {
            var sub = CreateSubSinkInlet<T>("RecoverWithSink");
            sub.SetHandler(new LambdaInHandler(() => Push(Out, sub.Grab()), CompleteStage, OnFailure));
            SetHandler(
                Out,
                new LambdaOutHandler(
                    () =>
                    {
                        if (!sub.HasBeenPulled) sub.Pull();
                    },
                    cause =>
                    {
                        sub.Cancel(cause);
                        InternalOnDownstreamFinish(cause);
                    }));

            // The upstream has closed; the stage goes on for the sake of the new source, held open by its outlet.
            SubFusingMaterializer.Materialize(Source.FromGraph(source).To(sub.Sink), Attributes);
            if (IsAvailable(Out)) sub.Pull();
        }
    }
}
