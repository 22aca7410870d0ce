package io.millrace.amqp.session;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Commit;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Settlement;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/// A plain queue in memory: in order, redelivered at the old place, prefetch, exclusive use.
final class TestQueue {
    private final TreeMap<Long, Message> ready = new TreeMap<>();
    private final Map<Long, Boolean> redelivered = new HashMap<>();
    private final List<TestHold> holds = new ArrayList<>();
    private final Consumer<Runnable> later;
    private final List<String> dropped = new ArrayList<>();
    private final List<Message> taken = new ArrayList<>();
    private long nextOffset;

    /// @param later runs what answers, in order
    TestQueue(Consumer<Runnable> later) {
        this.later = later;
    }

    int ready() {
        return ready.size();
    }

    int unsettled() {
        return holds.stream().mapToInt(hold -> hold.unsettled.size()).sum();
    }

    int consumers() {
        return holds.stream().mapToInt(hold -> hold.consumers.size()).sum();
    }

    /// Bodies of rejected messages.
    List<String> dropped() {
        return dropped;
    }

    /// Commits and orders it was given: what they say is another test's.
    List<Message> taken() {
        return taken;
    }

    void add(Message message) {
        if (message.format() == FormatId.BROKER || Commit.of(message).isPresent()) {
            taken.add(message);
            return;
        }
        ready.put(nextOffset++, message);
        later.accept(this::pump);
    }

    int purge() {
        int count = ready.size();
        ready.clear();
        return count;
    }

    void end() {
        for (TestHold hold : holds) {
            List<TestConsumer> told = List.copyOf(hold.consumers.values());
            hold.consumers.clear();
            told.forEach(each -> later.accept(each.consumer()::cancelled));
        }
    }

    TestHold open() {
        TestHold hold = new TestHold();
        holds.add(hold);
        return hold;
    }

    private void pump() {
        boolean moved = true;
        while (moved) {
            moved = false;
            for (TestHold hold : holds) {
                for (TestConsumer consumer : List.copyOf(hold.consumers.values())) {
                    moved |= hold.deliver(consumer);
                }
            }
        }
    }

    private record TestConsumer(ConsumerSpec spec, QueueConsumer consumer) {}

    private record Out(Message message, String tag) {}

    final class TestHold implements Hold {
        private final Map<String, TestConsumer> consumers = new HashMap<>();
        private final Map<Long, Out> unsettled = new HashMap<>();
        private boolean paused;
        private int limit = UNLIMITED;
        private boolean closed;

        private boolean deliver(TestConsumer consumer) {
            ConsumerSpec spec = consumer.spec();
            long has = unsettled.values().stream()
                    .filter(out -> out.tag().equals(spec.tag()))
                    .count();
            if (paused || ready.isEmpty() || (spec.prefetch() > 0 && has >= spec.prefetch())) {
                return false;
            }
            if (!spec.autoAck() && heldByConsumers() >= limit) {
                return false;
            }
            consumer.consumer().deliver(List.of(take(spec.autoAck(), spec.tag())));
            return true;
        }

        long heldByConsumers() {
            return unsettled.values().stream()
                    .filter(out -> !out.tag().isEmpty())
                    .count();
        }

        private Delivery take(boolean autoAck, String tag) {
            Map.Entry<Long, Message> first = ready.pollFirstEntry();
            long offset = first.getKey();
            if (!autoAck) {
                unsettled.put(offset, new Out(first.getValue(), tag));
            }
            return new Delivery(offset, first.getValue(), redelivered.containsKey(offset), 0);
        }

        @Override
        public void consume(ConsumerSpec spec, QueueConsumer consumer, Consumer<QueueOutcome> reply) {
            boolean anyExclusive = holds.stream()
                    .flatMap(hold -> hold.consumers.values().stream())
                    .anyMatch(each -> each.spec().exclusive());
            boolean refused = anyExclusive || (spec.exclusive() && consumers() > 0);
            later.accept(() -> {
                if (refused) {
                    reply.accept(QueueOutcome.EXCLUSIVE_USE);
                    return;
                }
                consumers.put(spec.tag(), new TestConsumer(spec, consumer));
                reply.accept(QueueOutcome.DONE);
                pump();
            });
        }

        @Override
        public void cancel(String consumerTag, Runnable reply) {
            consumers.remove(consumerTag);
            later.accept(reply);
        }

        @Override
        public void get(boolean autoAck, GetReply reply) {
            later.accept(() -> {
                Delivery delivery = ready.isEmpty() ? null : take(autoAck, "");
                reply.got(QueueOutcome.DONE, delivery, ready.size());
            });
        }

        @Override
        public void settle(long[] offsets, int count, Settlement settlement) {
            for (int i = 0; i < count; i++) {
                Out out = unsettled.remove(offsets[i]);
                if (out == null) {
                    throw new AssertionError("settled what is not out: " + offsets[i]);
                }
                switch (settlement) {
                    case REQUEUE -> putBack(offsets[i], out.message());
                    case REJECT -> dropped.add(new String(out.message().body(), StandardCharsets.UTF_8));
                    case ACKNOWLEDGE -> {}
                }
            }
            later.accept(TestQueue.this::pump);
        }

        private void putBack(long offset, Message message) {
            ready.put(offset, message);
            redelivered.put(offset, true);
        }

        @Override
        public void limit(int unsettled) {
            limit = unsettled;
            later.accept(TestQueue.this::pump);
        }

        @Override
        public void pause(boolean pause) {
            paused = pause;
            if (!pause) {
                later.accept(TestQueue.this::pump);
            }
        }

        @Override
        public void close() {
            if (closed) {
                throw new AssertionError("closed twice");
            }
            closed = true;
            holds.remove(this);
            unsettled.forEach((offset, out) -> putBack(offset, out.message()));
            later.accept(TestQueue.this::pump);
        }
    }
}
