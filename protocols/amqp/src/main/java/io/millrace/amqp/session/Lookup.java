package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.QueueName;
import io.millrace.model.VhostName;
import java.util.Optional;

/// Finds queues as methods name them, in RabbitMQ's words where there is none.
final class Lookup {
    private Lookup() {}

    /// A queue's name; the empty one stands for the queue that the channel declared last.
    static QueueName name(AmqpChannel channel, String given) throws Refused {
        if (!given.isEmpty()) {
            return new QueueName(given);
        }
        if (channel.lastQueue().isEmpty()) {
            throw Refused.notFound("no previously declared queue");
        }
        return new QueueName(channel.lastQueue());
    }

    /// A queue, or else the topic of this name.
    private static Optional<QueueView> find(AmqpChannel channel, QueueName name) throws Refused {
        Optional<QueueView> queue = channel.connection().vhost().queue(name);
        return queue.isPresent() ? queue : topic(channel, name);
    }

    /// A topic that can be used as a queue.
    static Optional<QueueView> topic(AmqpChannel channel, QueueName name) {
        return channel.ports().topics().find(channel.connection().vhostName(), name);
    }

    static QueueView queue(AmqpChannel channel, QueueName name) throws Refused {
        return find(channel, name).orElseThrow(() -> missing(channel, name));
    }

    static Refused missing(AmqpChannel channel, QueueName name) {
        return Refused.notFound("no " + text(channel, name));
    }

    static String text(AmqpChannel channel, QueueName name) {
        VhostName vhost = channel.connection().vhostName();
        return Names.queue(name, vhost);
    }

    /// A queue that this connection may use; what is exclusive to another is not.
    static QueueView usable(AmqpChannel channel, QueueName name) throws Refused {
        QueueView view = queue(channel, name);
        if (isLocked(channel, view)) {
            throw locked(channel, name);
        }
        return view;
    }

    /// Whether it is exclusive to another connection.
    static boolean isLocked(AmqpChannel channel, QueueView view) {
        return view.spec().exclusive() && !isOwned(channel, view);
    }

    static boolean isOwned(AmqpChannel channel, QueueView view) {
        return view.owner()
                .filter(channel.connection().peer().connection()::equals)
                .isPresent();
    }

    static Refused locked(AmqpChannel channel, QueueName name) {
        return locked(new QueueRef(channel.connection().vhostName(), name));
    }

    static Refused locked(QueueRef queue) {
        return new Refused(
                ReplyCode.RESOURCE_LOCKED,
                "cannot obtain exclusive access to locked " + queue
                        + ". It could be originally declared on another connection or the exclusive property value does"
                        + " not match that of the original declaration.");
    }
}
