package io.millrace.cluster;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerEnvelope;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.peer.Peers;
import io.millrace.model.Loop;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Asks the controller over [PeerChannel#CONTROL]. The link to the node asked last is kept, links to earlier ones are
/// closed: there is one controller at a time.
/// Who is asked as any node has a link of its own, so that this disturbs nothing; addresses that nobody has any more
/// are forgotten when there are too many.
///
/// Owned by: the metadata loop.
public final class PeerControllerLink implements ControllerLink, AutoCloseable {
    /// More than a cluster has voters: what was asked longest ago is then no voter's address any more.
    static final int GREETED_MAX = 64;

    private final Peers peers;
    private final Loop loop;
    private final int nodeId;
    /// Who was asked last comes last.
    private final LinkedHashMap<PeerAddress, PeerLink> greeted = new LinkedHashMap<>();
    private @Nullable Open open;

    /// @param nodeId this node
    public PeerControllerLink(Peers peers, Loop loop, int nodeId) {
        this.peers = peers;
        this.loop = loop;
        this.nodeId = nodeId;
    }

    private record Open(PeerAddress to, PeerLink link) {}

    @Override
    public void ask(PeerAddress to, ByteBuffer call, long timeoutMs, Consumer<PeerAnswer> answer) {
        loop.assertOwned();
        send(link(to), PeerEnvelope.Kind.CALL, call, timeoutMs, answer);
    }

    @Override
    public void askNode(PeerAddress to, ByteBuffer call, long timeoutMs, Consumer<PeerAnswer> answer) {
        loop.assertOwned();
        send(greeted(to), PeerEnvelope.Kind.CALL, call, timeoutMs, answer);
    }

    @Override
    public void hello(PeerAddress to, long timeoutMs, Consumer<PeerAnswer> answer) {
        loop.assertOwned();
        send(greeted(to), PeerEnvelope.Kind.INTRODUCTION, ByteBuffer.allocate(0), timeoutMs, answer);
    }

    private void send(
            PeerLink link, PeerEnvelope.Kind kind, ByteBuffer asked, long timeoutMs, Consumer<PeerAnswer> answer) {
        ByteBuffer frame = PeerEnvelope.request(kind, nodeId, asked);
        link.send(frame, timeoutMs, opened -> answer.accept(PeerEnvelope.opened(opened)));
    }

    private PeerLink greeted(PeerAddress to) {
        PeerLink known = greeted.get(to);
        PeerLink link = known == null ? peers.link(loop, to, PeerChannel.CONTROL) : known;
        greeted.putLast(to, link);
        if (greeted.size() > GREETED_MAX) {
            greeted.pollFirstEntry().getValue().close();
        }
        return link;
    }

    private PeerLink link(PeerAddress to) {
        Open now = open;
        if (now != null && now.to.equals(to)) {
            return now.link;
        }
        close();
        PeerLink link = peers.link(loop, to, PeerChannel.CONTROL);
        open = new Open(to, link);
        return link;
    }

    /// The link to the controller; the others end with the network.
    @Override
    public void close() {
        if (open != null) {
            open.link.close();
            open = null;
        }
    }
}
