package io.millrace.broker.queue;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.message.MessageFormats;
import io.millrace.broker.partition.Acks;
import io.millrace.broker.partition.AppendReply;
import io.millrace.broker.partition.FetchQuery;
import io.millrace.broker.partition.FetchReply;
import io.millrace.broker.partition.FollowerReads;
import io.millrace.broker.partition.OffsetQuery;
import io.millrace.broker.partition.OffsetReply;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.queue.QueuePlaces.Residence;
import io.millrace.broker.routing.Destination.Target;
import io.millrace.broker.topology.CommitQueue;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.VhostView;
import io.millrace.log.batch.AppendOrigin;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import io.millrace.model.Lease;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.TopicPartition;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// A node with durable queues and a commit queue, each with a log of its own; the logs outlive the node.
final class CommitFixture {
    static final VhostName VHOST = new VhostName("/");

    final Logs logs;
    final ManualClock clock;
    final ManualLoop loop;
    final Set<String> away = new LinkedHashSet<>();
    final QueueView commits = view(CommitQueue.of(VHOST, 1).ref().name().value(), QueueType.QUORUM, Arguments.NONE);
    /// Queues that answer without looking, and what.
    final Map<String, Publication.End> answers;
    /// Queues that do not answer, and their messages.
    final Map<String, List<Publication>> silent = new LinkedHashMap<>();
    /// Queues this node has not heard of.
    final Set<String> unknown = new LinkedHashSet<>();
    boolean roomIsShort;
    final QueueFixture.Memory cache = new QueueFixture.Memory();
    final List<Target> unfit = new ArrayList<>();
    private final QueueSurroundings around;
    private final QueueShard shard;
    private final Queues queues;

    CommitFixture() {
        this(new ManualClock(), new Logs(), new LinkedHashMap<>());
    }

    private CommitFixture(ManualClock clock, Logs logs, Map<String, Publication.End> answers) {
        this.answers = answers;
        this.clock = clock;
        this.logs = logs;
        this.loop = new ManualLoop(clock);
        logs.views.put(commits.ref().name().value(), commits);
        QueuePlaces places = new Places();
        QueueEvents events = new Events();
        this.around = new QueueSurroundings(
                loop,
                clock,
                new MessageFormats(Map.of(FormatId.AMQP_0_9_1, new QueueFixture.Format())),
                new QueueFixture.Memory(),
                (from, message, reason, only, done) -> done.accept(Set.of()),
                new CommitRouter(clock, this::topology, (vhost, name) -> Optional.empty(), this::queues, events),
                (change, reply) -> reply.accept(new TopologyReply.Done(true)),
                new QueueLogs(logs, logs.codec, cache, events, () -> roomIsShort, true));
        this.shard = new QueueShard(around, places);
        logs.live(loop);
        QueueSite site = new LocalQueues(loop, List.of(shard), places, around.changes());
        this.queues = new ClusterQueues(loop, clock, this::place, _ -> site, around.changes(), 300);
        logs.views
                .values()
                .forEach(view -> loop.call(() -> {
                    shard.onCreated(view);
                    return this;
                }));
    }

    /// The process goes; what its disks had confirmed is there in the next life, and more of what was on its way when
    /// so.
    CommitFixture crashed(boolean unconfirmedSurvive) {
        logs.crash(unconfirmedSurvive);
        clock.advance(Duration.ofSeconds(1));
        return new CommitFixture(clock, logs, answers);
    }

    /// Commits of a queue that writes nothing down.
    Commits bareCommits() {
        QueueStore store = answering(QueueStore.class, (asked, _) -> {
            throw new UnsupportedOperationException(asked);
        });
        return new Commits(commits, around, store);
    }

    /// What a queue that did not answer says now.
    void endSilent(String name, Publication.End end) {
        List<Publication> all = List.copyOf(silent.get(name));
        silent.get(name).clear();
        calling(() -> all.forEach(each -> each.ended(end)));
    }

    /// As commits see them.
    private Queues queues() {
        return answering(Queues.class, (asked, arguments) -> {
            if (!asked.equals("publish")) {
                throw new UnsupportedOperationException(asked);
            }
            publish((QueueView) arguments[0], (Message) arguments[1], (Publication) arguments[2]);
            return this;
        });
    }

    private void publish(QueueView queue, Message message, Publication publication) {
        String name = queue.ref().name().value();
        if (answers.containsKey(name)) {
            publication.ended(answers.get(name));
        } else if (silent.containsKey(name)) {
            silent.get(name).add(publication);
        } else {
            queues.publish(queue, message, publication);
        }
    }

    QueueView queue(String name) {
        return queue(name, Arguments.NONE);
    }

    QueueView queue(String name, Arguments arguments) {
        return logs.views.computeIfAbsent(name, _ -> view(name, QueueType.CLASSIC, arguments));
    }

    private static QueueView view(String name, QueueType type, Arguments arguments) {
        TopicId id = new TopicId(7, name.hashCode());
        return new QueueView(
                new QueueSpec(new QueueRef(VHOST, new QueueName(name)), type, true, false, false, arguments),
                id,
                new Home.OnLog("queue." + name, id),
                Optional.empty(),
                EffectivePolicy.NONE);
    }

    void delete(String name) {
        QueueView gone = logs.views.remove(name);
        if (gone != null) {
            shard.onDeleted(gone);
        }
    }

    private Topology topology() {
        VhostView vhost = answering(VhostView.class, (asked, arguments) -> switch (asked) {
            case "name" -> VHOST;
            case "queue", "anyQueue" ->
                Optional.ofNullable(logs.views.get(((QueueName) arguments[0]).value()))
                        .filter(there -> !unknown.contains(there.ref().name().value()));
            default -> throw new UnsupportedOperationException(asked);
        });
        return answering(Topology.class, (_, _) -> Optional.of(vhost));
    }

    private interface Answers {
        Object answer(String asked, Object[] arguments);
    }

    private static <T> T answering(Class<T> port, Answers answers) {
        return port.cast(Proxy.newProxyInstance(
                port.getClassLoader(),
                new Class<?>[] {port},
                (self, method, arguments) -> answers.answer(method.getName(), arguments)));
    }

    private boolean isThere(QueueView queue) {
        return logs.views.containsValue(queue);
    }

    private QueueWhereabouts.Place place(QueueView queue) {
        if (!isThere(queue)) {
            return new QueueWhereabouts.Place.Gone();
        }
        return away.contains(queue.ref().name().value())
                ? new QueueWhereabouts.Place.Nowhere()
                : new QueueWhereabouts.Place.OnNode(1);
    }

    private final class Places implements QueuePlaces {
        @Override
        public Residence residence(QueueView queue) {
            return isThere(queue) ? Residence.HERE : Residence.GONE;
        }

        @Override
        public QueueView current(QueueView queue) {
            return queue;
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

    private final class Events implements QueueEvents {
        @Override
        public void lost(TopicPartition log, long first, long end, long messages) {
            throw new AssertionError(messages + " messages are lost");
        }

        @Override
        public void unfit(QueueRef from, Target target) {
            unfit.add(target);
        }

        @Override
        public void duplicate() {
            throw new AssertionError("a duplicate");
        }
    }

    // --- time and turns

    void settle() {
        loop.runReady();
    }

    void advance(long ms) {
        settle();
        for (long left = ms; left > 0; left -= 10) {
            loop.advance(Duration.ofMillis(10));
            settle();
        }
    }

    private void calling(Runnable turn) {
        loop.call(() -> {
            turn.run();
            return this;
        });
        settle();
    }

    // --- what connections do

    Message message(String text) {
        return new Message(
                FormatId.AMQP_0_9_1, "", "", new byte[0], text.getBytes(StandardCharsets.UTF_8), clock.wallMs());
    }

    QueueFixture.Told publish(QueueView queue, Message... messages) {
        var told = new QueueFixture.Told();
        calling(() -> {
            for (Message message : messages) {
                queues.publish(queue, message, told);
            }
        });
        return told;
    }

    QueueFixture.Told commit(Commit commit) {
        return publish(commits, commit.toMessage(clock.wallMs()));
    }

    /// Acknowledges as a commit does that is nothing else.
    QueueFixture.Told settle(String queue, long offset) {
        Message order = new SettleOrder(new long[] {offset}, new long[0]).toMessage(clock.wallMs());
        return publish(queue(queue), order);
    }

    Hold hold(QueueView queue) {
        return queues.hold(queue);
    }

    void close(Hold hold) {
        calling(hold::close);
    }

    QueueFixture.Taker consume(QueueView queue, Hold hold) {
        var taker = new QueueFixture.Taker();
        calling(() -> hold.consume(new ConsumerSpec("c", false, false, 0, Arguments.NONE), taker, taker.outcomes::add));
        return taker;
    }

    /// What a queue gives to somebody who takes everything and leaves it there.
    List<String> contents(String name) {
        Hold hold = hold(queue(name));
        QueueFixture.Taker taker = consume(queue(name), hold);
        advance(50);
        close(hold);
        return taker.texts();
    }

    long ready(QueueView queue) {
        List<Queues.CountsReply> replies = new ArrayList<>();
        calling(() -> queues.counts(queue, false, replies::add));
        advance(50);
        return replies.getFirst().ready();
    }

    /// Logs by their topics.
    static final class Logs implements Partitions {
        final Map<String, QueueView> views = new LinkedHashMap<>();
        private final Map<String, FakeQueueLog> all = new LinkedHashMap<>();
        final FakeQueueLog codec = new FakeQueueLog(new ManualLoop(new ManualClock()));
        private ManualLoop loop = new ManualLoop(new ManualClock());
        boolean holding;

        void live(ManualLoop next) {
            loop = next;
        }

        void crash(boolean unconfirmedSurvive) {
            ManualLoop nowhere = new ManualLoop(new ManualClock());
            all.values().forEach(log -> log.crash(nowhere, unconfirmedSurvive ? Integer.MAX_VALUE : 0));
            holding = false;
        }

        FakeQueueLog of(String topic) {
            return all.computeIfAbsent(topic, _ -> new FakeQueueLog(loop));
        }

        /// Confirms what was appended first to the first log that has something unconfirmed.
        boolean confirmOne() {
            for (FakeQueueLog log : all.values()) {
                if (log.unconfirmed() > 0) {
                    log.confirm(1);
                    return true;
                }
            }
            return false;
        }

        private FakeQueueLog of(TopicPartition partition) {
            FakeQueueLog log = of(partition.topic());
            log.live(loop);
            log.holding = holding;
            log.isSole = true;
            return log;
        }

        @Override
        public void append(
                TopicPartition partition,
                ByteBuffer batch,
                Lease lease,
                AppendOrigin origin,
                Acks acks,
                long timeoutMs,
                Consumer<AppendReply> reply) {
            of(partition).append(partition, batch, lease, origin, acks, timeoutMs, reply);
        }

        @Override
        public Waiting fetch(FetchQuery query, Consumer<FetchReply> reply) {
            return of(query.partitions().getFirst().partition()).fetch(query, reply);
        }

        @Override
        public void offset(OffsetQuery query, Consumer<OffsetReply> reply) {
            of(query.partition()).offset(query, reply);
        }

        @Override
        public void deleteRecords(
                TopicPartition partition, long beforeOffset, long timeoutMs, Consumer<OffsetReply> reply) {
            of(partition).deleteRecords(partition, beforeOffset, timeoutMs, reply);
        }

        @Override
        public boolean mayActFor(TopicPartition partition) {
            return true;
        }

        @Override
        public <Q extends FollowerReads.Question> FollowerReads<Q> follow(FetchQuery.Asker asker) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void epochEnd(
                TopicPartition partition, int currentLeaderEpoch, int epoch, Consumer<EpochEndReply> reply) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void producers(TopicPartition partition, Consumer<ProducersReply> reply) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void logDirectories(Consumer<List<LogDirectoryView>> reply) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void moveLog(TopicPartition partition, String directory, Consumer<ErrorKind> reply) {
            throw new UnsupportedOperationException();
        }
    }
}
