package io.millrace.amqp.codec.wire;

/// What a decoder made of bytes that are all there.
public sealed interface Decoded<T> {
    record Complete<T>(T value) implements Decoded<T> {}

    /// The bytes break the layout; the error says it as RabbitMQ does.
    record Malformed<T>(AmqpError error) implements Decoded<T> {}
}
