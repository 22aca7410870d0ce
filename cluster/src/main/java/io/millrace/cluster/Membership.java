package io.millrace.cluster;

import io.millrace.broker.catalog.NodeView.Standing;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.call.Call;
import io.millrace.cluster.controller.Heartbeat;
import io.millrace.cluster.controller.HeartbeatReply;
import io.millrace.cluster.controller.RegisterNode;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import io.millrace.model.TopicId;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// This node as a member: registers when somebody leads, tells the controller that it lives, is let in when its logs
/// are open, and hands over before it stops. Keeps the lease under which the node may lead. A node that is alone has no
/// timer: it asks itself when something changes.
///
/// Owned by: the metadata loop. Invariant: the lease ends before the controller gives the node up, because it is
/// counted from when a heartbeat was sent, and the controller counts from when it came.
final class Membership {
    private static final long RETRY_MS = 200;
    private static final long NOT_REGISTERED = -1;

    private final NodeIdentity identity;
    private final ClusterSettings settings;
    private final ClusterPorts ports;
    private final AppliedMetadata applied;
    private final LocalController controller;
    private final CallRouter router;
    private final QuorumWatch quorum;
    private final TopicId incarnation;
    private final Runnable onReady;
    private final Consumer<Outcome> onRefused;
    private boolean isClosed;
    private boolean isReady;
    private boolean isRegistering;
    private long epoch = NOT_REGISTERED;
    private boolean wantsToServe;
    private boolean wantsToLeave;
    private boolean isBeating;
    private long beatNumber;
    private Loop.@Nullable Timer nextBeat;
    private CatalogBarrier barrier = CatalogBarrier.NONE;
    private boolean isInEffect;
    private boolean isSettling;
    private long settlings;
    private long answeredMs = Heartbeat.NO_ANSWER;
    private @Nullable Runnable onServing;
    private @Nullable Runnable onMayStop;

    /// @param incarnation drawn at this start
    /// @param onReady when the node is registered and knows it
    /// @param onRefused when it can not be registered, for a reason that stays
    Membership(
            NodeIdentity identity,
            TopicId incarnation,
            ClusterSettings settings,
            ClusterPorts ports,
            AppliedMetadata applied,
            LocalController controller,
            CallRouter router,
            QuorumWatch quorum,
            Runnable onReady,
            Consumer<Outcome> onRefused) {
        this.identity = identity;
        this.incarnation = incarnation;
        this.settings = settings;
        this.ports = ports;
        this.applied = applied;
        this.controller = controller;
        this.router = router;
        this.quorum = quorum;
        this.onReady = onReady;
        this.onRefused = onRefused;
    }

    /// The epoch of this life of the node, or -1 before it is registered.
    long epoch() {
        return epoch;
    }

    void serve(CatalogBarrier barrier, Runnable onServing) {
        this.barrier = barrier;
        this.onServing = onServing;
        wantsToServe = true;
        beat();
    }

    void leave(long timeoutMs, Runnable onMayStop) {
        this.onMayStop = onMayStop;
        wantsToLeave = true;
        ports.loop().after(timeoutMs, this::mayStop);
        if (epoch == NOT_REGISTERED) {
            mayStop();
        } else {
            beat();
        }
    }

    private void mayStop() {
        Runnable told = onMayStop;
        if (told != null) {
            onMayStop = null;
            told.run();
        }
    }

    void onLeader() {
        if (!router.knowsLeader()) {
            return;
        }
        // What the leader before was asked, this one does not know.
        isBeating = false;
        beatNumber++;
        answeredMs = Heartbeat.NO_ANSWER;
        if (epoch == NOT_REGISTERED) {
            register();
        } else {
            beat();
        }
    }

    private void register() {
        if (isRegistering || isClosed) {
            return;
        }
        isRegistering = true;
        RegisterNode register = new RegisterNode(
                identity.nodeId(),
                incarnation,
                identity.directoryId(),
                identity.otherDirectories(),
                settings.rack(),
                settings.endpoints(),
                settings.supportedFeatures());
        router.ask(new Call.Decide<>(register), this::onRegistered);
    }

    private void onRegistered(RegisterNode.Registered registered) {
        isRegistering = false;
        if (isClosed) {
            return;
        }
        if (!registered.outcome().isOk()) {
            boolean ownDisk = controller.isLeading() && registered.outcome().error() == ErrorKind.STORAGE_ERROR;
            boolean isTooOld = registered.outcome().error() == ErrorKind.UNSUPPORTED_VERSION;
            if (isTooOld || ownDisk && !isReady) {
                onRefused.accept(registered.outcome());
            } else {
                ports.loop().after(RETRY_MS, this::register);
            }
            return;
        }
        epoch = registered.epoch();
        if (!isReady) {
            isReady = true;
            onReady.run();
        }
        onApplied();
        beat();
    }

    private void beat() {
        if (epoch == NOT_REGISTERED || isBeating || isClosed) {
            return;
        }
        stopWaiting();
        isBeating = true;
        long number = ++beatNumber;
        long sentMs = ports.clock().monotonicMs();
        Heartbeat heartbeat =
                new Heartbeat(identity.nodeId(), epoch, applied.offset(), answeredMs, wantsToServe, wantsToLeave);
        router.askOnce(new Call.Beat(heartbeat), settings.sessionTimeoutMs() / 3, once -> {
            if (number == beatNumber) {
                isBeating = false;
                onBeat(once, sentMs);
            }
        });
    }

    private void onBeat(CallRouter.Once<HeartbeatReply> once, long sentMs) {
        if (once instanceof CallRouter.Once.Answered<HeartbeatReply>(HeartbeatReply reply)) {
            if (!reply.outcome().isOk()) {
                registerAgain();
                return;
            }
            if (reply.followedMsAgo() != HeartbeatReply.UNKNOWN) {
                quorum.onMajority(sentMs - reply.followedMsAgo());
            }
            renewLease(reply, sentMs);
            tellWhenServing();
            if (reply.mayStop()) {
                mayStop();
            }
            boolean isFirst = answeredMs == Heartbeat.NO_ANSWER;
            answeredMs = reply.answeredMs();
            if (isFirst && !controller.isLeading()) {
                beat(); // only with the second one does the controller know that this node follows it
                return;
            }
        }
        beatAgainAfter(sentMs);
    }

    /// The controller does not know this life of the node (any more): somebody unregistered it, a message of an earlier
    /// life came late, or another machine goes by the same number, and then this one is replaced.
    private void registerAgain() {
        endLease();
        boolean isReplaced = applied.image()
                .registration(identity.nodeId())
                .filter(node -> !node.directoryId().equals(identity.directoryId()))
                .isPresent();
        if (isReplaced) {
            close();
            onRefused.accept(Outcome.refused(
                    ErrorKind.STALE_NODE_EPOCH,
                    "another process with other data registered as node " + identity.nodeId()));
            return;
        }
        epoch = NOT_REGISTERED;
        register();
    }

    private void renewLease(HeartbeatReply reply, long sentMs) {
        if (!isInEffect || reply.standing() == Standing.FENCED) {
            return;
        }
        if (settings.isAlone()) {
            ports.lease().set(LeaseCell.FOREVER);
        } else if (reply.followedMsAgo() != HeartbeatReply.UNKNOWN) {
            long until = sentMs - reply.followedMsAgo() + settings.sessionTimeoutMs();
            ports.lease().set(Math.max(ports.lease().untilMs(), until));
        }
    }

    private void endLease() {
        ports.lease().set(LeaseCell.NEVER);
        isInEffect = false;
        isSettling = false;
        settlings++;
    }

    /// What others took over while this node was fenced, its partitions have to know before it may speak for any.
    private void settle() {
        isSettling = true;
        long number = settlings;
        barrier.whenPassed(() -> ports.loop().post(() -> {
            if (number == settlings) {
                isSettling = false;
                isInEffect = true;
                beat(); // which brings the lease
            }
        }));
    }

    private void beatAgainAfter(long sentMs) {
        boolean wantsMore = onMayStop != null || wantsToServe && onServing != null;
        if (!settings.isAlone() || wantsMore) {
            long passedMs = ports.clock().monotonicMs() - sentMs;
            nextBeat = ports.loop().after(Math.max(1, settings.heartbeatMs() - passedMs), this::beat);
        }
    }

    private void stopWaiting() {
        Loop.Timer timer = nextBeat;
        if (timer != null) {
            timer.cancel();
            nextBeat = null;
        }
    }

    /// The image may say something new about this node.
    void onApplied() {
        if (epoch == NOT_REGISTERED || isClosed) {
            return;
        }
        MetadataImage image = applied.image();
        Optional<NodeRegistered> self = image.registration(identity.nodeId()).filter(node -> node.epoch() == epoch);
        if (self.isEmpty() || self.get().fenced()) {
            endLease();
        } else if (!isInEffect && !isSettling) {
            settle();
        }
    }

    private void tellWhenServing() {
        Runnable told = onServing;
        boolean isActive = applied.image()
                .registration(identity.nodeId())
                .filter(node -> node.epoch() == epoch && node.standing() == Standing.ACTIVE)
                .isPresent();
        if (told != null
                && isActive
                && ports.clock().monotonicMs() < ports.lease().untilMs()) {
            onServing = null;
            told.run();
        }
    }

    void close() {
        isClosed = true;
        stopWaiting();
        beatNumber++;
    }
}
