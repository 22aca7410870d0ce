package io.millrace.amqp.session;

import io.millrace.broker.message.Message;
import java.util.OptionalInt;
import java.util.function.Consumer;

/// The port to reply consumers (`amq.rabbitmq.reply-to`): who waits for an answer, on whatever node.
///
/// May be called from any loop.
public interface DirectReplies {
    /// On which node somebody waits under this name, if it is one that we gave out.
    static OptionalInt nodeOf(String name) {
        int begin = ReplyConsumer.PREFIX.length();
        int end = name.indexOf('-', begin);
        boolean isNumbered = name.startsWith(ReplyConsumer.PREFIX)
                && end > begin
                && end - begin < 10
                && name.chars().skip(begin).limit(end - begin).allMatch(digit -> digit >= '0' && digit <= '9');
        return isNumbered ? OptionalInt.of(Integer.parseInt(name, begin, end, 10)) : OptionalInt.empty();
    }

    /// From now on, messages for `name` arrive at `consumer`, on the loop of the caller.
    void open(String name, Consumer<Message> consumer);

    void close(String name);

    /// Whether somebody waits under this name, as far as this node can tell.
    boolean isOpen(String name);

    /// Hands the message to who waits, if somebody does; false when nobody does. Nobody tells of other nodes.
    boolean send(String name, Message message);
}
