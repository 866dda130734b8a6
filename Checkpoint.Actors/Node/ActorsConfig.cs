using Akka.Configuration;

namespace Checkpoint.Actors.Node;

/// <summary>How the service's actors are wired into Akka (<c>hocon/actors.conf</c>, which says why): serializers, downing, supervision.</summary>
public static class ActorsConfig
{
    public static Config Load() => ConfigurationFactory.FromResource("actors.conf", typeof(ActorsConfig).Assembly);
}
