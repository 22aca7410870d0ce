package io.millrace.amqp.session;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.codec.wire.ReplyCode;
import io.millrace.amqp.mapping.Tables;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.stream.StreamFilter;
import io.millrace.broker.stream.StreamStart;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import java.util.Optional;

/// `basic.qos`, `consume` and `cancel`.
final class HandleConsume {
    private static final String PRIORITY = "x-priority";

    private HandleConsume() {}

    static void qos(AmqpChannel channel, BasicMethods.Qos qos) throws Refused {
        if (qos.prefetchSize() != 0) {
            throw Refused.notImplemented("prefetch_size!=0 (" + qos.prefetchSize() + ")");
        }
        if (qos.global()) {
            channel.deliveries().channelPrefetch(qos.prefetchCount());
        } else {
            channel.deliveries().consumerPrefetch(qos.prefetchCount());
        }
        channel.send(new BasicMethods.QosOk());
    }

    static void consume(AmqpChannel channel, BasicMethods.Consume consume) throws Refused {
        if (consume.queue().equals(ReplyConsumer.QUEUE)) {
            consumeReplies(channel, consume);
            return;
        }
        checkTagIsNew(channel, consume.consumerTag());
        QueueName name = Lookup.name(channel, consume.queue());
        channel.connection().access().read(name);
        QueueView view = Lookup.usable(channel, name);
        checkPriority(channel, name, consume.arguments());
        checkStream(channel, view, consume);
        ConsumerSpec spec = new ConsumerSpec(
                tag(channel, consume),
                consume.noAck(),
                consume.exclusive(),
                consume.noAck() ? 0 : channel.deliveries().prefetch(),
                Tables.arguments(consume.arguments()));
        ChannelQueue queue = channel.deliveries().queue(view);
        ChannelConsumer consumer = channel.deliveries().addConsumer(queue, spec);
        AmqpChannel.Continuation then = channel.await();
        queue.hold()
                .consume(
                        spec,
                        consumer,
                        outcome -> then.goOn(() -> consuming(channel, consumer, consume.noWait(), outcome)));
    }

    private static void consuming(AmqpChannel channel, ChannelConsumer consumer, boolean noWait, QueueOutcome outcome)
            throws Refused {
        if (outcome != QueueOutcome.DONE) {
            channel.deliveries().removeConsumer(consumer);
            Outcomes.check(channel, consumer.queue().view().ref().name(), outcome);
        }
        channel.answer(noWait, new BasicMethods.ConsumeOk(consumer.tag()));
    }

    private static void checkTagIsNew(AmqpChannel channel, String tag) throws Refused {
        ReplyConsumer replies = channel.deliveries().replyConsumer();
        boolean isReplies = replies != null && replies.tag().equals(tag);
        if (isReplies || (!tag.isEmpty() && channel.deliveries().consumer(tag) != null)) {
            throw Refused.notAllowed("attempt to reuse consumer tag '" + tag + "'");
        }
        int most = channel.connection().config().consumersMax();
        if (channel.deliveries().consumerCount() >= most) {
            throw new Refused(ReplyCode.NOT_ALLOWED, "a channel may have " + most + " consumers");
        }
    }

    private static void checkPriority(AmqpChannel channel, QueueName name, FieldTable arguments) throws Refused {
        Optional<FieldValue> priority = arguments.find(PRIORITY);
        if (priority.isPresent() && !(priority.get() instanceof FieldValue.Int)) {
            throw Refused.preconditionFailed("invalid arg '" + PRIORITY + "' for " + Lookup.text(channel, name)
                    + ": \"expected integer, got " + Inequivalences.typeName(priority.get()) + "\"");
        }
    }

    private static void checkStream(AmqpChannel channel, QueueView view, BasicMethods.Consume consume) throws Refused {
        if (view.spec().type() != QueueType.STREAM) {
            return;
        }
        String queue = Lookup.text(channel, view.ref().name());
        if (channel.deliveries().prefetch() == 0) {
            throw Refused.preconditionFailed("consumer prefetch count is not set for '" + queue + "'");
        }
        if (consume.noAck()) {
            throw Refused.notImplemented("automatic acknowledgement not supported by stream queues " + queue);
        }
        Arguments arguments = Tables.arguments(consume.arguments());
        if (StreamStart.of(arguments, 0).isEmpty()) {
            throw invalid(StreamStart.ARGUMENT, queue, "invalid_offset_arg");
        }
        if (StreamFilter.of(arguments).isEmpty()) {
            throw invalid(StreamFilter.ARGUMENT, queue, "invalid_filter_arg");
        }
    }

    /// RabbitMQ crashes; these words are ours.
    private static Refused invalid(String argument, String queue, String why) {
        return Refused.preconditionFailed("invalid arg '" + argument + "' for " + queue + ": " + why);
    }

    private static String tag(AmqpChannel channel, BasicMethods.Consume consume) {
        return consume.consumerTag().isEmpty()
                ? Names.generated("amq.ctag", channel.ports().randomness())
                : consume.consumerTag();
    }

    private static void consumeReplies(AmqpChannel channel, BasicMethods.Consume consume) throws Refused {
        checkTagIsNew(channel, consume.consumerTag());
        if (!consume.noAck()) {
            throw Refused.preconditionFailed("reply consumer cannot acknowledge");
        }
        if (channel.deliveries().replyConsumer() != null) {
            throw Refused.preconditionFailed("reply consumer already set");
        }
        String name = Names.generated(
                ReplyConsumer.PREFIX + channel.ports().nodeId(), channel.ports().randomness());
        ReplyConsumer consumer = new ReplyConsumer(tag(channel, consume), name);
        channel.deliveries().replyConsumer(consumer);
        channel.ports().replies().open(name, message -> channel.deliveries().sendReply(consumer, message));
        channel.answer(consume.noWait(), new BasicMethods.ConsumeOk(consumer.tag()));
    }

    static void cancel(AmqpChannel channel, BasicMethods.Cancel cancel) {
        String tag = cancel.consumerTag();
        ReplyConsumer replies = channel.deliveries().replyConsumer();
        ChannelConsumer consumer = channel.deliveries().consumer(tag);
        if (replies != null && replies.tag().equals(tag)) {
            channel.ports().replies().close(replies.name());
            channel.deliveries().replyConsumer(null);
        }
        if (consumer == null) {
            channel.answer(cancel.noWait(), new BasicMethods.CancelOk(tag));
            return;
        }
        AmqpChannel.Continuation then = channel.await();
        consumer.queue()
                .hold()
                .cancel(
                        tag,
                        () -> then.goOn(() -> {
                            channel.deliveries().removeConsumer(consumer);
                            channel.answer(cancel.noWait(), new BasicMethods.CancelOk(tag));
                        }));
    }
}
