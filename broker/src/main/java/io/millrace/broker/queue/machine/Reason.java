package io.millrace.broker.queue.machine;

/// Why the queue gave a message up.
public enum Reason {
    /// A consumer did not want it.
    REJECTED(0, "rejected"),
    /// It waited too long.
    EXPIRED(1, "expired"),
    /// There was no room.
    MAX_LENGTH(2, "maxlen"),
    /// It came back too often.
    DELIVERY_LIMIT(3, "delivery_limit"),
    /// Nothing is wrong with it: it waited as long as it should, and goes on.
    DUE(4, "due");

    private final int code;
    private final String label;

    Reason(int code, String label) {
        this.code = code;
        this.label = label;
    }

    /// As RabbitMQ writes it into `x-death`.
    public String label() {
        return label;
    }

    /// What stands for it where space is dear.
    public int code() {
        return code;
    }

    public static Reason of(int code) {
        for (Reason reason : values()) {
            if (reason.code == code) {
                return reason;
            }
        }
        throw new IllegalArgumentException("reason " + code);
    }
}
