package io.millrace.simulator.node;

import io.millrace.cluster.ControllerLink;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.model.Lease;
import io.millrace.simulator.net.LinkAnswer;
import io.millrace.simulator.net.SimLink;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.world.SimLoop;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/// One node's connections to whichever node is the controller.
///
/// Owned by: the metadata loop of its node.
final class ControlLinks implements ControllerLink {
    static final String CHANNEL = "control";

    private final SimNetwork network;
    private final int nodeId;
    private final SimLoop loop;
    private final Map<Integer, SimLink<ByteBuffer, ByteBuffer>> links = new HashMap<>();

    ControlLinks(SimNetwork network, int nodeId, SimLoop loop) {
        this.network = network;
        this.nodeId = nodeId;
        this.loop = loop;
    }

    @Override
    public void ask(PeerAddress to, ByteBuffer call, long timeoutMs, Consumer<PeerAnswer> answer) {
        links.computeIfAbsent(SimNetwork.nodeAt(to), target -> network.link(nodeId, target, CHANNEL, loop::post))
                .send(copy(call), timeoutMs, outcome -> answer.accept(answer(outcome)));
    }

    private static PeerAnswer answer(LinkAnswer<ByteBuffer> outcome) {
        return switch (outcome) {
            case LinkAnswer.Answered<ByteBuffer>(ByteBuffer bytes) ->
                new PeerAnswer.Frame(bytes.duplicate(), Lease.NONE);
            case LinkAnswer.Failed<ByteBuffer>(PeerAnswer.Reason reason, boolean isSent) ->
                new PeerAnswer.Failed(reason, isSent, "simulated");
        };
    }

    /// What travels is what was said, whatever becomes of the buffer.
    static ByteBuffer copy(ByteBuffer bytes) {
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
        copy.put(bytes.duplicate()).flip();
        return copy;
    }
}
