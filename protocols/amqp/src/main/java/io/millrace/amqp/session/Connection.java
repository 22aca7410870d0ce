package io.millrace.amqp.session;

import io.millrace.amqp.codec.FrameReader;
import io.millrace.amqp.codec.FrameWriter;
import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.VhostName;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// What the channels of one connection share: who it is, what was agreed, the way out, and how much is under way.
///
/// Owned by: one connection's loop.
final class Connection {
    private static final LongString LOCALES = LongString.of("en_US");

    /// The tag of users who publish in others' names.
    private static final String IMPERSONATOR = "impersonator";

    private final AmqpPorts ports;
    private final AmqpPeer peer;
    private final AmqpOutput output;
    private final FrameWriter frames;
    private final Inflow inflow;
    private final Places places;
    private final Deque<AmqpChannel> dirty = new ArrayDeque<>();

    private String user = "";
    private String mechanism = "";
    private Client client = Client.UNKNOWN;
    private VhostName vhostName = new VhostName("");
    private int channelMax;
    private int frameMax = FrameReader.FRAME_MAX_BEFORE_TUNE;
    private int heartbeatSeconds;

    private @Nullable Topology looked;
    private @Nullable Topology seen;
    private @Nullable VhostView vhost;
    private @Nullable Access access;

    private long bytesSent;
    private boolean ownsQueues;
    private boolean written;

    Connection(AmqpPorts ports, AmqpPeer peer, AmqpOutput output) {
        this.ports = ports;
        this.peer = peer;
        this.output = output;
        this.frames = new FrameWriter(output.allocator(), this::write);
        this.places = new Places(ports);
        this.inflow = new Inflow(this, ports, output::resume);
    }

    private void write(ByteBuf bytes) {
        bytesSent += bytes.readableBytes();
        output.write(bytes);
    }

    /// Octets sent since the beginning, but for what has gathered in this turn.
    long bytesSent() {
        return bytesSent;
    }

    AmqpPorts ports() {
        return ports;
    }

    AmqpConfig config() {
        return ports.config();
    }

    Inflow inflow() {
        return inflow;
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

    void loggedIn(String name, String by, Client identified) {
        user = name;
        mechanism = by;
        client = identified;
    }

    /// By which the user logged in.
    String mechanism() {
        return mechanism;
    }

    void tuned(int channels, int frameBytes, int heartbeat) {
        channelMax = channels;
        frameMax = frameBytes;
        heartbeatSeconds = heartbeat;
        frames.frameMax(frameBytes);
    }

    void enter(VhostName name) throws Refused {
        places.enter(user, name);
        vhostName = name;
    }

    Places places() {
        return places;
    }

    String user() {
        return user;
    }

    /// Whether messages may say that they are another user's.
    boolean mayImpersonate() {
        return ports.topology()
                .topology()
                .user(user)
                .filter(known -> known.tags().contains(IMPERSONATOR))
                .isPresent();
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
        known = now.vhost(vhostName).orElseThrow(() -> forced(vhostGone(vhostName)));
        vhost = known;
        seen = now;
        return known;
    }

    /// Why the connection may not go on: its user or its virtual host is no more. Empty when nothing is wrong.
    String expulsion() {
        Topology now = ports.topology().topology();
        if (now == looked) {
            return "";
        }
        looked = now;
        if (now.user(user).isEmpty()) {
            return "user '" + user + "' is deleted";
        }
        return now.vhost(vhostName).isEmpty() ? vhostGone(vhostName) : "";
    }

    static String vhostGone(VhostName name) {
        return "vhost '" + name + "' is deleted";
    }

    /// The connection is closed because of something that somebody else did.
    static Refused forced(String reason) {
        return new Refused(ReplyCode.CONNECTION_FORCED, reason);
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

    void ownsQueues() {
        ownsQueues = true;
    }

    /// The connection has ended: its exclusive queues go, once.
    ///
    /// @param then called when they are gone
    void gone(Runnable then) {
        places.leave();
        if (ownsQueues) {
            ownsQueues = false;
            ports.changes().submit(new TopologyChange.ConnectionGone(peer.connection()), reply -> then.run());
        } else {
            then.run();
        }
    }
}
