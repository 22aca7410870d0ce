package io.millrace.cluster;

import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.call.Call;
import io.millrace.cluster.call.CallCodec;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.model.ErrorKind;
import io.millrace.model.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Brings calls to whichever node is the controller. What certainly did not arrive is tried again until somebody leads;
/// what may have arrived only if doing it twice does no harm: then soon, for the one asked may be gone. Replies of
/// another node wait until this one has applied what they are based on: who was told that a topic exists finds it here.
///
/// Owned by: the metadata loop. Invariant: every call is answered exactly once.
final class CallRouter {
    private static final long GIVE_UP_MS = 10_000;
    private static final long RETRY_MS = 50;
    private static final long ATTEMPT_MS = 1_000;
    private static final int PENDING_MAX = 100_000;
    private static final Outcome UNANSWERED = Outcome.refused(
            ErrorKind.REQUEST_TIMED_OUT, "The controller did not answer; the change may have been made.");
    private static final Outcome OVERLOADED =
            Outcome.refused(ErrorKind.THROTTLED, "Too many metadata changes are waiting.");

    private final ClusterPorts ports;
    private final AppliedMetadata applied;
    private final LocalController local;
    private final List<Pending<?>> parked = new ArrayList<>();
    private OptionalInt leader = OptionalInt.empty();
    private Loop.@Nullable Timer retry;
    private int pendingCount;

    CallRouter(ClusterPorts ports, AppliedMetadata applied, LocalController local) {
        this.ports = ports;
        this.applied = applied;
        this.local = local;
    }

    /// A call that waits for its reply.
    private record Pending<R>(Call<R> call, Consumer<R> reply, long deadlineMs) {
        void refuse(Outcome why) {
            reply.accept(call.refused(why));
        }
    }

    /// How a call that is tried once went.
    sealed interface Once<R> {
        record Answered<R>(R reply) implements Once<R> {}

        /// Nobody answered, or not as the controller.
        record Failed<R>() implements Once<R> {}
    }

    /// Asks until there is an answer, for some seconds.
    ///
    /// Invariant: what came with a later level than the finalised one is not asked of anybody, for a node that does not
    /// know it may be the controller. A node that does not know the level of the others yet takes it for the first one.
    <R> void ask(Call<R> call, Consumer<R> reply) {
        MetadataLevel level = applied.image().level();
        MetadataLevel since = CallCodec.since(call);
        if (!level.has(since)) {
            reply.accept(call.refused(level.tooLowFor(since)));
            return;
        }
        if (pendingCount >= PENDING_MAX) {
            reply.accept(call.refused(OVERLOADED));
            return;
        }
        pendingCount++;
        Consumer<R> counted = answer -> {
            pendingCount--;
            reply.accept(answer);
        };
        attempt(new Pending<>(call, counted, ports.clock().monotonicMs() + GIVE_UP_MS));
    }

    private <R> void attempt(Pending<R> pending) {
        if (local.isLeading()) {
            answerHere(pending);
            return;
        }
        Optional<PeerAddress> address = controllerAddress();
        if (address.isEmpty()) {
            park(pending);
            return;
        }
        int asked = leader.orElseThrow();
        long leftMs = leftMs(pending);
        long timeoutMs = pending.call().isRepeatable() ? Math.min(leftMs, ATTEMPT_MS) : leftMs;
        ports.controller().ask(address.get(), CallCodec.encode(pending.call()), timeoutMs, answer -> {
            switch (answer) {
                case PeerAnswer.Frame frame -> onFrame(pending, frame);
                case PeerAnswer.Failed failed -> onFailed(pending, failed, asked);
            }
        });
    }

    /// This node as the controller may wait for its disk, or for others to follow: who asks waits no longer than for
    /// another node.
    private <R> void answerHere(Pending<R> pending) {
        Open open = new Open();
        local.answer(
                pending.call(),
                reply -> {
                    if (open.close()) {
                        pending.reply().accept(reply);
                    }
                },
                () -> {
                    if (open.close()) {
                        park(pending);
                    }
                });
        if (!open.isClosed) {
            open.deadline = ports.loop().after(leftMs(pending), () -> {
                if (open.close()) {
                    pending.refuse(UNANSWERED);
                }
            });
        }
    }

    private long leftMs(Pending<?> pending) {
        return Math.max(1, pending.deadlineMs() - ports.clock().monotonicMs());
    }

    /// A call to the controller on this node that nobody has answered yet.
    private static final class Open {
        private boolean isClosed;
        private Loop.@Nullable Timer deadline;

        /// Answers whether it was open until now.
        boolean close() {
            boolean wasOpen = !isClosed;
            isClosed = true;
            Loop.Timer timer = deadline;
            if (timer != null) {
                timer.cancel();
                deadline = null;
            }
            return wasOpen;
        }
    }

    private <R> void onFrame(Pending<R> pending, PeerAnswer.Frame frame) {
        switch (CallCodec.decodeAnswer(pending.call(), frame.bytes(), applied.image())) {
            case CallCodec.Answer.Replied<R>(R reply, long offset) ->
                applied.when(offset, leftMs(pending), () -> pending.reply().accept(reply));
            case CallCodec.Answer.NotController<R>() -> park(pending);
            case CallCodec.Answer.Malformed<R>(String why) ->
                pending.refuse(Outcome.refused(ErrorKind.UNKNOWN, "The controller and this node differ: " + why));
        }
    }

    private void onFailed(Pending<?> pending, PeerAnswer.Failed failed, int asked) {
        noteRefused(failed, asked);
        boolean isOver = ports.clock().monotonicMs() >= pending.deadlineMs();
        if (failed.isSent() && (isOver || !pending.call().isRepeatable())) {
            pending.refuse(UNANSWERED);
        } else {
            park(pending);
        }
    }

    private void noteRefused(PeerAnswer.Failed failed, int asked) {
        if (failed.reason() == PeerAnswer.Reason.REFUSED) {
            local.onRefused(asked);
        }
    }

    /// Asks once, now; the answer does not wait for this node to know more.
    <R> void askOnce(Call<R> call, long timeoutMs, Consumer<Once<R>> reply) {
        Runnable failure = () -> reply.accept(new Once.Failed<>());
        if (local.isLeading()) {
            local.answer(call, answer -> reply.accept(new Once.Answered<>(answer)), failure);
            return;
        }
        Optional<PeerAddress> address = controllerAddress();
        if (address.isEmpty()) {
            failure.run();
            return;
        }
        int asked = leader.orElseThrow();
        ports.controller().ask(address.get(), CallCodec.encode(call), timeoutMs, answer -> {
            switch (answer) {
                case PeerAnswer.Frame frame -> reply.accept(once(call, frame));
                case PeerAnswer.Failed failed -> {
                    noteRefused(failed, asked);
                    failure.run();
                }
            }
        });
    }

    private <R> Once<R> once(Call<R> call, PeerAnswer.Frame frame) {
        return CallCodec.decodeAnswer(call, frame.bytes(), applied.image())
                        instanceof CallCodec.Answer.Replied<R>(R reply, long _)
                ? new Once.Answered<>(reply)
                : new Once.Failed<>();
    }

    /// Voters know each other's addresses before any node is registered.
    private Optional<PeerAddress> controllerAddress() {
        if (leader.isEmpty()) {
            return Optional.empty();
        }
        int node = leader.getAsInt();
        return ports.log().addressOf(node).or(() -> PeerAddress.of(applied.image(), node));
    }

    private Outcome nobody() {
        QuorumSight sight = ports.lease().quorum();
        return Outcome.refused(
                ErrorKind.NOT_CONTROLLER,
                sight.hasMajority(ports.clock().monotonicMs())
                        ? "No node is the active controller now."
                        : "Nothing can be changed now: " + sight.words() + ".");
    }

    private void park(Pending<?> pending) {
        if (ports.clock().monotonicMs() >= pending.deadlineMs()) {
            pending.refuse(nobody());
            return;
        }
        parked.add(pending);
        if (retry == null) {
            retry = ports.loop().after(RETRY_MS, this::unpark);
        }
    }

    private void unpark() {
        Loop.Timer timer = retry;
        if (timer != null) {
            timer.cancel();
            retry = null;
        }
        List<Pending<?>> again = List.copyOf(parked);
        parked.clear();
        again.forEach(this::attempt);
    }

    void onLeader(OptionalInt leaderId) {
        leader = leaderId;
        if (leaderId.isPresent()) {
            unpark();
        }
    }

    boolean knowsLeader() {
        return leader.isPresent();
    }
}
