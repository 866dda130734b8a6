namespace Checkpoint.Cli.Streams;

/// <summary>The output is a pipe that nobody reads any more.</summary>
public sealed class ReaderGoneException() : IOException("its reader has gone");
