package io.millrace.broker.stream;

import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.QueueView;
import io.millrace.model.TopicId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// One channel's use of one stream. Deliveries are settled by their consumer's number: a place says nothing, since
/// every consumer has its own. How they are settled does not matter, a stream keeps its messages.
///
/// Owned by: the loop of the connection.
final class StreamHold implements Hold {
    private final TopicId stream;
    private final boolean isTopic;
    private final StreamSurroundings around;
    private final StreamReads reads;
    private final Map<String, StreamConsumer> byTag = new LinkedHashMap<>();
    /// Those that get messages, and those that were cancelled and have some unsettled.
    private final Map<Long, StreamConsumer> byKey = new LinkedHashMap<>();

    private long nextKey;
    private int limit = UNLIMITED;
    private int unsettled;
    private boolean paused;
    private boolean closed;

    StreamHold(TopicId stream, boolean isTopic, StreamSurroundings around, StreamReads reads) {
        this.stream = stream;
        this.isTopic = isTopic;
        this.around = around;
        this.reads = reads;
    }

    static StreamHold of(QueueView queue, StreamSurroundings around, StreamReads reads) {
        return new StreamHold(TopicStreams.topicOf(queue), TopicStreams.isTopic(queue), around, reads);
    }

    @Override
    public void consume(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply) {
        Optional<StreamStart> start =
                StreamStart.of(spec.arguments(), around.clock().wallMs());
        Optional<StreamFilter> filter = StreamFilter.of(spec.arguments());
        if (spec.autoAck() || spec.prefetch() == 0 || start.isEmpty() || filter.isEmpty()) {
            reply.accept(QueueOutcome.UNSUPPORTED);
            return;
        }
        StreamConsumer begun =
                new StreamConsumer(nextKey++, stream, isTopic, spec, filter.get(), this, around, reads, consumer);
        byTag.put(spec.tag(), begun);
        byKey.put(begun.key(), begun);
        around.audience().came(stream);
        begun.begin(start.get(), outcome -> {
            if (outcome != QueueOutcome.DONE) {
                remove(spec.tag());
            }
            reply.accept(outcome);
        });
    }

    @Override
    public void cancel(String consumerTag, Runnable reply) {
        remove(consumerTag);
        reply.run();
    }

    /// It gets nothing more.
    private void remove(String tag) {
        StreamConsumer gone = byTag.remove(tag);
        if (gone != null) {
            gone.close();
            around.audience().went(stream);
            if (gone.unsettled() == 0) {
                byKey.remove(gone.key());
            }
        }
    }

    /// Its stream was deleted.
    void gone(StreamConsumer consumer) {
        byTag.entrySet().stream()
                .filter(entry -> entry.getValue() == consumer)
                .map(Map.Entry::getKey)
                .findFirst()
                .ifPresent(this::remove);
    }

    @Override
    public void get(boolean autoAck, GetReply reply) {
        reply.got(QueueOutcome.UNSUPPORTED, null, 0);
    }

    @Override
    public void settle(long[] offsets, int count, Settlement settlement) {
        for (int at = 0; at < count; at++) {
            StreamConsumer consumer = byKey.get(offsets[at]);
            if (consumer != null && consumer.unsettled() > 0) {
                unsettled--;
                consumer.settled();
                if (consumer.unsettled() == 0 && !byTag.containsValue(consumer)) {
                    byKey.remove(consumer.key());
                }
            }
        }
        if (limit != UNLIMITED) {
            byTag.values().forEach(StreamConsumer::later);
        }
    }

    void delivered(int count) {
        unsettled += count;
    }

    /// @param taken what was taken and is not counted yet
    boolean mayTake(int taken) {
        return !paused && unsettled + taken < limit;
    }

    @Override
    public void limit(int most) {
        limit = most;
        byTag.values().forEach(StreamConsumer::later);
    }

    @Override
    public void pause(boolean pausing) {
        paused = pausing;
        byTag.values().forEach(StreamConsumer::later);
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            List<String> tags = new ArrayList<>(byTag.keySet());
            tags.forEach(this::remove);
            byKey.clear();
        }
    }
}
