package io.millrace.cluster;

import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/// The port to whichever node is the controller: what one node asks with [LocalCluster]'s bytes, another answers in
/// [LocalCluster#onCall(ByteBuffer, Consumer)].
///
/// Owned by: the metadata loop; answers arrive inside it.
@FunctionalInterface
public interface ControllerLink {
    /// For a node that is alone: there is nobody to ask.
    ControllerLink NONE = (to, call, timeoutMs, answer) ->
            answer.accept(new PeerAnswer.Failed(PeerAnswer.Reason.UNREACHABLE, false, "no link to other nodes"));

    /// @param call the bytes, without anything the channel wraps around them
    /// @param timeoutMs after which the answer is [PeerAnswer.Reason#TIMED_OUT]
    /// @param answer called exactly once; a frame's bytes are what `onCall` replied, without the wrapping
    void ask(PeerAddress to, ByteBuffer call, long timeoutMs, Consumer<PeerAnswer> answer);

    /// Asks a node, whoever it is, what any node answers.
    default void askNode(PeerAddress to, ByteBuffer call, long timeoutMs, Consumer<PeerAnswer> answer) {
        ask(to, call, timeoutMs, answer);
    }

    /// Asks a node, whoever it is, whether it is there: a frame says so, whatever is in it.
    default void hello(PeerAddress to, long timeoutMs, Consumer<PeerAnswer> answer) {
        ask(to, ByteBuffer.allocate(0), timeoutMs, answer);
    }
}
