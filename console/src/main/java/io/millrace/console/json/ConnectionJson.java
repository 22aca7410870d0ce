package io.millrace.console.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.console.port.ConnectionsView.ChannelRow;
import io.millrace.console.port.ConnectionsView.ConnectionRow;
import io.millrace.console.port.ConnectionsView.ConsumerRow;

/// Connections, channels and consumers as RabbitMQ shows them.
public final class ConnectionJson {
    private ConnectionJson() {}

    public static ObjectNode connection(ConnectionRow row) {
        ObjectNode tree = Json.object()
                .put("name", row.name())
                .put("node", row.node())
                .put("user", row.user())
                .put("vhost", row.vhost().value())
                .put("state", row.state())
                .put("type", "network")
                .put("protocol", row.protocol())
                .put("auth_mechanism", row.mechanism())
                .put("host", row.host())
                .put("port", row.port())
                .put("peer_host", row.peerHost())
                .put("peer_port", row.peerPort())
                .put("channel_max", row.channelMax())
                .put("frame_max", row.frameMax())
                .put("timeout", row.heartbeatSeconds())
                .put("channels", row.channels())
                .put("connected_at", row.connectedAtMs())
                .put("recv_oct", row.bytesReceived())
                .put("send_oct", row.bytesSent())
                .put("ssl", false);
        tree.set("client_properties", Json.of(row.clientProperties()));
        return tree;
    }

    public static ObjectNode channel(ChannelRow row) {
        ObjectNode tree = Json.object()
                .put("name", row.name())
                .put("number", row.number())
                .put("node", row.connection().node())
                .put("user", row.connection().user())
                .put("vhost", row.connection().vhost().value())
                .put("state", row.state())
                .put("prefetch_count", row.prefetch())
                .put("global_prefetch_count", row.globalPrefetch())
                .put("confirm", row.confirms())
                .put("transactional", row.isTransactional())
                .put("messages_unacknowledged", row.unacknowledged())
                .put("messages_unconfirmed", row.unconfirmed())
                .put("consumer_count", row.consumers());
        tree.set("connection_details", connectionDetails(row.connection()));
        return tree;
    }

    private static ObjectNode connectionDetails(ConnectionRow row) {
        return Json.object()
                .put("name", row.name())
                .put("peer_host", row.peerHost())
                .put("peer_port", row.peerPort());
    }

    public static ObjectNode consumer(ConsumerRow row) {
        ObjectNode tree = Json.object();
        tree.set("arguments", Json.of(row.arguments()));
        tree.put("ack_required", row.ackRequired())
                .put("active", row.active())
                .put("activity_status", row.active() ? "up" : "waiting")
                .put("consumer_tag", row.tag())
                .put("exclusive", row.exclusive())
                .put("prefetch_count", row.prefetch());
        ChannelRow channel = row.channel();
        tree.set(
                "channel_details",
                Json.object()
                        .put("connection_name", channel.connection().name())
                        .put("name", channel.name())
                        .put("node", channel.connection().node())
                        .put("number", channel.number())
                        .put("peer_host", channel.connection().peerHost())
                        .put("peer_port", channel.connection().peerPort())
                        .put("user", channel.connection().user()));
        tree.set(
                "queue",
                Json.object()
                        .put("name", row.queue().name().value())
                        .put("vhost", row.queue().vhost().value()));
        return tree;
    }
}
