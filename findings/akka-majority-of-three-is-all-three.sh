#!/usr/bin/env bash
# The guess: Akka.NET's sharding keeps its coordinator's state in DistributedData with WriteMajority and ReadMajority, so that of three nodes two
# are enough and the crash of one node holds up nothing. Setting coordinator-state.write-majority-plus = 0 takes away the extra nodes, which is
# said to be all that is asked beyond a majority.
# What happens: a majority there has at least akka.cluster.sharding.distributed-data.majority-min-cap nodes, 5 by default, cut down to all that
# exist. In a cluster of three it is all three, with write-majority-plus = 0 as well: an update waits for the node that has just crashed until
# that node is removed, and times out (updating-state-timeout). With majority-min-cap = 0 two of three are enough.
# Shown with the replicator itself: the same write, to the same cluster with one crashed member, with a least size of 0 and of 5.
# Seen with Akka.NET 1.5.74 / Akka.Cluster.Sharding 1.5.73. Source: this run, and the reference configuration in the package, which it prints.
# Fails when the defaults, or what the two writes answer, are others.
set -euo pipefail
command -v dotnet >/dev/null || { echo "the .NET 10 SDK is missing" >&2; exit 2; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1
cat >majority.csproj <<'END'
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="Akka.Cluster" Version="1.5.74" />
    <PackageReference Include="Akka.Cluster.Sharding" Version="1.5.73" />
    <PackageReference Include="Akka.DistributedData" Version="1.5.73" />
  </ItemGroup>
</Project>
END
cat >Program.cs <<'END'
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Sharding;
using Akka.Configuration;
using Akka.DistributedData;

var sharding = ClusterSharding.DefaultConfig().GetConfig("akka.cluster.sharding");
var least = sharding.GetInt("distributed-data.majority-min-cap");
Console.WriteLine($"Akka.Cluster.Sharding {typeof(ClusterSharding).Assembly.GetName().Version}: majority-min-cap = {least}, "
    + $"coordinator-state.write-majority-plus = {sharding.GetString("coordinator-state.write-majority-plus")}");

// A crashed node stays a member here: nothing marks it down.
var config = ConfigurationFactory.ParseString("""
    akka {
      loglevel = OFF
      stdout-loglevel = OFF
      actor.provider = cluster
      remote.dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
      coordinated-shutdown.run-by-actor-system-terminate = off
      cluster.failure-detector.acceptable-heartbeat-pause = 60s
    }
    """).WithFallback(DistributedData.DefaultConfig());
var nodes = Enumerable.Range(0, 3).Select(_ => ActorSystem.Create("three", config)).ToArray();
var first = Cluster.Get(nodes[0]);
foreach (var node in nodes)
    await Cluster.Get(node).JoinAsync(first.SelfAddress, new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
while (first.State.Members.Count(member => member.Status == MemberStatus.Up) < 3)
    await Task.Delay(50);
var replicator = DistributedData.Get(nodes[0]).Replicator;
DistributedData.Get(nodes[1]);
DistributedData.Get(nodes[2]);
var before = await WriteAsync(new WriteMajority(TimeSpan.FromSeconds(10), 5));
await nodes[2].Terminate(); // Without leaving: to the others it has crashed.
var two = await WriteAsync(new WriteMajority(TimeSpan.FromSeconds(2), 0));
var all = await WriteAsync(new WriteMajority(TimeSpan.FromSeconds(2), least));
Console.WriteLine($"three nodes, a majority of at least 5: {before}");
Console.WriteLine($"one of them crashed, a majority of at least 0: {two}");
Console.WriteLine($"one of them crashed, a majority of at least {least}: {all}");
await Task.WhenAll(nodes.Select(node => node.Terminate()));
return (least, before, two, all) == (5, "UpdateSuccess", "UpdateSuccess", "UpdateTimeout") ? 0 : 1;

async Task<string> WriteAsync(IWriteConsistency majority)
{
    var key = new GCounterKey("count");
    var answer = await replicator.Ask<IUpdateResponse>(
        Dsl.Update(key, GCounter.Empty, majority, count => count.Increment(first)), TimeSpan.FromSeconds(15));
    return answer.GetType().Name;
}
END
dotnet run -c Release
