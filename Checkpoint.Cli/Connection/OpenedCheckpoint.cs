namespace Checkpoint.Cli.Connection;

/// <summary>A checkpoint that a command has open. When the command fails, the end of its connection closes it.</summary>
public sealed class OpenedCheckpoint
{
    /// <summary>Descriptors a call: an answer stays a small message with ids of ordinary length.</summary>
    private const int DescriptorsPerCall = 1000;

    private readonly HostLink _link;
    private readonly SessionProtocol.Opened _opened;

    public OpenedCheckpoint(HostLink link, SessionProtocol.Opened opened) => (_link, _opened) = (link, opened);

    public ulong Handle => _opened.Handle;

    /// <exception cref="CliFailure">NOT_EXIST and others, as the service says.</exception>
    public static async Task<OpenedCheckpoint> OpenAsync(HostLink link, CheckpointName name, OpenFlags flags, CancellationToken cancel) =>
        new(link, await link.CallAsync<SessionProtocol.Opened>(new SessionProtocol.Open(name, flags, null), cancel));

    /// <summary>Every section, in the byte order of their ids.</summary>
    public async Task<IReadOnlyList<SectionDescriptor>> SectionsAsync(CancellationToken cancel)
    {
        var started = await _link.CallAsync<SessionProtocol.IterationOpened>(
            new SessionProtocol.IterationInitialize(Handle, SectionsChosen.Any, 0), cancel);
        var sections = new List<SectionDescriptor>();
        while (true)
        {
            var answer = await _link.AskAsync(new SessionProtocol.IterationNext(started.Iteration, DescriptorsPerCall), cancel);
            if (answer.Status == AisStatus.NoSections)
                break;
            sections.AddRange(HostLink.Expect<SessionProtocol.Sections>(answer).Descriptors);
        }

        await _link.CallAsync(new SessionProtocol.IterationFinalize(started.Iteration), cancel);
        sections.Sort((left, right) => left.Id.Bytes.Span.SequenceCompareTo(right.Id.Bytes.Span));
        return sections;
    }

    /// <summary>Whole sections, all of one sequence; refused with the index of the first that is not there.</summary>
    public Task<SessionProtocol.Answer> ReadAsync(IReadOnlyList<SectionId> ids, CancellationToken cancel) =>
        _link.AskAsync(new SessionProtocol.Read(Handle, [.. ids.Select(id => new ReadElement(id, 0, ReadElement.Whole))]), cancel);

    public Task<SessionProtocol.Answer> ChangeAsync(ContentOp op, CancellationToken cancel) =>
        _link.AskAsync(new SessionProtocol.Change(Handle, op), cancel);

    public Task TrackAsync(CancellationToken cancel) => _link.CallAsync(new SessionProtocol.Track(Handle, true), cancel);

    /// <summary>Retention counts from here, when nobody else has it open.</summary>
    public Task CloseAsync(CancellationToken cancel) => _link.CallAsync(new SessionProtocol.Close(Handle), cancel);
}
