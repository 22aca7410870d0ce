package io.millrace.console.port;

import io.millrace.broker.topology.QueueRef;
import io.millrace.model.Arguments;
import io.millrace.model.VhostName;
import java.util.List;
import java.util.function.Consumer;

/// Who is connected: a snapshot, of one node or of all of them. May be called from any thread, and answers on any.
public interface ConnectionsView {
    void ask(Wanted wanted, Consumer<Connected> reply);

    /// Closes that connection, if it is there still, telling the client why.
    void close(ConnectionRow connection, String reason);

    /// How much of the snapshot somebody wants.
    sealed interface Wanted {
        Connected of(Connected all);

        /// All connections, and what is on them as far as `depth` goes.
        record All(Depth depth) implements Wanted {
            @Override
            public Connected of(Connected all) {
                return switch (depth) {
                    case CONNECTIONS -> new Connected(all.connections(), List.of(), List.of());
                    case CHANNELS -> new Connected(all.connections(), all.channels(), List.of());
                    case CONSUMERS -> all;
                };
            }
        }

        /// One connection with its channels.
        record Named(String connection) implements Wanted {
            @Override
            public Connected of(Connected all) {
                return new Connected(
                        all.connections().stream().filter(this::is).toList(),
                        all.channels().stream()
                                .filter(channel -> is(channel.connection()))
                                .toList(),
                        List.of());
            }

            private boolean is(ConnectionRow row) {
                return row.name().equals(connection);
            }
        }

        /// The consumers of one queue with their channels and connections, of each node so many.
        record ConsumersOf(QueueRef queue, int max) implements Wanted {
            @Override
            public Connected of(Connected all) {
                List<ConsumerRow> consumers = all.consumers().stream()
                        .filter(consumer -> consumer.queue().equals(queue))
                        .limit(max)
                        .toList();
                List<ChannelRow> channels =
                        consumers.stream().map(ConsumerRow::channel).distinct().toList();
                return new Connected(
                        channels.stream().map(ChannelRow::connection).distinct().toList(), channels, consumers);
            }
        }
    }

    /// What is in a snapshot besides the connections.
    enum Depth {
        CONNECTIONS,
        CHANNELS,
        CONSUMERS
    }

    /// Connections, their channels and consumers. Channels come in the order of their connections, consumers in that of
    /// their channels.
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
            int consumers) {
        public static String name(String connection, int number) {
            return connection + " (" + number + ")";
        }

        /// The name of the connection of a channel.
        public static String connectionOf(String channel) {
            int number = channel.lastIndexOf(" (");
            return number < 0 ? channel : channel.substring(0, number);
        }
    }

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
