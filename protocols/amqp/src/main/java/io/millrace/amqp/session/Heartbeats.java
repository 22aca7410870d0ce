package io.millrace.amqp.session;

/// Heartbeats both ways (section 4.2.7): any octets count as a sign of life.
///
/// Owned by: one connection's loop.
final class Heartbeats {
    private final Connection connection;
    private long lastReceivedMs;
    private long lastSentMs;
    private boolean hasReceived;

    Heartbeats(Connection connection) {
        this.connection = connection;
        this.lastReceivedMs = connection.ports().clock().monotonicMs();
        this.lastSentMs = lastReceivedMs;
    }

    /// Cheap: when it was is found out by the next beat, which comes soon enough.
    void received() {
        hasReceived = true;
    }

    /// Sends one where nothing else was sent for half the agreed time.
    void beat(long nowMs) {
        if (hasReceived) {
            hasReceived = false;
            lastReceivedMs = nowMs;
        }
        if (connection.takeWritten()) {
            lastSentMs = nowMs;
        }
        long halfMs = connection.heartbeatSeconds() * 500L;
        if (halfMs > 0 && nowMs - lastSentMs >= halfMs) {
            lastSentMs = nowMs;
            connection.heartbeat();
        }
    }

    /// Whether two and the time between two beats of ours have passed without a sign of life.
    boolean isMissed(long nowMs) {
        long agreedMs = connection.heartbeatSeconds() * 1000L;
        return agreedMs > 0 && nowMs - lastReceivedMs > 2 * agreedMs;
    }
}
