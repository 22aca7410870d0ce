package io.millrace.amqp.session;

import io.millrace.amqp.codec.FrameReader;
import io.millrace.amqp.codec.FrameWriter;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.VhostName;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// What the channels of one connection share: who it is, what was agreed, the way out, and how much is under way.
///
/// Owned by: one connection's loop.
final class Connection {
    /// What clients sent behind a method that waits, beyond which they are not read.
    private static final long PARKED_BYTES_MAX = 4 * 1024 * 1024;

    /// Memory of a message beside its octets.
    private static final int MESSAGE_BYTES = 128;

    private static final LongString LOCALES = LongString.of("en_US");

    private final AmqpPorts ports;
    private final AmqpPeer peer;
    private final AmqpOutput output;
    private final FrameWriter frames;
    private final Deque<AmqpChannel> dirty = new ArrayDeque<>();

    private String user = "";
    private Client client = Client.UNKNOWN;
    private VhostName vhostName = new VhostName("");
    private int channelMax;
    private int frameMax = FrameReader.FRAME_MAX_BEFORE_TUNE;
    private int heartbeatSeconds;

    private @Nullable Topology seen;
    private @Nullable VhostView vhost;
    private @Nullable Access access;

    private long unconfirmedBytes;
    private long arrivingBytes;
    private long parkedBytes;
    private boolean heldBack;
    private boolean ownsQueues;
    private boolean written;
    private boolean hasPublished;
    private boolean blocked;

    Connection(AmqpPorts ports, AmqpPeer peer, AmqpOutput output) {
        this.ports = ports;
        this.peer = peer;
        this.output = output;
        this.frames = new FrameWriter(output.allocator(), output);
    }

    AmqpPorts ports() {
        return ports;
    }

    AmqpConfig config() {
        return ports.config();
    }

    AmqpPeer peer() {
        return peer;
    }

    FieldTable serverProperties() {
        return ServerProperties.of(ports.clusterName());
    }

    LongString locales() {
        return LOCALES;
    }

    void loggedIn(String name, Client identified) {
        user = name;
        client = identified;
    }

    void tuned(int channels, int frameBytes, int heartbeat) {
        channelMax = channels;
        frameMax = frameBytes;
        heartbeatSeconds = heartbeat;
        frames.frameMax(frameBytes);
    }

    void entered(VhostName name) {
        vhostName = name;
    }

    String user() {
        return user;
    }

    Client client() {
        return client;
    }

    VhostName vhostName() {
        return vhostName;
    }

    int channelMax() {
        return channelMax;
    }

    int frameMax() {
        return frameMax;
    }

    int heartbeatSeconds() {
        return heartbeatSeconds;
    }

    /// The virtual host as it is now.
    ///
    /// @throws Refused when it is no more; that closes the connection
    VhostView vhost() throws Refused {
        Topology now = ports.topology().topology();
        VhostView known = vhost;
        if (known != null && now == seen) {
            return known;
        }
        known = now.vhost(vhostName)
                .orElseThrow(() -> new Refused(ReplyCode.CONNECTION_FORCED, "vhost '" + vhostName + "' is deleted"));
        vhost = known;
        seen = now;
        return known;
    }

    /// What the user may do now.
    Access access() throws Refused {
        VhostView now = vhost();
        Access known = access;
        if (known == null || !known.isOf(now)) {
            known = Access.of(now, user, known);
            access = known;
        }
        return known;
    }

    void send(int channel, AmqpMethod method) {
        frames.method(channel, method);
        written();
    }

    void heartbeat() {
        frames.heartbeat();
        output.flushSoon();
    }

    /// For content; the writer of a content calls [#written] afterwards.
    FrameWriter frames() {
        return frames;
    }

    void written() {
        written = true;
        output.flushSoon();
    }

    /// Whether anything was sent since this was last asked; for heartbeats.
    boolean takeWritten() {
        boolean was = written;
        written = false;
        return was;
    }

    /// The channel has something to say at the end of the turn.
    void dirty(AmqpChannel channel) {
        dirty.add(channel);
        output.flushSoon();
    }

    void flush() {
        for (AmqpChannel channel = dirty.poll(); channel != null; channel = dirty.poll()) {
            channel.endOfTurn();
        }
        frames.flush();
    }

    void drop() {
        dirty.clear();
        frames.close();
    }

    /// Whether more may be read: what came in is not too much.
    boolean hasRoom() {
        boolean room = !blocked && unconfirmedBytes < config().unconfirmedBytesMax() && parkedBytes < PARKED_BYTES_MAX;
        heldBack = !room;
        return room;
    }

    void publishing(int bytes) {
        unconfirmedBytes += bytes + MESSAGE_BYTES;
    }

    void published(int bytes) {
        unconfirmedBytes -= bytes + MESSAGE_BYTES;
        lookAgain();
    }

    /// A message has come, wherever it goes.
    void onPublish() {
        hasPublished = true;
        lookAtMemory();
    }

    /// Who has published is not read while memory is scarce, and is told so. Asked with every publish, and now and then
    /// to let it go on.
    void lookAtMemory() {
        boolean wanted = hasPublished && ports.memory().isScarce();
        if (wanted == blocked) {
            return;
        }
        blocked = wanted;
        if (client.hearsBlocked()) {
            send(0, wanted ? new ConnectionMethods.Blocked("low on memory") : new ConnectionMethods.Unblocked());
        }
        lookAgain();
    }

    /// Octets of messages that are not complete, of all channels.
    ///
    /// @return false when these are too many
    boolean arriving(int bytes) {
        arrivingBytes += bytes;
        boolean fits = ports.memory().arriving(bytes);
        return bytes <= 0 || (fits && arrivingBytes <= config().messageBytesMax());
    }

    void parked(long bytes) {
        parkedBytes += bytes;
        if (bytes < 0) {
            lookAgain();
        }
    }

    private void lookAgain() {
        if (heldBack && hasRoom()) {
            output.resume();
        }
    }

    void ownsQueues() {
        ownsQueues = true;
    }

    /// The connection has ended: its exclusive queues go, once.
    ///
    /// @param then called when they are gone
    void gone(Runnable then) {
        if (ownsQueues) {
            ownsQueues = false;
            ports.changes().submit(new TopologyChange.ConnectionGone(peer.connection()), reply -> then.run());
        } else {
            then.run();
        }
    }
}
