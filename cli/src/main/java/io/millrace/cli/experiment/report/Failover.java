package io.millrace.cli.experiment.report;

/// One kill of a leader, and how long it took from there.
///
/// @param atMs when, since the load began
/// @param node that was killed
/// @param partitions that it led
/// @param leaderMs until a client was told of a new leader of all of them
/// @param writeMs until records of all of them were acknowledged again
public record Failover(long atMs, int node, int partitions, long leaderMs, long writeMs) {}
