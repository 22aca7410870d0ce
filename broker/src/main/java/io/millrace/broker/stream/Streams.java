package io.millrace.broker.stream;

import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.message.Message;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetQuery.Kind;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.Optional;
import java.util.function.Consumer;

/// All queues as connections of one loop use them: streams are served here, others by who comes behind.
///
/// Owned by: the loop.
public final class Streams implements Queues {
    private final StreamSurroundings around;
    private final Queues others;
    private final StreamReads reads;
    private final StreamWriter writer;

    /// @param others serves what is no stream
    public Streams(StreamSurroundings around, Queues others) {
        this.around = around;
        this.others = others;
        this.reads = new StreamReads(around);
        this.writer = new StreamWriter(around);
    }

    @Override
    public void publish(QueueView queue, Message message, Publication publication) {
        if (TopicStreams.isStream(queue)) {
            writer.add(TopicStreams.topicOf(queue), message, publication);
        } else {
            others.publish(queue, message, publication);
        }
    }

    @Override
    public Hold hold(QueueView queue) {
        return TopicStreams.isStream(queue) ? StreamHold.of(queue, around, reads) : others.hold(queue);
    }

    @Override
    public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
        if (TopicStreams.isStream(queue)) {
            counts(TopicStreams.topicOf(queue), reply);
        } else {
            others.counts(queue, isUse, reply);
        }
    }

    /// Messages are the offsets between first and last of all partitions.
    private void counts(TopicId stream, Consumer<CountsReply> reply) {
        Optional<TopicView> topic = around.catalog().current().topic(stream);
        if (topic.isEmpty()) {
            reply.accept(new CountsReply(QueueOutcome.GONE, 0, 0, 0));
            return;
        }
        Sum sum = new Sum(stream, 2 * topic.get().partitions().size(), reply);
        for (int at = 0; at < topic.get().partitions().size(); at++) {
            TopicPartition partition = new TopicPartition(topic.get().name(), at);
            ask(partition, Kind.LATEST, sum, 1);
            ask(partition, Kind.EARLIEST, sum, -1);
        }
    }

    private void ask(TopicPartition partition, Kind kind, Sum sum, int sign) {
        around.partitions()
                .offset(
                        new OffsetQuery(partition, kind, -1, -1, true),
                        answer -> sum.add(answer.error(), sign * answer.offset()));
    }

    /// What offsets come to, told when all are there.
    private final class Sum {
        private final TopicId stream;
        private final Consumer<CountsReply> reply;
        private int left;
        private long messages;
        private boolean isWhole = true;

        Sum(TopicId stream, int left, Consumer<CountsReply> reply) {
            this.stream = stream;
            this.left = left;
            this.reply = reply;
        }

        void add(ErrorKind error, long more) {
            if (error == ErrorKind.NONE) {
                messages += more;
            } else {
                isWhole = false;
            }
            if (--left == 0) {
                reply.accept(
                        isWhole
                                ? new CountsReply(
                                        QueueOutcome.DONE,
                                        Math.max(0, messages),
                                        0,
                                        around.audience().size(stream))
                                : new CountsReply(QueueOutcome.UNAVAILABLE, 0, 0, 0));
            }
        }
    }

    @Override
    public void purge(QueueView queue, Consumer<CountsReply> reply) {
        if (TopicStreams.isStream(queue)) {
            reply.accept(new CountsReply(QueueOutcome.UNSUPPORTED, 0, 0, 0));
        } else {
            others.purge(queue, reply);
        }
    }

    @Override
    public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
        if (!TopicStreams.isStream(queue)) {
            others.delete(queue, ifUnused, ifEmpty, reply);
        } else if (TopicStreams.isTopic(queue)) {
            reply.accept(new CountsReply(QueueOutcome.UNSUPPORTED, 0, 0, 0));
        } else {
            deleteStream(queue, ifUnused, ifEmpty, reply);
        }
    }

    private void deleteStream(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
        counts(TopicStreams.topicOf(queue), counts -> {
            if (ifUnused && counts.consumers() > 0) {
                reply.accept(refused(QueueOutcome.IN_USE, counts));
            } else if (ifEmpty && counts.ready() > 0) {
                reply.accept(refused(QueueOutcome.NOT_EMPTY, counts));
            } else {
                around.changes()
                        .submit(
                                new TopologyChange.DeleteQueue(queue.ref(), queue.id()),
                                done -> reply.accept(deleted(done, counts)));
            }
        });
    }

    private static CountsReply refused(QueueOutcome why, CountsReply counts) {
        return new CountsReply(why, counts.ready(), 0, counts.consumers());
    }

    /// A stream nobody can read now can be deleted all the same.
    private static CountsReply deleted(TopologyReply done, CountsReply counts) {
        return done instanceof TopologyReply.Done
                ? new CountsReply(QueueOutcome.DONE, counts.ready(), 0, counts.consumers())
                : new CountsReply(QueueOutcome.UNAVAILABLE, 0, 0, 0);
    }
}
