package io.millrace.server.stream;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerChannel;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.cluster.peer.Peers;
import io.millrace.model.Loop;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One connection to a node, by which records are asked for and appended; it goes where the metadata says the node
/// listens at the moment of asking. Answers come in the order of the requests. What a node has not answered when it is
/// out of reach, frozen for example, is given up at once: by then somebody else leads.
///
/// Owned by: the loop it was made for.
final class LeaderLine {
    /// So long a request may stay with a node that the cluster has given up.
    private static final long LOOK_MS = 250;

    private final Peers peers;
    private final Loop loop;
    private final Supplier<Optional<PeerAddress>> address;
    private @Nullable PeerLink link;
    private @Nullable PeerAddress linkedTo;
    private int unanswered;
    private boolean looksSoon;

    /// @param address where the node is to be asked; empty while it is not
    LeaderLine(Peers peers, Loop loop, Supplier<Optional<PeerAddress>> address) {
        this.peers = peers;
        this.loop = loop;
        this.address = address;
    }

    void send(ByteBuffer frame, long timeoutMs, Consumer<PeerAnswer> answer) {
        Optional<PeerAddress> to = address.get();
        if (to.isEmpty()) {
            loop.post(() -> answer.accept(new PeerAnswer.Failed(
                    PeerAnswer.Reason.UNREACHABLE, false, "nobody knows where the leader listens")));
        } else {
            unanswered++;
            linkTo(to.get()).send(frame, timeoutMs, given -> {
                unanswered--;
                answer.accept(given);
            });
            lookSoon();
        }
    }

    private void lookSoon() {
        if (!looksSoon && unanswered > 0) {
            looksSoon = true;
            loop.after(LOOK_MS, this::look);
        }
    }

    private void look() {
        looksSoon = false;
        PeerLink current = link;
        if (current != null && unanswered > 0 && address.get().isEmpty()) {
            link = null;
            linkedTo = null;
            current.close();
        }
        lookSoon();
    }

    private PeerLink linkTo(PeerAddress to) {
        PeerLink current = link;
        if (current != null && to.equals(linkedTo)) {
            return current;
        }
        if (current != null) {
            current.close(); // it came back somewhere else
        }
        PeerLink fresh = peers.link(loop, to, PeerChannel.RECORDS);
        link = fresh;
        linkedTo = to;
        return fresh;
    }
}
