package io.millrace.broker.queue;

/// Counts what goes through one queue.
///
/// Owned by: the queue's loop.
final class QueueMeter {
    private long published;
    private long delivered;
    private long deliveredNoAck;
    private long got;
    private long gotNoAck;
    private long redelivered;
    private long acknowledged;

    void published() {
        published++;
    }

    void delivered(boolean autoAck, boolean isAgain) {
        if (autoAck) {
            deliveredNoAck++;
        } else {
            delivered++;
        }
        redelivered += isAgain ? 1 : 0;
    }

    void got(boolean autoAck, boolean isAgain) {
        if (autoAck) {
            gotNoAck++;
        } else {
            got++;
        }
        redelivered += isAgain ? 1 : 0;
    }

    void acknowledged() {
        acknowledged++;
    }

    QueueTraffic traffic() {
        return new QueueTraffic(published, delivered, deliveredNoAck, got, gotNoAck, redelivered, acknowledged);
    }
}
