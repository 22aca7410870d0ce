package io.millrace.server.census;

import io.millrace.broker.catalog.Catalog;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.NodeView;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerEnvelope;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.peer.Peers;
import io.millrace.model.Loop;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// The other nodes, asked over links of their own.
///
/// Owned by: its loop.
final class OtherNodes {
    /// One that takes longer counts as one that does not run.
    static final long ANSWER_MS = 1_500;

    private final int self;
    private final CatalogSource cluster;
    private final Peers peers;
    private final Loop loop;
    private final Map<Integer, Line> lines = new HashMap<>();

    OtherNodes(int self, CatalogSource cluster, Peers peers, Loop loop) {
        this.self = self;
        this.cluster = cluster;
        this.peers = peers;
        this.loop = loop;
    }

    private record Line(PeerAddress to, PeerLink link) {}

    /// Who is there to be asked: nobody before the level that brought the questions. May be called from any thread.
    List<Integer> present() {
        Catalog known = cluster.current();
        return MetadataLevel.finalised(known.features()).has(MetadataLevel.TOPOLOGY)
                ? known.nodes().stream()
                        .filter(node -> node.id() != self && node.isActive())
                        .filter(node -> PeerAddress.of(node).isPresent())
                        .map(NodeView::id)
                        .toList()
                : List.of();
    }

    /// @param reply called once, in a turn of the loop
    void ask(int node, Question question, Consumer<PeerAnswer> reply) {
        loop.assertOwned();
        var address = PeerAddress.of(cluster.current(), node);
        if (address.isEmpty()) {
            reply.accept(new PeerAnswer.Failed(PeerAnswer.Reason.UNREACHABLE, false, "it left the cluster"));
            return;
        }
        forgetOthersThan(present(), node);
        ByteBuffer frame = PeerEnvelope.request(PeerEnvelope.Kind.QUESTION, self, CensusCodec.encode(question));
        line(node, address.get()).send(frame, ANSWER_MS, answer -> reply.accept(PeerEnvelope.opened(answer)));
    }

    private PeerLink line(int node, PeerAddress to) {
        Line known = lines.get(node);
        if (known != null && known.to().equals(to)) {
            return known.link();
        }
        if (known != null) {
            known.link().close();
        }
        PeerLink link = peers.link(loop, to, PeerChannel.CONTROL);
        lines.put(node, new Line(to, link));
        return link;
    }

    private void forgetOthersThan(List<Integer> present, int node) {
        lines.entrySet().removeIf(line -> {
            boolean isGone = line.getKey() != node && !present.contains(line.getKey());
            if (isGone) {
                line.getValue().link().close();
            }
            return isGone;
        });
    }
}
