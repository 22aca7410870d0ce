package io.millrace.server.config;

import static io.millrace.server.config.Checks.require;

/// What AMQP connections may do, and what is declared at the start.
///
/// @param heartbeatSeconds proposed to clients (RabbitMQ: heartbeat), 0 for none
/// @param channelMax channels open at once in one connection (RabbitMQ: channel_max)
/// @param frameMax octets of one frame (RabbitMQ: frame_max)
/// @param messageBytesMax a larger message closes its channel (RabbitMQ: max_message_size)
/// @param unackedMax deliveries of one channel waiting to be acknowledged, beyond which it gets no more
/// @param consumerTimeoutMs a delivery not acknowledged for so long closes its channel (RabbitMQ: consumer_timeout), 0
/// for no limit
/// @param definitions a file of definitions that is imported at the start when it has changed (RabbitMQ:
/// load_definitions), empty for none
public record AmqpLimits(
        int heartbeatSeconds,
        int channelMax,
        int frameMax,
        int messageBytesMax,
        int unackedMax,
        long consumerTimeoutMs,
        String definitions) {
    public static final AmqpLimits DEFAULT = new AmqpLimits(60, 2047, 131_072, 134_217_728, 100_000, 1_800_000, "");

    private static final int UINT16_MAX = 65_535;
    private static final int FRAME_LEAST = 4096;
    private static final int FRAME_MOST = 16 * 1024 * 1024;
    private static final int MESSAGE_MOST = 512 * 1024 * 1024;

    public AmqpLimits {
        require(
                heartbeatSeconds >= 0 && heartbeatSeconds <= UINT16_MAX,
                "amqp.heartbeat-seconds must be 0 to 65535, it is " + heartbeatSeconds);
        require(
                channelMax >= 1 && channelMax <= UINT16_MAX,
                "amqp.channel-max must be 1 to 65535, it is " + channelMax);
        require(
                frameMax >= FRAME_LEAST && frameMax <= FRAME_MOST,
                "amqp.frame-max must be 4096 to 16777216, it is " + frameMax);
        require(
                messageBytesMax >= 1 && messageBytesMax <= MESSAGE_MOST,
                "amqp.message-bytes-max must be 1 to 536870912, it is " + messageBytesMax);
        require(consumerTimeoutMs >= 0, "amqp.consumer-timeout-ms must not be negative, it is " + consumerTimeoutMs);
        require(unackedMax >= 1, "amqp.unacked-max must be at least 1, it is " + unackedMax);
    }
}
