package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormat;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.queue.QueuePlaces.Residence;
import io.millrace.broker.queue.Queues.CountsReply;
import io.millrace.broker.queue.machine.Reason;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.DelayQueue;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyChanges;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Queues of one node: their loop, and another one where connections live. Connections call from turns of theirs.
final class QueueFixture {
    static final String TRANSIENT = "transient";
    static final long PATIENCE_MS = 300;
    static final String DELAY = "delay ";
    static final String UNIQUE = "unique ";

    final ManualClock clock;
    final ManualLoop here;
    final ManualLoop there;
    final FakeQueueLog log;
    final List<String> deadLetters = new ArrayList<>();
    final List<String> lost = new ArrayList<>();
    int duplicates;
    int lettersWaiting;
    final List<String> stuckLetters = new ArrayList<>();
    final List<Runnable> unsettledLetters = new ArrayList<>();
    final List<TopologyChange> changes = new ArrayList<>();
    final Set<TopicId> gone = new HashSet<>();
    final Set<TopicId> elsewhere = new HashSet<>();
    final Set<TopicId> away = new HashSet<>();
    final Memory memory = new Memory();
    final Memory cache = new Memory();
    final QueueShard shard;
    final Queues queues;
    TopologyReply changeReply = new TopologyReply.Done(true);
    final List<Runnable> uncommitted = new ArrayList<>();
    boolean keepChanges;
    boolean roomIsShort;
    boolean keepLetters;
    Set<Target> unreachable = Set.of();

    QueueFixture() {
        this(new ManualClock(), null);
    }

    /// A next life of the node over the same log.
    QueueFixture(ManualClock clock, @Nullable FakeQueueLog log) {
        this.clock = clock;
        this.here = new ManualLoop(clock);
        this.there = new ManualLoop(clock);
        this.log = log == null ? new FakeQueueLog(there) : log;
        var formats = new MessageFormats(Map.of(FormatId.AMQP_0_9_1, new Format()));
        QueuePlaces places = new Places();
        this.shard = new QueueShard(
                new QueueSurroundings(
                        there,
                        clock,
                        formats,
                        memory,
                        this::deadLetter,
                        new CommitRouter(
                                clock,
                                () -> {
                                    throw new UnsupportedOperationException("no commits here");
                                },
                                (vhost, name) -> Optional.empty(),
                                this::queues,
                                new Events()),
                        (change, reply) -> {
                            changes.add(change);
                            reply.accept(changeReply);
                            if (changeReply instanceof TopologyReply.Done
                                    && change instanceof TopologyChange.DeleteQueue(QueueRef _, TopicId id)) {
                                delete(id);
                            }
                        },
                        new QueueLogs(this.log, this.log, cache, new Events(), () -> roomIsShort, true)),
                places);
        TopologyChanges topology = (change, reply) -> {
            changes.add(change);
            Runnable commit = () -> {
                if (changeReply instanceof TopologyReply.Done
                        && change instanceof TopologyChange.DeleteQueue(QueueRef _, TopicId id)) {
                    delete(id);
                }
                reply.accept(changeReply);
            };
            if (keepChanges) {
                uncommitted.add(commit);
            } else {
                commit.run();
            }
        };
        QueueSite site = new LocalQueues(here, List.of(shard), places, topology);
        this.queues = new ClusterQueues(here, clock, this::place, _ -> site, topology, PATIENCE_MS);
    }

    private Queues queues() {
        return queues;
    }

    private QueueWhereabouts.Place place(QueueView queue) {
        if (gone.contains(queue.id())) {
            return new QueueWhereabouts.Place.Gone();
        }
        if (away.contains(queue.id())) {
            return new QueueWhereabouts.Place.Away();
        }
        return elsewhere.contains(queue.id())
                ? new QueueWhereabouts.Place.Nowhere()
                : new QueueWhereabouts.Place.OnNode(1);
    }

    private final Map<TopicId, QueueView> views = new HashMap<>();

    private void delete(TopicId id) {
        gone.add(id);
        QueueView view = views.get(id);
        if (view != null) {
            shard.onDeleted(view);
        }
    }

    private void deadLetter(
            QueueView from, Message message, Reason reason, Set<Target> only, Consumer<Set<Target>> done) {
        deadLetters.add(text(message) + " " + reason.label() + (only.isEmpty() ? "" : " only " + only));
        if (keepLetters) {
            unsettledLetters.add(() -> done.accept(Set.of()));
        } else {
            done.accept(unreachable);
        }
    }

    private final class Events implements QueueEvents {
        @Override
        public void lost(TopicPartition ofLog, long first, long end, long messages) {
            lost.add(messages + " of " + first + ".." + (end - 1));
        }

        @Override
        public void duplicate() {
            duplicates++;
        }

        @Override
        public void lettersWait(int more) {
            lettersWaiting += more;
        }

        @Override
        public void letterWaits(QueueRef from, Set<Target> left, int letters) {
            stuckLetters.add(letters + " of " + from.name() + " for " + left);
        }
    }

    private final class Places implements QueuePlaces {
        @Override
        public QueueView current(QueueView queue) {
            return views.getOrDefault(queue.id(), queue);
        }

        @Override
        public Residence residence(QueueView queue) {
            if (gone.contains(queue.id())) {
                return Residence.GONE;
            }
            return elsewhere.contains(queue.id()) ? Residence.ELSEWHERE : Residence.HERE;
        }

        @Override
        public int loopOf(QueueView queue) {
            return 0;
        }

        @Override
        public int loopOf(String topic) {
            return 0;
        }
    }

    static final class Memory implements QueueMemory {
        long bytes;
        long bytesMax = Long.MAX_VALUE;

        @Override
        public void add(int added) {
            bytes += added;
        }

        @Override
        public void remove(int removed) {
            bytes -= removed;
        }

        @Override
        public boolean isFull() {
            return bytes >= bytesMax;
        }
    }

    /// Properties are a time to live in milliseconds as text, or nothing, or say that the message is transient, or for
    /// how many milliseconds it is delayed.
    static final class Format implements MessageFormat {
        @Override
        public Arguments headers(byte[] properties) {
            String text = new String(properties, StandardCharsets.UTF_8);
            if (text.startsWith(UNIQUE)) {
                return Arguments.of("x-deduplication-header", ArgumentValue.text(text.substring(UNIQUE.length())));
            }
            return text.startsWith(DELAY)
                    ? Arguments.of("x-delay", ArgumentValue.whole(Long.parseLong(text.substring(DELAY.length()))))
                    : Arguments.NONE;
        }

        @Override
        public Traits traits(byte[] properties) {
            String text = new String(properties, StandardCharsets.UTF_8);
            boolean isTransient = text.equals(TRANSIENT);
            long ttlMs = isTransient || text.isEmpty() || !Character.isDigit(text.charAt(0))
                    ? Traits.NONE
                    : Long.parseLong(text);
            return new Traits(!isTransient, Traits.NONE, ttlMs);
        }

        @Override
        public byte[] withHeaders(byte[] properties, Arguments headers, boolean dropExpiration) {
            return dropExpiration ? new byte[0] : properties;
        }

        @Override
        public Optional<String> property(byte[] properties, String name) {
            return Optional.empty();
        }
    }

    // --- queues

    QueueView inMemory(Arguments arguments) {
        return view(new Home.InMemory(1, 1), false, arguments, EffectivePolicy.NONE, 1);
    }

    QueueView autoDelete() {
        return view(new Home.InMemory(1, 1), true, Arguments.NONE, EffectivePolicy.NONE, 1);
    }

    QueueView durable(Arguments arguments) {
        return durable(arguments, 1);
    }

    QueueView durable(Arguments arguments, long id) {
        return view(new Home.OnLog("queue.q", new TopicId(7, id)), false, arguments, EffectivePolicy.NONE, id);
    }

    /// Where messages of a delayed exchange wait.
    QueueView delays() {
        var view = new QueueView(
                DelayQueue.of(new VhostName("/"), new ExchangeName("later")),
                new TopicId(7, 1),
                new Home.OnLog("queue.q", new TopicId(7, 1)),
                Optional.empty(),
                EffectivePolicy.NONE);
        views.put(view.id(), view);
        return view;
    }

    QueueView view(Home home, boolean autoDelete, Arguments arguments, EffectivePolicy policy, long id) {
        var ref = new QueueRef(new VhostName("/"), new QueueName("q"));
        boolean durable = home instanceof Home.OnLog;
        var spec = new QueueSpec(ref, QueueType.CLASSIC, durable, false, autoDelete, arguments);
        var view = new QueueView(spec, new TopicId(7, id), home, Optional.<ConnectionId>empty(), policy);
        views.put(view.id(), view);
        return view;
    }

    // --- time and turns

    /// Runs both loops until neither has anything to do.
    void settle() {
        int ran;
        do {
            ran = here.runReady() + there.runReady();
        } while (ran > 0);
    }

    /// As a loop does whose tasks throw.
    void settleInSpiteOfFaults() {
        boolean isQuiet = false;
        while (!isQuiet) {
            try {
                settle();
                isQuiet = true;
            } catch (IllegalStateException fault) {
                assertThat(fault).hasMessageStartingWith("no words for");
            }
        }
    }

    void advance(long ms) {
        settle();
        for (long left = ms; left > 0; left--) {
            there.advance(Duration.ofMillis(1));
            settle();
        }
    }

    /// Lets who waits for a queue give up.
    void loseHope() {
        advance(PATIENCE_MS * 2);
    }

    void onConnection(Runnable turn) {
        here.call(() -> {
            turn.run();
            return this;
        });
    }

    void calling(Runnable turn) {
        onConnection(turn);
        settle();
    }

    // --- what connections do

    Message message(String text) {
        return message(text, "");
    }

    Message message(String text, String ttlMs) {
        return new Message(
                FormatId.AMQP_0_9_1,
                "",
                "q",
                ttlMs.getBytes(StandardCharsets.UTF_8),
                text.getBytes(StandardCharsets.UTF_8),
                clock.wallMs());
    }

    static String text(Message message) {
        return new String(message.body(), StandardCharsets.UTF_8);
    }

    /// Publishes in one turn of the connection.
    Told publish(QueueView queue, String... texts) {
        var told = new Told();
        calling(() -> {
            for (String text : texts) {
                queues.publish(queue, message(text), told);
            }
        });
        return told;
    }

    Hold hold(QueueView queue) {
        return queues.hold(queue);
    }

    Taker consume(Hold hold, String tag, int prefetch, boolean autoAck) {
        var taker = new Taker();
        calling(() -> hold.consume(
                new ConsumerSpec(tag, autoAck, false, prefetch, Arguments.NONE), taker, taker.outcomes::add));
        return taker;
    }

    /// A get that is answered before it returns.
    Got get(Hold hold, boolean autoAck) {
        List<Got> got = new ArrayList<>();
        calling(() -> hold.get(autoAck, (outcome, delivery, ready) -> got.add(new Got(outcome, delivery, ready))));
        assertThat(got).hasSize(1);
        return got.getFirst();
    }

    CountsReply counts(QueueView queue) {
        List<CountsReply> replies = new ArrayList<>();
        calling(() -> queues.counts(queue, false, replies::add));
        if (elsewhere.contains(queue.id())) {
            loseHope();
        }
        assertThat(replies).hasSize(1);
        return replies.getFirst();
    }

    void settle(Hold hold, Settlement how, long... offsets) {
        calling(() -> hold.settle(offsets, offsets.length, how));
    }

    record Got(QueueOutcome outcome, @Nullable Delivery delivery, long readyAfter) {
        String text() {
            return delivery == null ? "nothing" : QueueFixture.text(delivery.message());
        }
    }

    /// Publications by how they ended, in order.
    static final class Told implements Publication {
        final List<End> ends = new ArrayList<>();

        @Override
        public void ended(End end) {
            ends.add(end);
        }
    }

    static final class Taker implements QueueConsumer {
        final List<QueueOutcome> outcomes = new ArrayList<>();
        final List<Delivery> deliveries = new ArrayList<>();
        int turns;
        int cancellations;

        @Override
        public void deliver(List<Delivery> turn) {
            turns++;
            deliveries.addAll(turn);
        }

        @Override
        public void cancelled() {
            cancellations++;
        }

        List<String> texts() {
            return deliveries.stream().map(delivery -> text(delivery.message())).toList();
        }

        long[] offsets() {
            return deliveries.stream().mapToLong(Delivery::offset).toArray();
        }
    }
}
