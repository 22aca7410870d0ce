package io.millrace.broker.stream;

import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// One consumer of a stream: a place in each partition, and as many deliveries under way as its prefetch allows. It
/// reads only what it may send.
///
/// Owned by: the loop of its connection.
final class StreamConsumer implements StreamCursor.Owner {
    /// What is sent in one turn; others on the loop have theirs before the next.
    private static final int TURN_MESSAGES = 1_000;

    private static final int TURN_BYTES = 1024 * 1024;
    /// Looked at in one turn, wanted or not.
    private static final int TURN_LOOKS = 20_000;

    /// Partitions read at a time that have something; however many a topic has, no more pieces are held.
    private static final int PIECES_MAX = 8;

    private final long key;
    private final TopicId stream;
    private final boolean isTopic;
    private final int prefetch;
    private final StreamFilter filter;
    private final StreamHold hold;
    private final StreamSurroundings around;
    private final StreamReads reads;
    private final QueueConsumer consumer;
    private final List<StreamCursor> cursors = new ArrayList<>();
    private final Deque<StreamCursor> full = new ArrayDeque<>();
    private final Deque<StreamCursor> idle = new ArrayDeque<>();
    /// What is read and likely to bring something at once.
    private final Set<StreamCursor> catchingUp = new HashSet<>();

    private int unsettled;
    private boolean turnPosted;
    private boolean closed;

    /// @param key by which its deliveries are settled
    /// @param isTopic whether messages say which partition they are from
    StreamConsumer(
            long key,
            TopicId stream,
            boolean isTopic,
            ConsumerSpec spec,
            StreamFilter filter,
            StreamHold hold,
            StreamSurroundings around,
            StreamReads reads,
            QueueConsumer consumer) {
        this.key = key;
        this.stream = stream;
        this.isTopic = isTopic;
        this.prefetch = spec.prefetch();
        this.filter = filter;
        this.hold = hold;
        this.around = around;
        this.reads = reads;
        this.consumer = consumer;
    }

    /// Finds its places.
    ///
    /// @param reply when all are found, so that nothing published from then on is missed
    void begin(StreamStart start, Consumer<QueueOutcome> reply) {
        Optional<TopicView> topic = topic();
        if (topic.isEmpty()) {
            reply.accept(QueueOutcome.GONE);
            return;
        }
        for (int at = 0; at < topic.get().partitions().size(); at++) {
            cursors.add(cursor(topic.get(), at));
        }
        int[] left = {cursors.size()};
        boolean[] isLost = {false};
        for (StreamCursor cursor : List.copyOf(cursors)) {
            cursor.begin(start, isFound -> {
                isLost[0] |= !isFound;
                if (--left[0] == 0) {
                    begun(isLost[0], reply);
                }
            });
        }
    }

    private void begun(boolean isLost, Consumer<QueueOutcome> reply) {
        if (closed) {
            return;
        }
        if (isLost) {
            close();
            reply.accept(isGone() ? QueueOutcome.GONE : QueueOutcome.UNAVAILABLE);
            return;
        }
        idle.addAll(cursors);
        reply.accept(QueueOutcome.DONE);
        later();
    }

    private Optional<TopicView> topic() {
        return around.catalog().current().topic(stream);
    }

    private StreamCursor cursor(TopicView topic, int partition) {
        return new StreamCursor(new TopicPartition(topic.name(), partition), isTopic, around, reads, this);
    }

    @Override
    public boolean isGone() {
        return topic().isEmpty();
    }

    @Override
    public void onFull(StreamCursor cursor) {
        catchingUp.remove(cursor);
        full.add(cursor);
        later();
    }

    @Override
    public void onTrouble(StreamCursor cursor) {
        catchingUp.remove(cursor);
        later(); // others may be read meanwhile
    }

    @Override
    public void onIdle(StreamCursor cursor) {
        catchingUp.remove(cursor);
        idle.add(cursor);
        later();
    }

    @Override
    public void onGone() {
        if (!closed) {
            hold.gone(this);
            consumer.cancelled();
        }
    }

    /// A delivery was settled: there may be room for another.
    void settled() {
        unsettled--;
        later();
    }

    int unsettled() {
        return unsettled;
    }

    long key() {
        return key;
    }

    /// Something about what it may send, or what there is, changed.
    void later() {
        if (!turnPosted && !closed) {
            turnPosted = true;
            around.loop().post(this::turn);
        }
    }

    private void turn() {
        turnPosted = false;
        if (closed) {
            return;
        }
        List<Delivery> deliveries = taken();
        if (!deliveries.isEmpty()) {
            consumer.deliver(deliveries);
        }
        if (closed) {
            return;
        }
        if (mayTake(0)) {
            join();
            readOn();
            if (!full.isEmpty()) {
                later();
            }
        } else if (around.memory().isFull()) {
            dropAll();
        }
    }

    private List<Delivery> taken() {
        List<Delivery> taken = new ArrayList<>();
        long bytes = 0;
        for (int looks = 0; looks < TURN_LOOKS && bytes < TURN_BYTES && mayTake(taken.size()); looks++) {
            StreamCursor cursor = full.peek();
            if (cursor == null) {
                break;
            }
            StreamMessage next = cursor.take();
            if (!cursor.isFull()) {
                full.remove();
                idle.add(cursor);
            }
            if (filter.matches(next.filterValue())) {
                taken.add(new Delivery(key, next.message(), false, 0));
                bytes += next.message().bytes();
            }
        }
        unsettled += taken.size();
        hold.delivered(taken.size());
        return taken;
    }

    /// @param taken what was taken and is not counted yet
    private boolean mayTake(int taken) {
        return taken < TURN_MESSAGES && unsettled + taken < prefetch && hold.mayTake(taken);
    }

    /// Partitions that were added are read from their start.
    private void join() {
        if (!isTopic) {
            return;
        }
        topic().ifPresent(topic -> {
            while (cursors.size() < topic.partitions().size()) {
                StreamCursor added = cursor(topic, cursors.size());
                cursors.add(added);
                added.begin(new StreamStart.First(), _ -> onIdle(added));
            }
        });
    }

    /// Waits in all partitions that are read to their end, and reads on in some of the others.
    private void readOn() {
        for (int left = idle.size(); left > 0; left--) {
            StreamCursor cursor = idle.remove();
            if (!cursor.isBehind()) {
                cursor.read();
            } else if (catchingUp.size() + full.size() < PIECES_MAX) {
                catchingUp.add(cursor);
                cursor.read();
            } else {
                idle.add(cursor);
            }
        }
    }

    private void dropAll() {
        full.forEach(StreamCursor::drop);
        idle.addAll(full);
        full.clear();
    }

    void close() {
        closed = true;
        cursors.forEach(StreamCursor::close);
        full.clear();
        idle.clear();
    }
}
