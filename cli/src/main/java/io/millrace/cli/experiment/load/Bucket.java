package io.millrace.cli.experiment.load;

/// What happened in one step of time.
///
/// @param startMs since the load began
/// @param acknowledged records
/// @param read records that readers got
/// @param retries batches' records that a producer's client sent again
/// @param errors that the application saw
public record Bucket(long startMs, long acknowledged, long read, long retries, long errors) {
    /// How long one is.
    public static final long MS = 100;
}
