package io.millrace.cluster;

import io.millrace.broker.catalog.NodeView;
import io.millrace.cluster.bulletin.Alarms;
import io.millrace.cluster.bulletin.Announcements;
import io.millrace.cluster.bulletin.Bulletin;
import io.millrace.cluster.bulletin.BulletinBoard;
import io.millrace.cluster.bulletin.BulletinListener;
import io.millrace.cluster.bulletin.Seat;
import io.millrace.cluster.call.Call;
import io.millrace.cluster.call.CallCodec;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Tells the other nodes of this one, and hears what they tell of themselves: at once when something has changed, and
/// now and then to say that it still holds. One bulletin at a time is on its way to each node. Who is fenced is neither
/// told nor believed. Of a node that is alone it has no timer.
///
/// Owned by: the metadata loop.
final class Herald {
    static final long AGAIN_MS = 1_000;
    private static final long LIMIT_MS = 2_000;

    /// Which alarms of this node which others know.
    private record Known(Alarms alarms, Set<Integer> by) {}

    private final int self;
    private final boolean isAlone;
    private final ClusterPorts ports;
    private final AppliedMetadata applied;
    private final LongSupplier nodeEpoch;
    private final Announcements announcements = new Announcements();
    private final Set<Integer> asked = new HashSet<>();
    private @Nullable BulletinListener listener;
    private @Nullable BulletinBoard board;
    private Known known = new Known(Alarms.NONE, Set.of());
    private boolean isClosed;

    /// @param nodeEpoch of this life of the node; negative as long as it is not registered
    Herald(
            NodeIdentity identity,
            ClusterSettings settings,
            ClusterPorts ports,
            AppliedMetadata applied,
            LongSupplier nodeEpoch) {
        this.self = identity.nodeId();
        this.isAlone = settings.isAlone();
        this.ports = ports;
        this.applied = applied;
        this.nodeEpoch = nodeEpoch;
    }

    /// From now on the others are told and heard.
    void begin(BulletinListener hearing) {
        if (isAlone) {
            return;
        }
        listener = hearing;
        board = new BulletinBoard(hearing);
        applied.subscribe((before, after, delta) -> {
            if (delta.nodesChanged()) {
                tellAll();
            }
        });
        tick();
    }

    private void tick() {
        BulletinBoard begun = board;
        if (isClosed || begun == null) {
            return;
        }
        ports.loop().after(AGAIN_MS, this::tick);
        tellAll();
        begun.look(ports.clock().monotonicMs());
    }

    /// Something has changed here.
    void change(Alarms alarms, Map<Seat, Long> taken) {
        if (board == null) {
            return;
        }
        announcements.change(alarms, taken);
        tellAll();
    }

    /// What another node tells.
    ///
    /// @return whether it needs not begin anew
    boolean hear(Bulletin bulletin) {
        BulletinBoard begun = board;
        return begun != null
                && concerned().containsKey(bulletin.nodeId())
                && begun.hear(bulletin, ports.clock().monotonicMs());
    }

    /// All other nodes that are there.
    private SortedMap<Integer, PeerAddress> concerned() {
        SortedMap<Integer, PeerAddress> there = new TreeMap<>();
        if (applied.image().level().has(MetadataLevel.TOPOLOGY)) {
            for (NodeView node : applied.image().nodes()) {
                Optional<PeerAddress> address = PeerAddress.of(node);
                if (node.id() != self && !node.fenced() && address.isPresent()) {
                    there.put(node.id(), address.get());
                }
            }
        }
        return there;
    }

    private void tellAll() {
        BulletinBoard begun = board;
        if (isClosed || begun == null) {
            return;
        }
        SortedMap<Integer, PeerAddress> there = concerned();
        announcements.keep(new TreeSet<>(there.keySet()));
        begun.keep(new TreeSet<>(there.keySet()));
        there.forEach(this::tell);
        lookAtAlarms();
    }

    private void tell(int node, PeerAddress address) {
        if (nodeEpoch.getAsLong() < 0 || !asked.add(node)) {
            return;
        }
        Call.Hear call = new Call.Hear(announcements.next(node, self, nodeEpoch.getAsLong()));
        ports.controller().askNode(address, CallCodec.encode(call), LIMIT_MS, answer -> {
            asked.remove(node);
            onAnswer(node, address, call, answer);
        });
    }

    private void onAnswer(int node, PeerAddress address, Call.Hear call, PeerAnswer answer) {
        if (!concerned().containsKey(node)
                || !(answer instanceof PeerAnswer.Frame frame)
                || !(CallCodec.decodeAnswer(call, frame.bytes(), applied.image())
                        instanceof CallCodec.Answer.Replied<Boolean>(Boolean isKnown, long _))) {
            return;
        }
        announcements.answered(node, call.bulletin(), isKnown);
        if (isKnown && announcements.hasNews(node) && !isClosed) {
            tell(node, address);
        }
        lookAtAlarms();
    }

    private void lookAtAlarms() {
        Known now = new Known(announcements.alarms(), announcements.alarmsKnownBy());
        BulletinListener hearing = listener;
        if (!now.equals(known) && hearing != null) {
            known = now;
            hearing.onAlarmsKnown(now.alarms(), now.by());
        }
    }

    void close() {
        isClosed = true;
    }
}
