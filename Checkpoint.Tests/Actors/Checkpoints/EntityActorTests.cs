using Akka.Configuration;

namespace Checkpoint.Tests.Actors.Checkpoints;

/// <summary>An entity over a journal in memory that a test can hold back or let fail.</summary>
public abstract class EntityActorTests() : EntityTestKit(ConfigurationFactory.ParseString(
    """
    akka.persistence.journal {
      plugin = "akka.persistence.journal.gated"
      gated.class = "Checkpoint.Tests.Actors.Checkpoints.GatedJournal, Checkpoint.Tests"
    }
    """).WithFallback(Checkpoint.Actors.Configuration.CheckpointReference.Persistence()))
{
    private protected JournalGate Journal => JournalGate.Of(Sys);
}
