using Checkpoint.Actors.Checkpoints;
using Checkpoint.Actors.Sessions;
using Checkpoint.Protocol;
using static Checkpoint.Protocol.SessionProtocol;

namespace Checkpoint.Tests.Actors.Sessions;

/// <summary>The order of checks (ais-ckpt 1.3) and the profiles' switches (3.7): what is answered when several things are wrong at once.</summary>
public sealed class SessionCheckTests
{
    private const ulong Wild = 4711;

    private static readonly SectionId Section = new("s");

    private static readonly ProfileRules OpenSaf = SessionDriver.Rules(Profile.OpenSaf, AisVersion.B22);
    private static readonly ProfileRules OpenAis = SessionDriver.Rules(Profile.OpenAis, AisVersion.B11);
    private static readonly ProfileRules StrictB1 = SessionDriver.Rules(Profile.Strict, AisVersion.B11);

    [Fact(DisplayName = "Arguments are looked at before the handle, the handle before the open mode, the mode before sizes and kind")]
    public void Order()
    {
        var driver = new SessionDriver();
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(new SetRetention(Wild, -1)));
        Assert.Equal(AisStatus.BadHandle, driver.Refused(new SetRetention(Wild, 1)));

        var readOnly = driver.Open(flags: OpenFlags.Read).Handle;
        Assert.Equal(AisStatus.Access, driver.Refused(SessionDriver.Write(readOnly, bytes: 2000)));
        Assert.Equal(AisStatus.Access, driver.Refused(new Synchronize(readOnly)));
        Assert.Equal(AisStatus.Access, driver.Refused(new SetActiveReplica(readOnly)));

        var both = driver.Open().Handle;
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(SessionDriver.Write(both, bytes: 2000)));
        Assert.Equal(AisStatus.BadOperation, driver.Refused(new Synchronize(both)));
        Assert.Equal(AisStatus.BadOperation, driver.Refused(new SetActiveReplica(both)));
    }

    [Fact(DisplayName = "OpenSAF's write looks at the sizes before the open mode")]
    public void Order_of_opensaf_write()
    {
        var driver = new SessionDriver(OpenSaf);
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(SessionDriver.Write(driver.Open(flags: OpenFlags.Read).Handle, bytes: 2000)));
    }

    [Fact(DisplayName = "Open: name, timeout, flags, presence of attributes, attributes; each with its code")]
    public void Open_arguments()
    {
        var driver = new SessionDriver();
        var name = new CheckpointName("safCkpt=a");
        var bad = SessionDriver.Synchronous with { MaxSections = 0 };
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(new Open(new CheckpointName("a"), OpenFlags.None, bad)));
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(new Open(name, OpenFlags.None, bad), budget: -1));
        Assert.Equal(AisStatus.BadFlags, driver.Refused(new Open(name, OpenFlags.None, bad)));
        Assert.Equal(AisStatus.BadFlags, driver.Refused(new Open(name, (OpenFlags)8 | OpenFlags.Read, null)));
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(new Open(name, OpenFlags.Create, null)));
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(new Open(name, OpenFlags.Read, SessionDriver.Synchronous)));
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(new Open(name, OpenFlags.Create, bad)));
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(new Open(new CheckpointName("safCkpt=" + new string('x', 249)), OpenFlags.Read, null)));
        foreach (var flags in new uint[] { 0, 3, 5, 6, 7, 8, 11, 13, 16 })
            Assert.Equal(AisStatus.InvalidParam, driver.Refused(new Open(name, OpenFlags.Create, SessionDriver.Synchronous with { Flags = (CreationFlags)flags })));
    }

    [Fact(DisplayName = "A bare name is for B.1 clients; OpenSAF's name ends at its first NUL")]
    public void Names()
    {
        Assert.Equal(AisStatus.InvalidParam, new SessionDriver(OpenSaf).Refused(new Open(new CheckpointName("a"), OpenFlags.Read, null)));
        Assert.Equal("a", NameAsked(StrictB1, "a"));
        Assert.Equal("a", NameAsked(OpenAis, "a"));
        Assert.Equal("safCkpt=a", NameAsked(OpenSaf, "safCkpt=a\0b"));
        Assert.Equal("safCkpt=a\\x00b", NameAsked(SessionDriver.Rules(Profile.Strict, AisVersion.B22), "safCkpt=a\0b"));
    }

    [Fact(DisplayName = "Which clients are B.2, and which versions nobody serves")]
    public void Versions()
    {
        Assert.True(Is(Profile.Strict, 2, 1));
        Assert.False(Is(Profile.OpenSaf, 2, 1));
        Assert.True(Is(Profile.OpenSaf, 2, 2));
        Assert.False(Is(Profile.OpenAis, 1, 1));
        Assert.False(Is(Profile.OpenAis, 2, 3));
        Assert.NotNull(ProfileRules.For(Profile.Strict, new AisVersion((byte)'B', 0, 0)));
        Assert.Null(ProfileRules.For(Profile.OpenSaf, new AisVersion((byte)'B', 0, 1)));
        Assert.Null(ProfileRules.For(Profile.Strict, new AisVersion((byte)'B', 3, 1)));
        Assert.Null(ProfileRules.For(Profile.Strict, new AisVersion((byte)'A', 1, 1)));
    }

    [Fact(DisplayName = "StatusGet, IterationInitialize and RetentionDurationSet look at the open mode for B.2 clients only")]
    public void Mode_checks()
    {
        var b2 = new SessionDriver();
        Assert.Equal(AisStatus.Access, b2.Refused(new GetStatus(b2.Open(flags: OpenFlags.Write).Handle)));
        Assert.Equal(AisStatus.Access, b2.Refused(new IterationInitialize(b2.Open(flags: OpenFlags.Write).Handle, SectionsChosen.Any, 0)));
        Assert.Equal(AisStatus.Access, b2.Refused(new SetRetention(b2.Open(flags: OpenFlags.Read).Handle, 1)));

        var b1 = new SessionDriver(StrictB1);
        b1.Send(new GetStatus(b1.Open(flags: OpenFlags.Write).Handle));
        Assert.Empty(b1.ToClient);
        b1.Send(new SetRetention(b1.Open(flags: OpenFlags.Read).Handle, 1));
        Assert.Empty(b1.ToClient);
    }

    [Fact(DisplayName = "Writing past max-section-size: INVALID_PARAM, for OpenSAF NO_RESOURCES, also where the sum wraps; the index is the element's")]
    public void Write_past_the_end()
    {
        var strict = new SessionDriver();
        var handle = strict.Open().Handle;
        strict.Send(new Change(handle, new ContentOp.Write([new(Section, 0, new byte[4]), new(Section, 1022, new byte[3])])));
        Assert.Equal((AisStatus.InvalidParam, 1), (strict.Answered.Status, strict.Answered.ErroneousIndex));
        Assert.Equal(AisStatus.InvalidParam, strict.Refused(SessionDriver.Write(handle, offset: -2)));

        var openSaf = new SessionDriver(OpenSaf);
        Assert.Equal(AisStatus.NoResources, openSaf.Refused(SessionDriver.Write(openSaf.Open().Handle, offset: 1022)));
    }

    [Fact(DisplayName = "An empty element, a buffer of size 0 and a read past the end are wrong in one profile each")]
    public void Empty_and_past()
    {
        var empty = new ContentOp.Write([new(Section, 5000, default)]);
        var openAis = new SessionDriver(OpenAis);
        Assert.Equal(AisStatus.InvalidParam, openAis.Refused(new Change(openAis.Open().Handle, empty)));
        var strict = new SessionDriver();
        strict.Send(new Change(strict.Open().Handle, empty));
        Assert.Empty(strict.ToClient);

        var openSaf = new SessionDriver(OpenSaf);
        var handle = openSaf.Open().Handle;
        Assert.Equal(AisStatus.InvalidParam, openSaf.Refused(new Read(handle, [new(Section, 0, 0)])));
        Assert.Equal(AisStatus.InvalidParam, openSaf.Refused(new Read(handle, [new(Section, 1000, 100)])));
        strict.Send(new Read(strict.Open().Handle, [new(Section, 1000, 100)]));
        Assert.Empty(strict.ToClient);
        Assert.Equal(AisStatus.InvalidParam, strict.Refused(new Read(strict.Open().Handle, [new(Section, 0, 1025)])));
    }

    [Fact(DisplayName = "Past and negative expiration times: strict passes the past and refuses the negative, the others keep the section for ever")]
    public void Expiration_at_create()
    {
        Assert.Equal(AisStatus.InvalidParam, new SessionDriver().Refused(new Change(Wild, new ContentOp.CreateSection(Section, -1, default))));
        Assert.Equal(5, ExpirationAsked(SessionDriver.Rules(Profile.Strict, AisVersion.B22), 5));
        Assert.Equal(AisTime.End, ExpirationAsked(OpenSaf, 5));
        Assert.Equal(AisTime.End, ExpirationAsked(OpenAis, -1));
        Assert.Equal(AisTime.End - 1, ExpirationAsked(OpenAis, AisTime.End - 1));
    }

    [Fact(DisplayName = "Setting a past expiration time is INVALID_PARAM for OpenSAF only; the default section's never changes")]
    public void Expiration_set()
    {
        var openSaf = new SessionDriver(OpenSaf);
        Assert.Equal(AisStatus.InvalidParam, openSaf.Refused(new Change(openSaf.Open().Handle, new ContentOp.SetExpiration(Section, 5))));
        var strict = new SessionDriver();
        strict.Send(new Change(strict.Open().Handle, new ContentOp.SetExpiration(Section, 5)));
        Assert.Empty(strict.ToClient);
        Assert.Equal(AisStatus.InvalidParam, strict.Refused(new Change(Wild, new ContentOp.SetExpiration(default, 5))));
        Assert.Equal(AisStatus.InvalidParam, strict.Refused(new Change(Wild, new ContentOp.DeleteSection(default))));
        Assert.Equal(AisStatus.BadHandle, new SessionDriver(OpenAis).Refused(new Change(Wild, new ContentOp.DeleteSection(default))));
    }

    [Fact(DisplayName = "A synchronize that may take no time is TIMEOUT; for openais before the handle; for OpenSAF it gets the default limit")]
    public void Synchronize_in_no_time()
    {
        var strict = new SessionDriver();
        Assert.Equal(AisStatus.BadHandle, strict.Refused(new Synchronize(Wild), budget: 0));
        Assert.Equal(AisStatus.Timeout, strict.Refused(new Synchronize(strict.Open(SessionDriver.Collocated).Handle), budget: 0));
        Assert.Equal(AisStatus.Timeout, new SessionDriver(OpenAis).Refused(new Synchronize(Wild), budget: 0));

        var openSaf = new SessionDriver(OpenSaf);
        openSaf.Send(new Synchronize(openSaf.Open(SessionDriver.Collocated).Handle), budget: 0);
        Assert.Empty(openSaf.ToClient);
    }

    [Fact(DisplayName = "Iteration: the filter is checked, a negative time only where it is used, except for OpenSAF")]
    public void Iteration_arguments()
    {
        var strict = new SessionDriver();
        Assert.Equal(AisStatus.InvalidParam, strict.Refused(new IterationInitialize(Wild, 0, 0)));
        Assert.Equal(AisStatus.InvalidParam, strict.Refused(new IterationInitialize(Wild, (SectionsChosen)6, 0)));
        Assert.Equal(AisStatus.InvalidParam, strict.Refused(new IterationInitialize(Wild, SectionsChosen.LessOrEqual, -1)));
        Assert.Equal(AisStatus.BadHandle, strict.Refused(new IterationInitialize(Wild, SectionsChosen.Any, -1)));
        Assert.Equal(AisStatus.InvalidParam, new SessionDriver(OpenSaf).Refused(new IterationInitialize(Wild, SectionsChosen.Any, -1)));
    }

    [Fact(DisplayName = "Ids: above max-section-id-size, above OpenSAF's 49, and another id beside OpenSAF's default section")]
    public void Ids()
    {
        var strict = new SessionDriver();
        Assert.Equal(AisStatus.InvalidParam, strict.Refused(Create(strict.Open().Handle, 33)));
        var openSaf = new SessionDriver(OpenSaf);
        Assert.Equal(AisStatus.InvalidParam, openSaf.Refused(Create(openSaf.Open(SessionDriver.Synchronous with { MaxSectionIdSize = 100 }).Handle, 50)));
        var single = SessionDriver.Synchronous with { MaxSections = 1, CheckpointSize = 10 };
        Assert.Equal(AisStatus.InvalidParam, openSaf.Refused(new Change(openSaf.Open(single).Handle, new ContentOp.DeleteSection(Section))));
    }

    [Fact(DisplayName = "OpenSAF's retention below 10 ms goes to the entity as it was given; its opener says that the timer counts it as 0")]
    public void Small_retention()
    {
        var driver = new SessionDriver(OpenSaf);
        var handle = driver.Open().Handle;
        driver.Send(new SetRetention(handle, 9_999_999));
        Assert.Equal(9_999_999, driver.ToEntity<CheckpointProtocol.SetRetention>().Duration);

        driver.Send(new Open(new CheckpointName("safCkpt=small"), OpenFlags.Read | OpenFlags.Create, SessionDriver.Synchronous with { RetentionDuration = 100 }));
        var open = driver.ToEntity<CheckpointProtocol.Open>();
        Assert.Equal(100, open.Create!.RetentionDuration);
        Assert.Equal(OpenFlags.Read | OpenFlags.Create | CheckpointProtocol.Opener.SmallRetentionIsZero, open.Opener.Flags);
    }

    [Fact(DisplayName = "A client can order neither an expiry nor a corruption")]
    public void Internal_changes()
    {
        var driver = new SessionDriver();
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(new Change(driver.Open().Handle, new ContentOp.Corrupt(Section))));
        Assert.Equal(AisStatus.InvalidParam, driver.Refused(new Change(driver.Open().Handle, new ContentOp.ExpireSections([Section], 1))));
    }

    [Fact(DisplayName = "Retention is compared at open for B.1 clients and for openais")]
    public void Retention_in_compare()
    {
        Assert.False(Compares(SessionDriver.Rules(Profile.Strict, AisVersion.B22)));
        Assert.True(Compares(StrictB1));
        Assert.True(Compares(OpenAis));
        Assert.False(Compares(OpenSaf));
    }

    private static bool Compares(ProfileRules rules)
    {
        var driver = new SessionDriver(rules);
        driver.Send(new Open(new CheckpointName("safCkpt=a"), OpenFlags.Create, SessionDriver.Synchronous));
        return driver.ToEntity<CheckpointProtocol.Open>().CompareRetention;
    }

    private static Change Create(ulong handle, int idLength) =>
        new(handle, new ContentOp.CreateSection(new SectionId(new string('x', idLength)), AisTime.End, default));

    private static bool Is(Profile profile, byte major, byte minor) => ProfileRules.For(profile, new AisVersion((byte)'B', major, minor))!.IsB2;

    private static string NameAsked(ProfileRules rules, string name)
    {
        var driver = new SessionDriver(rules);
        driver.Send(new Open(new CheckpointName(name), OpenFlags.Read, null));
        return driver.ToEntity<CheckpointProtocol.Open>().Name.ToString();
    }

    private static long ExpirationAsked(ProfileRules rules, long time)
    {
        var driver = new SessionDriver(rules);
        driver.Send(new Change(driver.Open().Handle, new ContentOp.CreateSection(Section, time, default)));
        var change = driver.ToAgent<Checkpoint.Actors.Replication.ReplicaAgentProtocol.Change>();
        return Assert.IsType<ContentOp.CreateSection>(change.Op).ExpirationTime;
    }
}
