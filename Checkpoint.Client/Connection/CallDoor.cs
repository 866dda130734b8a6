using Akka.Actor;
using Checkpoint.Protocol;

namespace Checkpoint.Client.Connection;

/// <summary>From the public types' methods to the connection actor and back.</summary>
internal sealed class CallDoor(IActorRef connection, ConnectionSetup setup, TimeSpan callTimeout)
{
    private static readonly SessionProtocol.Answer AfterTheEnd = new(0, AisStatus.BadHandle, "the client was disposed of");

    private readonly CancellationTokenSource _closed = new();

    public IActorRef Connection => connection;

    public TimeProvider Clock => setup.Clock;

    public (AisStatus Refusal, string Why) Trouble => setup.Trouble.Value;

    /// <exception cref="CheckpointException">Every status but Ok.</exception>
    public async ValueTask<SessionProtocol.Answer> CallAsync(SessionProtocol.Command command, CancellationToken cancel) =>
        OkOrThrow(await TryCallAsync(command, cancel).ConfigureAwait(false));

    public ValueTask<SessionProtocol.Answer> TryCallAsync(SessionProtocol.Command command, CancellationToken cancel) =>
        RunAsync(Make(command, callTimeout), cancel);

    /// <param name="timeout">Instead of the client's own; infinite is a century.</param>
    /// <param name="generation">The only session that it may be sent in; 0 for any.</param>
    public Call Make(SessionProtocol.Command command, TimeSpan? timeout = null, int generation = 0)
    {
        var wait = AisTime.FromTimeSpan(timeout ?? callTimeout);
        var now = setup.Now();
        return new Call(command, wait > long.MaxValue - now ? long.MaxValue : now + wait) { Generation = generation };
    }

    /// <exception cref="OperationCanceledException">What was sent may have been done.</exception>
    public async ValueTask<SessionProtocol.Answer> RunAsync(Call call, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        connection.Tell(new ConnectionProtocol.Submit(call));
        await using var registration = cancel.UnsafeRegister(
            static state =>
            {
                var (connection, call) = ((IActorRef, Call))state!;
                connection.Tell(new ConnectionProtocol.Cancel(call));
            },
            (connection, call)).ConfigureAwait(false);
        // A call that reaches the actor's mailbox after its end would have nobody to answer it.
        await using var end = _closed.Token.UnsafeRegister(static late => ((Call)late!).Abandon(AfterTheEnd), call).ConfigureAwait(false);
        var answer = await call.Answered.ConfigureAwait(false);
        if (answer.Status == AisStatus.Interrupt)
            cancel.ThrowIfCancellationRequested();
        return answer;
    }

    /// <summary>The connection has answered everything that it knows of, and will answer nothing more.</summary>
    public void Close() => _closed.Cancel();

    public static SessionProtocol.Answer OkOrThrow(SessionProtocol.Answer answer) =>
        answer.Status == AisStatus.Ok ? answer : throw new CheckpointException(answer.Status, answer.Reason, answer.ErroneousIndex);
}
