package io.millrace.server.amqp;

import io.millrace.amqp.session.DirectReplies;
import io.millrace.broker.message.Message;
import io.millrace.model.Loop;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/// The reply consumers of this node: a table all loops share, and an answer posted to the loop that waits for it.
/// Answers for consumers of other nodes go there; whether anybody waits is seen there only.
///
/// May be used from any loop.
final class NodeReplies {
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();
    private final int nodeId;
    private final IntPredicate isActive;
    private final OtherNodes others;

    private record Waiting(Loop loop, Consumer<Message> consumer) {}

    /// Takes answers to other nodes.
    @FunctionalInterface
    interface OtherNodes {
        void send(Loop from, int nodeId, String name, Message message);
    }

    /// @param nodeId this node
    /// @param isActive whether a node is there
    NodeReplies(int nodeId, IntPredicate isActive, OtherNodes others) {
        this.nodeId = nodeId;
        this.isActive = isActive;
        this.others = others;
    }

    /// An answer from another node.
    void arrived(String name, Message message) {
        deliver(name, message);
    }

    private boolean deliver(String name, Message message) {
        Waiting who = waiting.get(name);
        if (who == null) {
            return false;
        }
        who.loop().run(() -> who.consumer().accept(message));
        return true;
    }

    private OptionalInt otherNode(String name) {
        OptionalInt node = DirectReplies.nodeOf(name);
        return node.isPresent() && node.getAsInt() != nodeId && isActive.test(node.getAsInt())
                ? node
                : OptionalInt.empty();
    }

    /// All reply consumers, as connections of `loop` use them.
    DirectReplies on(Loop loop) {
        return new DirectReplies() {
            @Override
            public void open(String name, Consumer<Message> consumer) {
                waiting.put(name, new Waiting(loop, consumer));
            }

            @Override
            public void close(String name) {
                waiting.remove(name);
            }

            @Override
            public boolean isOpen(String name) {
                return waiting.containsKey(name) || otherNode(name).isPresent();
            }

            @Override
            public boolean send(String name, Message message) {
                OptionalInt other = otherNode(name);
                if (other.isEmpty()) {
                    return deliver(name, message);
                }
                others.send(loop, other.getAsInt(), name, message);
                return true;
            }
        };
    }
}
