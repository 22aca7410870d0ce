package io.millrace.benchmarks.vskafka.broker;

/// What an acknowledgement of a topic means in a comparison; each broker names it in its own topic settings.
public enum Durability {
    /// Each broker as it comes: Kafka acknowledges from the page cache, Millrace after fsync.
    DEFAULT,
    /// Acknowledged from the page cache by both.
    PAGE_CACHE,
    /// Acknowledged after fsync by both: Kafka with `flush.messages=1`.
    FSYNC
}
