package io.millrace.amqp.session;

import io.millrace.broker.topology.QueueRef;
import io.millrace.model.Arguments;
import io.millrace.model.VhostName;
import java.util.List;

/// A connection as those see it who watch: a snapshot.
///
/// @param state in RabbitMQ's words
/// @param clientProperties as the client gave them
/// @param connectedAtMs wall clock
public record SessionView(
        String user,
        VhostName vhost,
        String state,
        String mechanism,
        int channelMax,
        int frameMax,
        int heartbeatSeconds,
        long connectedAtMs,
        long bytesReceived,
        long bytesSent,
        Arguments clientProperties,
        List<ChannelView> channels) {
    public SessionView {
        channels = List.copyOf(channels);
    }

    /// @param prefetch of consumers that come after, 0 for any number
    /// @param globalPrefetch of all consumers together, 0 for any number
    public record ChannelView(
            int number,
            int prefetch,
            int globalPrefetch,
            boolean confirms,
            boolean isTransactional,
            long unacknowledged,
            long unconfirmed,
            List<ConsumerView> consumers) {
        public ChannelView {
            consumers = List.copyOf(consumers);
        }
    }

    /// A consumer of a queue.
    public record ConsumerView(
            QueueRef queue, String tag, boolean ackRequired, boolean exclusive, int prefetch, Arguments arguments) {}
}
