using System.CommandLine;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Commands;

/// <summary>Creation attributes as options, for a checkpoint that does not exist yet.</summary>
public sealed class CreationOptions
{
    private const long DeclaredSizeMax = 16 * 1024 * 1024;

    private readonly Option<string> _kind = new("--kind")
    {
        Description = $"When the checkpoint is created: {string.Join(", ", KindText.Words)}",
        HelpName = "KIND",
        DefaultValueFactory = _ => KindText.AllReplicas,
    };

    private readonly Option<bool> _collocated = new("--collocated") { Description = "When created: replicas only where it is open" };
    private readonly ValueOption<long> _retention =
        Values.Duration("--retention", "When created: how long it stays after the last close", 3600 * AisTime.NanosecondsPerSecond);

    private readonly ValueOption<int> _maxSections = Values.Count("--max-sections", "When created; 1 makes the default section", 1024);
    private readonly ValueOption<long?> _maxSectionSize =
        Values.OptionalSize("--max-section-size", "When created [default: 1 MiB, or the size of the data if larger]");
    private readonly ValueOption<long> _maxSectionIdSize = Values.Size("--max-section-id-size", "When created", 256);
    private readonly ValueOption<long?> _size =
        Values.OptionalSize("--size", "When created: the checkpoint's declared size [default: what its sections can hold, at most 16 MiB]");

    public CreationOptions() => _kind.AcceptOnlyFromAmong(KindText.Words);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_kind, _collocated, _retention, _maxSections, _maxSectionSize, _maxSectionIdSize, _size])
            command.Options.Add(option);
    }

    /// <param name="dataBytes">Of the section to be put: what is created holds it.</param>
    /// <exception cref="CliFailure">The attributes contradict each other; nothing was sent.</exception>
    public CreationAttributes Of(ParseResult parsed, long dataBytes)
    {
        var maxSections = (uint)_maxSections.Of(parsed);
        var maxSectionSize = (ulong)(_maxSectionSize.Of(parsed) ?? Math.Max(1024 * 1024, dataBytes));
        var capacity = (UInt128)maxSections * maxSectionSize;
        var attributes = new CreationAttributes(
            KindText.ToFlags(parsed.GetRequiredValue(_kind), parsed.GetValue(_collocated)),
            _size.Of(parsed) is { } size ? (ulong)size : (ulong)UInt128.Min(capacity, DeclaredSizeMax),
            _retention.Of(parsed),
            maxSections,
            maxSectionSize,
            (ulong)_maxSectionIdSize.Of(parsed));
        return attributes.Fault() is { } fault
            ? throw new CliFailure(ExitCode.Usage, fault, "'checkpoint put --help' shows the options of a creation")
            : attributes;
    }
}
