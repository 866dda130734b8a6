using Checkpoint.Protocol;

namespace Checkpoint.Actors.Views;

/// <summary>On the EventStream: this host has adopted the view; it need not serve yet.</summary>
public sealed record ViewAdopted(View View);
