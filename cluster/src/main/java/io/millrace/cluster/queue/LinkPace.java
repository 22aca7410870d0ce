package io.millrace.cluster.queue;

/// How much may be under way on one connection, and when it counts as dead.
final class LinkPace {
    /// Octets of messages without an answer before the next one waits.
    static final long PUBLISH_WINDOW = 16 << 20;

    /// Octets of deliveries not taken before the queues' holds pause.
    static final long DELIVERY_WINDOW = 8 << 20;

    /// Credit for so many octets travels together.
    static final long CREDIT_STEP = 1 << 20;

    /// What a message counts for beside its octets.
    static final int MESSAGE_OVERHEAD = 128;

    /// Between two pings.
    static final long PING_MS = 1_000;

    /// So many pings in a row without a sign from the other side, and the connection is taken for dead.
    static final int SILENT_PINGS_MAX = 5;

    /// A connection that is not open by then never will be: the other side accepts and does not serve.
    static final long OPEN_MS_MAX = SILENT_PINGS_MAX * PING_MS;

    /// Who asks is silent for so long: its consumers' messages are wanted elsewhere.
    static final long SILENT_MS_MAX = 15_000;

    private LinkPace() {}
}
