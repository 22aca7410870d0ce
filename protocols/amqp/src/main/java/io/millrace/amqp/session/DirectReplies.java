package io.millrace.amqp.session;

import io.millrace.broker.message.Message;
import java.util.function.Consumer;

/// The port to reply consumers (`amq.rabbitmq.reply-to`): who waits for an answer, on whatever loop of this node.
///
/// May be called from any loop.
public interface DirectReplies {
    /// From now on, messages for `name` arrive at `consumer`, on the loop of the caller.
    void open(String name, Consumer<Message> consumer);

    void close(String name);

    boolean isOpen(String name);

    /// Hands the message to who waits, if somebody does; false when nobody does.
    boolean send(String name, Message message);
}
