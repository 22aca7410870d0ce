package io.millrace.cli.experiment.load;

/// How much is written and read, by how many.
///
/// @param topic written and read
/// @param partitions of the topic, each written by every producer
/// @param producers idempotent, with `acks=all`
/// @param readers consumers, each a group of its own
/// @param recordsPerSecond of all producers together
/// @param recordBytes size of a record's value
public record LoadShape(
        String topic, int partitions, int producers, int readers, long recordsPerSecond, int recordBytes) {}
