using Akka.Actor;
using Akka.Cluster.Tools.Client;
using Akka.Cluster.Tools.PublishSubscribe;
using Akka.Configuration;
using Akka.Serialization;
using Checkpoint.Client.Connection;
using Checkpoint.Protocol;

namespace Checkpoint.Client;

/// <summary>The actor system of a client: remoting only, no cluster member, and no serializer but those that are bound.</summary>
internal static class ClientSystem
{
    /// <summary>Frames of the hosts are smaller; equal to theirs, since a larger one would be refused on the way.</summary>
    private const int FrameMaxBytes = 256 * 1024;

    /// <exception cref="ArgumentException">The Hocon is none, or no system starts with it: the innermost cause.</exception>
    public static ActorSystem Create(CheckpointClientOptions options)
    {
        var config = Parsed(options.Hocon)
            .WithFallback(Own(options))
            .WithFallback(ClusterClientReceptionist.DefaultConfig())
            .WithFallback(DistributedPubSub.DefaultConfig()); // Without it ClusterClient.Send has no serializer.
        try
        {
            return ActorSystem.Create("checkpoint-client", config);
        }
        catch (Exception e) // Akka throws what the part that failed threw, in several wrappings.
        {
            throw new ArgumentException($"checkpoint client options: no actor system starts with this Hostname and Hocon: {Causes.Of(e)}", e);
        }
    }

    private static Config Parsed(string hocon)
    {
        try
        {
            return ConfigurationFactory.ParseString(hocon);
        }
        catch (Exception e) // The parser throws whatever it stumbles over, also an index out of range.
        {
            throw new ArgumentException($"checkpoint client options: Hocon cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>A system that is not ours has not read our configuration, so the serializer is bound by hand.</summary>
    public static void Adopt(ActorSystem system)
    {
        if (system is not ExtendedActorSystem { Provider: Akka.Remote.IRemoteActorRefProvider } extended)
            throw new ArgumentException($"actor system '{system.Name}' has no remoting: akka.actor.provider must be remote or cluster");
        system.Settings.InjectTopLevelFallback(ClusterClientReceptionist.DefaultConfig());
        system.Settings.InjectTopLevelFallback(DistributedPubSub.DefaultConfig());
        var serializer = new SessionSerializer(extended);
        extended.Serialization.AddSerializer("checkpoint-session", serializer);
        extended.Serialization.AddSerializationMap(typeof(SessionProtocol.IMessage), serializer);
        extended.Serialization.AddSerializationMap(typeof(Parcel), serializer);
        extended.Serialization.AddSerializationMap(typeof(Admitted), serializer);
        extended.Serialization.AddSerializationMap(typeof(EncodedMessage), serializer);
    }

    private static Config Own(CheckpointClientOptions options) => ConfigurationFactory.ParseString($$"""
        akka {
          # A library has no business in its program's console, and to remoting each host that dies is an error with a stack trace. What
          # matters to the application is told by ConnectionChanged; options.Hocon may turn this on.
          loglevel = OFF
          stdout-loglevel = OFF
          log-config-on-start = off
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          # A program that ends without disposing of its client is not held up: the host notices.
          coordinated-shutdown.run-by-clr-shutdown-hook = off
          actor {
            provider = remote
            serialization-settings.allow-unregistered-types = false
            serializers.checkpoint-session = "{{NameOf<SessionSerializer>()}}"
            serialization-bindings {
              "{{NameOf<SessionProtocol.IMessage>()}}" = checkpoint-session
              "{{NameOf<Parcel>()}}" = checkpoint-session
              "{{NameOf<Admitted>()}}" = checkpoint-session
              "{{NameOf<EncodedMessage>()}}" = checkpoint-session
            }
            serialization-identifiers."{{NameOf<SessionSerializer>()}}" = {{SessionSerializer.Id}}
          }
          remote {
            # A host that was restarted at its old address is asked again soon.
            retry-gate-closed-for = 500ms
            log-remote-lifecycle-events = off
            dot-netty.tcp {
              hostname = "{{options.Hostname}}"
              port = 0
              maximum-frame-size = {{FrameMaxBytes}}b
            }
          }
          cluster.client {
            # An attempt to join lasts about two seconds, so a contact that did not answer is asked again within it.
            establishing-get-contacts-interval = 500ms
            heartbeat-interval = 2s
            acceptable-heartbeat-pause = 8s
          }
        }
        """);

    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
