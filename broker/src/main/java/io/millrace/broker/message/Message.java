package io.millrace.broker.message;

/// One message: what its protocol said about it, byte for byte, and its body. Immutable by agreement: nobody writes to
/// the arrays. Two messages are equal only when they are the same object.
public final class Message {
    /// Not delayed.
    public static final long AT_ONCE = 0;

    private final FormatId format;
    private final String exchange;
    private final String routingKey;
    private final byte[] properties;
    private final byte[] body;
    private final long publishedMs;
    private final long dueMs;

    /// @param format whose words `properties` are
    /// @param exchange where it was published, empty for the default exchange
    /// @param routingKey as published
    /// @param properties the arriving protocol's own encoding, read through its [MessageFormat]
    /// @param body the payload
    /// @param publishedMs wall clock when the broker took it, in milliseconds since the epoch
    public Message(
            FormatId format, String exchange, String routingKey, byte[] properties, byte[] body, long publishedMs) {
        this(format, exchange, routingKey, properties, body, publishedMs, AT_ONCE);
    }

    /// A message that is delayed.
    ///
    /// @param dueMs wall clock before which no queue delivers it, or [#AT_ONCE]
    public Message(
            FormatId format,
            String exchange,
            String routingKey,
            byte[] properties,
            byte[] body,
            long publishedMs,
            long dueMs) {
        this.format = format;
        this.exchange = exchange;
        this.routingKey = routingKey;
        this.properties = properties;
        this.body = body;
        this.publishedMs = publishedMs;
        this.dueMs = dueMs;
    }

    public FormatId format() {
        return format;
    }

    public String exchange() {
        return exchange;
    }

    public String routingKey() {
        return routingKey;
    }

    public byte[] properties() {
        return properties;
    }

    public byte[] body() {
        return body;
    }

    public long publishedMs() {
        return publishedMs;
    }

    public long dueMs() {
        return dueMs;
    }

    /// What it takes: body and properties, in bytes.
    public int bytes() {
        return body.length + properties.length;
    }
}
