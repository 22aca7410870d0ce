package io.millrace.broker.queue.machine;

/// Why the queue gave a message up. Names and order are part of the snapshot's format.
public enum Reason {
    /// A consumer did not want it.
    REJECTED("rejected"),
    /// It waited too long.
    EXPIRED("expired"),
    /// There was no room.
    MAX_LENGTH("maxlen"),
    /// It came back too often.
    DELIVERY_LIMIT("delivery_limit");

    private final String label;

    Reason(String label) {
        this.label = label;
    }

    /// As RabbitMQ writes it into `x-death`.
    public String label() {
        return label;
    }
}
