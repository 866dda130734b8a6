using System.Text.Json;
using Checkpoint.Cli.Output;

namespace Checkpoint.Cli.Views;

/// <summary>What <c>status</c> shows: the view, its hosts, the journal, and which host orders which checkpoint.</summary>
/// <param name="checkpoints">From the same host, asked on the same connection right after <paramref name="status"/>.</param>
/// <param name="limits">Of the host that answered.</param>
public sealed class StatusView(
    SessionProtocol.NodeStatus status, IReadOnlyList<SessionProtocol.CheckpointRow> checkpoints, IReadOnlyList<SessionProtocol.LimitRow> limits)
{
    private const int NamesShownMax = 4;
    private const string WhatWaits = "create, unlink, first open, last close and changes of view wait; reads and updates go on";

    public void WriteText(TextWriter to, bool colour)
    {
        var serving = status.Serving ? Style.Good("serving", colour) : Style.Bad("not serving", colour);
        to.WriteLine($"view {status.ViewNumber}, {serving}; answered by {Style.Bold(status.NodeName, colour)}");
        to.WriteLine($"journal {status.Journal}{(status.JournalAway ? $", {Style.Bad("away", colour)}: {WhatWaits}" : "")}");
        to.WriteLine($"checkpoints {status.Checkpoints}, memory {SizeText.Of(status.BytesUsed)} of {SizeText.Of(status.BytesMax)}");
        var aside = SetAside().ToList();
        if (aside.Count > 0)
            to.WriteLine($"{Style.Bad("set aside", colour)} {aside.Count}: {Shown(aside)}");
        foreach (var limit in limits)
            to.WriteLine($"{limit.Key} {Value(limit, limit.Effective)}{Lowered(limit)}; {limit.Bound}");
        to.WriteLine();
        WriteNodes(to, colour);
        if (status.Sessions.Count == 0)
            return;

        to.WriteLine();
        var clients = new TextTable("CLIENT", ">HANDLES", "SESSION");
        foreach (var session in status.Sessions)
            clients.Add(session.ClientName, session.Handles.ToString(), session.Session.ToString());
        clients.Write(to, colour);
    }

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("node", status.NodeName);
        json.WriteString("host", status.Host.ToString());
        json.WriteNumber("view", status.ViewNumber);
        json.WriteBoolean("serving", status.Serving);
        json.WriteString("journal", status.Journal);
        json.WriteBoolean("journalAway", status.JournalAway);
        json.WriteNumber("checkpoints", status.Checkpoints);
        json.WriteNumber("bytesUsed", status.BytesUsed);
        json.WriteNumber("bytesMax", status.BytesMax);
        json.WriteStartArray("setAside");
        foreach (var name in SetAside())
            json.WriteStringValue(name);

        json.WriteEndArray();
        json.WriteStartArray("limits");
        foreach (var limit in limits)
        {
            json.WriteStartObject();
            json.WriteString("key", limit.Key);
            json.WriteNumber("configured", limit.Configured);
            json.WriteNumber("effective", limit.Effective);
            json.WriteString("bound", limit.Bound);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("nodes");
        foreach (var node in status.Nodes)
            WriteNode(json, node);
        json.WriteEndArray();
        json.WriteStartArray("sessions");
        foreach (var session in status.Sessions)
        {
            json.WriteStartObject();
            json.WriteString("session", session.Session.ToString());
            json.WriteString("client", session.ClientName);
            json.WriteNumber("handles", session.Handles);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What counts clients; the others are bytes.</summary>
    private static readonly string[] CountKeys = ["clients-max", "sessions-max"];

    private static string Lowered(SessionProtocol.LimitRow limit) =>
        limit.Effective < limit.Configured ? $", lowered from {Value(limit, limit.Configured)}" : "";

    private static string Value(SessionProtocol.LimitRow limit, long value) =>
        CountKeys.Any(key => limit.Key.EndsWith(key, StringComparison.Ordinal)) ? $"{value}" : SizeText.Of(value);

    private void WriteNodes(TextWriter to, bool colour)
    {
        var nodes = new TextTable("NODE", "ADDRESS", "MEMBER", "REACHABILITY", "IN VIEW", ">ORDERS", "CHECKPOINTS ORDERED");
        foreach (var node in status.Nodes)
        {
            nodes.Add(
                node.NodeName, node.Host.Address, node.MemberStatus, node.Reachability, node.InView ? "yes" : "no", node.Orders.ToString(), Names(node));
        }

        nodes.Write(to, colour);
    }

    private void WriteNode(Utf8JsonWriter json, SessionProtocol.NodeRow node)
    {
        json.WriteStartObject();
        json.WriteString("node", node.NodeName);
        json.WriteString("host", node.Host.ToString());
        json.WriteString("address", node.Host.Address);
        json.WriteString("memberStatus", node.MemberStatus);
        json.WriteString("reachability", node.Reachability);
        json.WriteBoolean("inView", node.InView);
        json.WriteNumber("orders", node.Orders);
        json.WriteStartArray("orderedCheckpoints");
        foreach (var checkpoint in OrderedBy(node))
            json.WriteStringValue(checkpoint.Name.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Checkpoints whose content this host could not keep up with.</summary>
    private IEnumerable<string> SetAside() => checkpoints.Where(row => row.SetAside).Select(row => row.Name.ToString());

    private string Names(SessionProtocol.NodeRow node) => Shown(OrderedBy(node).Select(row => row.Name.ToString()).ToList());

    private static string Shown(List<string> names)
    {
        var shown = string.Join(", ", names.Take(NamesShownMax));
        return names.Count > NamesShownMax ? $"{shown} and {names.Count - NamesShownMax} more" : shown;
    }

    private IEnumerable<SessionProtocol.CheckpointRow> OrderedBy(SessionProtocol.NodeRow node) =>
        checkpoints.Where(row => row.Orderer == node.NodeName);
}
