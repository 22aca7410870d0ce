package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.QueueName;
import org.jspecify.annotations.Nullable;

/// `basic.get`.
final class HandleGet {
    private HandleGet() {}

    static void on(AmqpChannel channel, BasicMethods.Get get) throws Refused {
        QueueName name = Lookup.name(channel, get.queue());
        channel.connection().access().read(name);
        QueueView view = Lookup.usable(channel, name);
        if (view.spec().type() == QueueType.STREAM) {
            throw Refused.notImplemented("basic.get not supported by stream queues " + Lookup.text(channel, name));
        }
        int most = channel.connection().config().unackedMax();
        if (channel.deliveries().unsettledCount() >= most) {
            throw Refused.preconditionFailed("a channel may have " + most + " unacknowledged messages");
        }
        ChannelQueue queue = channel.deliveries().queue(view);
        queue.used(1);
        AmqpChannel.Continuation then = channel.await();
        queue.hold()
                .get(
                        get.noAck(),
                        (outcome, delivery, readyAfter) -> then.goOn(() -> {
                            queue.used(-1);
                            got(channel, get, queue, outcome, delivery, readyAfter);
                        }));
    }

    private static void got(
            AmqpChannel channel,
            BasicMethods.Get get,
            ChannelQueue queue,
            QueueOutcome outcome,
            @Nullable Delivery delivery,
            long readyAfter)
            throws Refused {
        Outcomes.check(channel, queue.view().ref().name(), outcome);
        if (delivery == null) {
            channel.send(new BasicMethods.GetEmpty());
        } else {
            channel.deliveries().sendGot(queue, delivery, get.noAck(), readyAfter);
        }
    }
}
