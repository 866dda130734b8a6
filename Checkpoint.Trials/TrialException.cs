namespace Checkpoint.Trials;

/// <summary>The trial could not be made; that says nothing about the calls.</summary>
public sealed class TrialException(string message) : Exception(message);
