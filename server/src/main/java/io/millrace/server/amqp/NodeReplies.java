package io.millrace.server.amqp;

import io.millrace.amqp.session.DirectReplies;
import io.millrace.broker.message.Message;
import io.millrace.model.Loop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The reply consumers of this node: a table all loops share, and an answer posted to the loop that waits for it.
///
/// May be used from any loop.
final class NodeReplies {
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    private record Waiting(Loop loop, Consumer<Message> consumer) {}

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
                return waiting.containsKey(name);
            }

            @Override
            public boolean send(String name, Message message) {
                Waiting who = waiting.get(name);
                if (who == null) {
                    return false;
                }
                who.loop().run(() -> who.consumer().accept(message));
                return true;
            }
        };
    }
}
