package io.millrace.cli.experiment.load;

/// Where the load stands.
///
/// @param acknowledged records so far
/// @param read records that readers got so far
/// @param errors that the application saw so far
/// @param longestGapMs longest time that some partition was without an acknowledgement, since the last tally
public record Tally(long acknowledged, long read, long errors, long longestGapMs) {}
