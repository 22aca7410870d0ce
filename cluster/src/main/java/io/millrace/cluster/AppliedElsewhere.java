package io.millrace.cluster;

import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.call.Call;
import io.millrace.cluster.call.CallCodec;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.stream.Stream;

/// Tells when the other nodes have applied what this one has. AMQP's clients count on it: who declares a queue over one
/// node and tells somebody its name, who then consumes over another node, must not meet NOT_FOUND there, and what he
/// publishes must not be unroutable. In RabbitMQ such a change is a transaction of all running nodes.
///
/// One question at a time is under way to each node, for the latest offset anybody waits for, so that a storm of
/// changes costs few of them. Who is fenced is not asked. Who did not answer in [#LIMIT_MS] is asked again, but waited
/// for only after an answer: a node that hangs delays those who wait just then, once, and is fenced soon.
///
/// Owned by: the metadata loop. Invariant: every turn runs exactly once, in the order they came.
final class AppliedElsewhere {
    static final long LIMIT_MS = 1_000;

    private final int self;
    private final ClusterPorts ports;
    private final AppliedMetadata applied;
    private final Map<Integer, Other> others = new HashMap<>();
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long wanted = -1;

    AppliedElsewhere(int self, ClusterPorts ports, AppliedMetadata applied) {
        this.self = self;
        this.ports = ports;
        this.applied = applied;
    }

    /// Somebody who acts when the others have applied `offset`, at which there was `seen`.
    private record Waiting(long offset, KnownTopology seen, Runnable turn) {}

    /// What is known of another node.
    private static final class Other {
        private long known = -1;
        private boolean isAsked;
        private boolean isSilent;
    }

    /// Whether nothing that exists, and nobody who has to know it, has changed since the others were known to know it
    /// all. May be called from any thread.
    boolean isKnown() {
        return ports.published().known().isOf(ports.published().get());
    }

    /// Runs `turn` once, when all that this node has applied is known to the others, or they can not be waited for.
    void whenKnown(Runnable turn) {
        wanted = applied.offset();
        waiting.add(new Waiting(wanted, KnownTopology.of(applied.image()), turn));
        List<NodeView> concerned = concerned();
        others.keySet().removeIf(id -> concerned.stream().noneMatch(node -> node.id() == id));
        concerned.forEach(node -> ask(node, others.computeIfAbsent(node.id(), _ -> new Other())));
        settle(concerned);
    }

    /// A node that fell silent is asked again when somebody else waits, not at once.
    private void proceed() {
        List<NodeView> concerned = concerned();
        settle(concerned);
        if (!waiting.isEmpty()) {
            concerned.forEach(node -> {
                Other other = others.get(node.id());
                if (other != null && !other.isSilent) {
                    ask(node, other);
                }
            });
        }
    }

    private void settle(List<NodeView> concerned) {
        long reached = concerned.stream()
                .flatMap(node -> Stream.ofNullable(others.get(node.id())))
                .filter(other -> !other.isSilent)
                .mapToLong(other -> other.known)
                .min()
                .orElse(Long.MAX_VALUE);
        boolean isKnown = others.values().stream().noneMatch(other -> other.isSilent);
        while (!waiting.isEmpty() && waiting.element().offset() <= reached) {
            Waiting next = waiting.remove();
            if (isKnown) {
                ports.published().know(next.seen());
            }
            next.turn().run();
        }
    }

    private List<NodeView> concerned() {
        var image = applied.image();
        return image.level().has(MetadataLevel.TOPOLOGY)
                ? image.nodes().stream()
                        .filter(node -> node.id() != self && !node.fenced())
                        .filter(node -> PeerAddress.of(node).isPresent())
                        .toList()
                : List.of();
    }

    private void ask(NodeView node, Other other) {
        if (other.isAsked || other.known >= wanted) {
            return;
        }
        long offset = wanted;
        var call = new Call.AwaitApplied(offset);
        PeerAddress address = PeerAddress.of(node).orElseThrow();
        other.isAsked = true;
        ports.controller().askNode(address, CallCodec.encode(call), LIMIT_MS, answer -> {
            other.isAsked = false;
            other.known = Math.max(other.known, offsetOf(call, answer));
            other.isSilent = other.known < offset;
            proceed();
        });
    }

    private long offsetOf(Call.AwaitApplied call, PeerAnswer answer) {
        return answer instanceof PeerAnswer.Frame frame
                        && CallCodec.decodeAnswer(call, frame.bytes(), applied.image())
                                instanceof CallCodec.Answer.Replied<Outcome>(Outcome _, long offset)
                ? offset
                : -1;
    }
}
