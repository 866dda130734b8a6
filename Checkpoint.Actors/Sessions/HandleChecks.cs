using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Actors.Sessions;

/// <summary>
/// Steps 5 to 7 of ais-ckpt 1.3, in their order: open mode, arguments that need the checkpoint's attributes, kind of
/// checkpoint. Null means that the service may be asked.
/// </summary>
public static class HandleChecks
{
    public static Refusal? Check(Command command, long budget, OpenFlags rights, CreationAttributes attributes, ProfileRules rules)
    {
        if (rules.WriteSizesBeforeAccess && command is Change { Op: ContentOp.Write early } && CheckWrite(early, attributes, rules) is { } tooLarge)
            return tooLarge;
        return CheckAccess(command, rights, rules)
            ?? CheckArguments(command, attributes, rules)
            ?? CheckKind(command, budget, attributes, rules);
    }

    private static Refusal? CheckAccess(Command command, OpenFlags rights, ProfileRules rules)
    {
        var needed = command switch
        {
            Change or SetActiveReplica or Synchronize => OpenFlags.Write,
            Read or Track => OpenFlags.Read,
            GetStatus or IterationInitialize when rules.ModeChecksB2 => OpenFlags.Read,
            SetRetention when rules.ModeChecksB2 => OpenFlags.Write,
            _ => OpenFlags.None,
        };
        return (rights & needed) == needed ? null : new Refusal(AisStatus.Access, $"the handle was not opened for {needed}");
    }

    private static Refusal? CheckArguments(Command command, CreationAttributes attributes, ProfileRules rules) => command switch
    {
        Change { Op: ContentOp.Write write } => CheckWrite(write, attributes, rules),
        Change { Op: ContentOp.Overwrite overwrite } => TooLarge(overwrite.Data.Length, attributes),
        Change { Op: ContentOp.CreateSection create } => CheckCreate(create, attributes, rules),
        Change { Op: ContentOp.DeleteSection delete } => OtherId(delete.Id, attributes, rules),
        Change { Op: ContentOp.SetExpiration set } => OtherId(set.Id, attributes, rules),
        Read read => CheckRead(read, attributes, rules),
        _ => null,
    };

    private static Refusal? CheckKind(Command command, long budget, CreationAttributes attributes, ProfileRules rules)
    {
        var flags = attributes.Flags;
        return command switch
        {
            SetActiveReplica when flags.IsSynchronous() || !flags.IsCollocated() =>
                new Refusal(AisStatus.BadOperation, $"creation flags {(uint)flags}: only a collocated asynchronous checkpoint has an active replica to set"),
            Synchronize when flags.IsSynchronous() =>
                new Refusal(AisStatus.BadOperation, "the checkpoint is synchronous"),
            Synchronize when budget == 0 && rules.ZeroSynchronizeTimesOut => ArgumentChecks.ZeroSynchronize,
            _ => null,
        };
    }

    private static Refusal? CheckCreate(ContentOp.CreateSection create, CreationAttributes attributes, ProfileRules rules)
    {
        var idMax = Math.Min((ulong)rules.SectionIdMaxBytes, attributes.MaxSectionIdSize);
        return (ulong)create.Id.Length > idMax
            ? Refusal.Invalid($"a section id of {create.Id.Length} bytes is above {idMax}")
            : TooLarge(create.Data.Length, attributes);
    }

    private static Refusal? OtherId(SectionId id, CreationAttributes attributes, ProfileRules rules) =>
        rules.RefusesOtherIdBesideDefault && attributes.HasDefaultSection && !id.IsDefault
            ? Refusal.Invalid($"section {id}: max-sections is 1, there is only the default section")
            : null;

    private static Refusal? CheckWrite(ContentOp.Write write, CreationAttributes attributes, ProfileRules rules)
    {
        if (write.Elements.Count == 0)
            return Refusal.Invalid("a vector of 0 elements");
        for (var index = 0; index < write.Elements.Count; index++)
            if (CheckElement(write.Elements[index], attributes, rules) is { } refusal)
                return refusal with { ErroneousIndex = index };
        return null;
    }

    private static Refusal? CheckElement(WriteElement element, CreationAttributes attributes, ProfileRules rules)
    {
        if (TooLarge(element.Data.Length, attributes) is { } tooLarge)
            return tooLarge;
        if (element.Data.IsEmpty)
            return rules.RefusesEmptyElement ? Refusal.Invalid("an element without data") : null;
        return element.Range.IsWithin(attributes.MaxSectionSize)
            ? null
            : new Refusal(rules.WritePastMax, $"{element.Range} is above max-section-size {attributes.MaxSectionSize}");
    }

    private static Refusal? CheckRead(Read read, CreationAttributes attributes, ProfileRules rules)
    {
        if (read.Elements.Count == 0)
            return Refusal.Invalid("a vector of 0 elements");
        for (var index = 0; index < read.Elements.Count; index++)
        {
            var element = read.Elements[index];
            if (element.IsWhole)
                continue;
            if (element.Range.Length > attributes.MaxSectionSize)
                return Refusal.Invalid($"{element.Range.Length} bytes wanted, above max-section-size {attributes.MaxSectionSize}", index);
            if (rules.RefusesReadPastMax && !element.Range.IsWithin(attributes.MaxSectionSize))
                return Refusal.Invalid($"{element.Range} is above max-section-size {attributes.MaxSectionSize}", index);
        }

        return null;
    }

    private static Refusal? TooLarge(int length, CreationAttributes attributes) => (ulong)length > attributes.MaxSectionSize
        ? Refusal.Invalid($"{length} bytes are above max-section-size {attributes.MaxSectionSize}")
        : null;
}
