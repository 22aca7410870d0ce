package io.millrace.broker.message;

/// Whose words a message's properties are. The number is stored: it never changes.
public enum FormatId {
    /// A Kafka record's headers.
    KAFKA(0),
    /// An AMQP 0-9-1 content header from its property flags on.
    AMQP_0_9_1(1),
    /// No client's: what the broker says to itself, between loops and nodes. Never in a log.
    BROKER(2);

    private final int number;

    FormatId(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }
}
