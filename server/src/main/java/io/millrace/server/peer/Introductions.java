package io.millrace.server.peer;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerEnvelope;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.peer.Peers;
import io.millrace.model.Loop;
import io.millrace.server.peer.Formation.Heard;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Asks addresses who listens there.
///
/// Owned by: its loop; its methods may be called from any thread.
final class Introductions implements AutoCloseable {
    private static final long TIMEOUT_MS = 1_000;

    private final Peers peers;
    private final Loop loop;
    private final int nodeId;
    private final Map<PeerAddress, PeerLink> links = new LinkedHashMap<>();

    Introductions(Peers peers, Loop loop, int nodeId, List<PeerAddress> addresses) {
        this.peers = peers;
        this.loop = loop;
        this.nodeId = nodeId;
        alsoAsk(addresses);
    }

    /// From the next time on these are asked, too.
    void alsoAsk(List<PeerAddress> addresses) {
        loop.run(() -> addresses.forEach(
                address -> links.computeIfAbsent(address, to -> peers.link(loop, to, PeerChannel.CONTROL))));
    }

    /// Completes when every address answered or had its time.
    CompletableFuture<Map<PeerAddress, Heard>> ask() {
        CompletableFuture<Map<PeerAddress, Heard>> all = new CompletableFuture<>();
        loop.run(() -> {
            Map<PeerAddress, Heard> heard = new LinkedHashMap<>();
            int asked = links.size();
            links.forEach((address, link) -> ask(link, answer -> {
                heard.put(address, answer);
                if (heard.size() == asked) {
                    all.complete(heard);
                }
            }));
        });
        return all;
    }

    private void ask(PeerLink link, Consumer<Heard> reply) {
        ByteBuffer frame = PeerEnvelope.request(PeerEnvelope.Kind.INTRODUCTION, nodeId, ByteBuffer.allocate(0));
        link.send(frame, TIMEOUT_MS, answer -> reply.accept(heard(PeerEnvelope.opened(answer))));
    }

    private static Heard heard(PeerAnswer answer) {
        return switch (answer) {
            // Whoever hangs up on what every node answers is none, or another listener of one.
            case PeerAnswer.Failed(PeerAnswer.Reason reason, boolean sent, String why)
            when sent && reason == PeerAnswer.Reason.CLOSED ->
                new Heard.Silent(why + ": perhaps it is not a node's port for other nodes (listeners.cluster)");
            case PeerAnswer.Failed failed -> new Heard.Silent(failed.why());
            case PeerAnswer.Frame frame ->
                Introduction.decode(frame.bytes())
                        .<Heard>map(Heard.Answered::new)
                        .orElseGet(() -> new Heard.Silent("no Millrace of this version listens there"));
        };
    }

    @Override
    public void close() {
        loop.run(() -> links.values().forEach(PeerLink::close));
    }
}
