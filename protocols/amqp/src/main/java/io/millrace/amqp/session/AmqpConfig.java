package io.millrace.amqp.session;

/// What an AMQP connection may do.
///
/// @param heartbeatSeconds proposed to clients, 0 for none
/// @param channelMax how many channels a connection may have open
/// @param frameMax the largest frame, in octets
/// @param messageBytesMax a larger message closes its channel
/// @param consumersMax consumers of one channel
/// @param unackedMax deliveries of one channel waiting to be settled; nothing more is delivered beyond
/// @param unconfirmedBytesMax bytes of published messages not yet stored, beyond which the connection is not read
/// @param transactionBytesMax bytes of messages in the transactions of a connection
/// @param consumerTimeoutMs a delivery that waits longer to be settled closes its channel; 0 for no limit
public record AmqpConfig(
        int heartbeatSeconds,
        int channelMax,
        int frameMax,
        int messageBytesMax,
        int consumersMax,
        int unackedMax,
        long unconfirmedBytesMax,
        long transactionBytesMax,
        long consumerTimeoutMs) {
    /// RabbitMQ's where it has one.
    public static final AmqpConfig DEFAULT = new AmqpConfig(
            60, 2047, 131_072, 128 * 1024 * 1024, 10_000, 100_000, 8 * 1024 * 1024, 128 * 1024 * 1024, 1_800_000);
}
