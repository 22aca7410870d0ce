package io.millrace.broker.stream;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.ConsumerSpec;
import io.millrace.broker.queue.Delivery;
import io.millrace.broker.queue.Hold;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.queue.QueueConsumer;
import io.millrace.broker.queue.QueueMemory;
import io.millrace.broker.queue.QueueOutcome;
import io.millrace.broker.queue.Queues;
import io.millrace.broker.queue.Settlement;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// Streams of one loop over topics in memory.
final class StreamFixture implements StreamAudience, QueueMemory, Topology {
    final ManualClock clock = new ManualClock();
    final ManualLoop loop = new ManualLoop(clock);
    final FakeTopics topics = new FakeTopics(loop);
    final List<TopologyChange> changes = new ArrayList<>();
    final List<String> published = new ArrayList<>();
    final List<String> skipped = new ArrayList<>();
    final Map<TopicId, QueueRef> queueTopics = new HashMap<>();
    private final Map<TopicId, Integer> audience = new HashMap<>();
    final TopicStreams found = new TopicStreams(() -> topics, () -> this);
    final Streams streams;
    long memoryBytes;
    boolean isFull;

    StreamFixture() {
        var around = new StreamSurroundings(
                loop,
                clock,
                new SeededRandomness(3),
                () -> topics,
                (change, reply) -> {
                    changes.add(change);
                    reply.accept(new TopologyReply.Done(true));
                },
                topics,
                topics,
                new MessageFormats(Map.of(FormatId.KAFKA, new PlainFormat())),
                this,
                this,
                (log, first, end) -> skipped.add(log + " " + first + " to " + end));
        streams = new Streams(around, new Nobody());
    }

    /// A declared stream.
    QueueView declare(String name) {
        TopicId topic = topics.create("queue." + name, 1).id();
        QueueRef ref = new QueueRef(new VhostName("/"), new QueueName(name));
        queueTopics.put(topic, ref);
        return new QueueView(
                new QueueSpec(ref, QueueType.STREAM, true, false, false, Arguments.NONE),
                topic,
                new Home.OnLog("queue." + name, topic),
                Optional.empty(),
                EffectivePolicy.NONE);
    }

    QueueView topic(String name, int partitions) {
        topics.create(name, partitions);
        return found.find(VhostName.HOME, new QueueName(name)).orElseThrow();
    }

    /// One batch.
    void append(QueueView stream, String key, String... bodies) {
        loop.call(() -> {
            for (String body : bodies) {
                publish(stream, message(key, body, null));
            }
            return this;
        });
    }

    void publish(QueueView stream, Message message) {
        streams.publish(stream, message, end -> published.add(text(message) + " " + end));
    }

    Message message(String key, String body, String filterValue) {
        byte[] properties = filterValue == null
                ? new byte[0]
                : (StreamFilter.VALUE + "=" + filterValue + "\n").getBytes(StandardCharsets.UTF_8);
        return new Message(FormatId.KAFKA, "", key, properties, body.getBytes(StandardCharsets.UTF_8), clock.wallMs());
    }

    static String text(Message message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }

    Reader reader(QueueView stream, int prefetch, Object offset) {
        return new Reader(stream, prefetch, StreamFixture.starting(offset));
    }

    static Arguments starting(Object offset) {
        ArgumentValue value = offset instanceof Number number
                ? ArgumentValue.whole(number.longValue())
                : ArgumentValue.text(String.valueOf(offset));
        return Arguments.of(StreamStart.ARGUMENT, value);
    }

    /// A channel with one consumer.
    final class Reader implements QueueConsumer {
        final Hold hold;
        final List<Delivery> deliveries = new ArrayList<>();
        QueueOutcome outcome;
        boolean isCancelled;
        private int settled;

        Reader(QueueView stream, int prefetch, Arguments arguments) {
            hold = streams.hold(stream);
            ConsumerSpec spec = new ConsumerSpec("c", false, false, prefetch, arguments);
            loop.call(() -> {
                hold.consume(spec, this, answer -> outcome = answer);
                return this;
            });
        }

        List<String> bodies() {
            return deliveries.stream().map(delivery -> text(delivery.message())).toList();
        }

        /// Headers of what was delivered.
        List<String> headers() {
            return deliveries.stream()
                    .map(delivery -> new String(delivery.message().properties(), StandardCharsets.UTF_8))
                    .toList();
        }

        void settle(int count) {
            long[] offsets = deliveries.subList(settled, settled + count).stream()
                    .mapToLong(Delivery::offset)
                    .toArray();
            settled += count;
            loop.call(() -> {
                hold.settle(offsets, count, Settlement.REQUEUE);
                return this;
            });
        }

        void call(Runnable work) {
            loop.call(() -> {
                work.run();
                return this;
            });
        }

        @Override
        public void deliver(List<Delivery> arrived) {
            deliveries.addAll(arrived);
        }

        @Override
        public void cancelled() {
            isCancelled = true;
        }
    }

    /// Headers as lines of `name=value`.
    private static final class PlainFormat implements MessageFormat {
        @Override
        public Arguments headers(byte[] properties) {
            Map<String, ArgumentValue> all = new LinkedHashMap<>();
            new String(properties, StandardCharsets.UTF_8).lines().forEach(line -> {
                int at = line.indexOf('=');
                all.put(line.substring(0, at), ArgumentValue.text(line.substring(at + 1)));
            });
            return Arguments.of(all);
        }

        @Override
        public Traits traits(byte[] properties) {
            return Traits.PLAIN;
        }

        @Override
        public byte[] withHeaders(byte[] properties, Arguments headers, boolean dropExpiration) {
            StringBuilder lines = new StringBuilder();
            headers.entries()
                    .forEach((name, value) -> lines.append(name)
                            .append('=')
                            .append(value instanceof ArgumentValue.Whole whole ? "" + whole.value() : value)
                            .append('\n'));
            return lines.toString().getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public Optional<String> property(byte[] properties, String name) {
            return Optional.empty();
        }
    }

    /// There are no other queues.
    private static final class Nobody implements Queues {
        @Override
        public void publish(QueueView queue, Message message, Publication publication) {
            throw new AssertionError(queue);
        }

        @Override
        public Hold hold(QueueView queue) {
            throw new AssertionError(queue);
        }

        @Override
        public void counts(QueueView queue, boolean isUse, Consumer<CountsReply> reply) {
            throw new AssertionError(queue);
        }

        @Override
        public void purge(QueueView queue, Consumer<CountsReply> reply) {
            throw new AssertionError(queue);
        }

        @Override
        public void delete(QueueView queue, boolean ifUnused, boolean ifEmpty, Consumer<CountsReply> reply) {
            throw new AssertionError(queue);
        }
    }

    @Override
    public void came(TopicId stream) {
        audience.merge(stream, 1, Integer::sum);
    }

    @Override
    public void went(TopicId stream) {
        audience.merge(stream, -1, Integer::sum);
    }

    @Override
    public int size(TopicId stream) {
        return audience.getOrDefault(stream, 0);
    }

    @Override
    public void add(int bytes) {
        memoryBytes += bytes;
    }

    @Override
    public void remove(int bytes) {
        memoryBytes -= bytes;
    }

    @Override
    public boolean isFull() {
        return isFull;
    }

    @Override
    public Optional<VhostView> vhost(VhostName name) {
        return Optional.empty();
    }

    @Override
    public Collection<VhostView> vhosts() {
        return List.of();
    }

    @Override
    public Optional<UserView> user(String name) {
        return Optional.empty();
    }

    @Override
    public Collection<UserView> users() {
        return List.of();
    }

    @Override
    public Optional<QueueRef> queueOn(TopicId topic) {
        return Optional.ofNullable(queueTopics.get(topic));
    }
}
