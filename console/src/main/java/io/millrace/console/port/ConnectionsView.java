package io.millrace.console.port;

import io.millrace.broker.topology.QueueRef;
import io.millrace.model.Arguments;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.function.Consumer;

/// Who is connected: a snapshot. May be called from any thread, and answers on any.
public interface ConnectionsView {
    /// A node that keeps no list of them.
    ConnectionsView NONE = new ConnectionsView() {
        @Override
        public void latest(Consumer<Connected> reply) {
            reply.accept(new Connected(List.of(), List.of(), List.of()));
        }

        @Override
        public void close(String name, String reason) {}
    };

    void latest(Consumer<Connected> reply);

    /// Closes the connection of that name, if there is one still, telling the client why.
    void close(String name, String reason);

    /// All connections, their channels and consumers.
    record Connected(List<ConnectionRow> connections, List<ChannelRow> channels, List<ConsumerRow> consumers) {
        public Connected {
            connections = List.copyOf(connections);
            channels = List.copyOf(channels);
            consumers = List.copyOf(consumers);
        }
    }

    /// @param name `127.0.0.1:40000 -> 127.0.0.1:5672`
    /// @param clientProperties as the client gave them
    record ConnectionRow(
            String name,
            String node,
            String user,
            VhostName vhost,
            String state,
            String protocol,
            String mechanism,
            String host,
            int port,
            String peerHost,
            int peerPort,
            int channelMax,
            int frameMax,
            int heartbeatSeconds,
            int channels,
            long connectedAtMs,
            long bytesReceived,
            long bytesSent,
            Arguments clientProperties) {}

    /// @param name that of the connection and ` (1)`
    record ChannelRow(
            String name,
            ConnectionRow connection,
            int number,
            String state,
            int prefetch,
            int globalPrefetch,
            boolean confirms,
            boolean isTransactional,
            long unacknowledged,
            long unconfirmed,
            int consumers) {}

    record ConsumerRow(
            ChannelRow channel,
            QueueRef queue,
            String tag,
            boolean ackRequired,
            boolean exclusive,
            boolean active,
            int prefetch,
            Arguments arguments) {}
}
