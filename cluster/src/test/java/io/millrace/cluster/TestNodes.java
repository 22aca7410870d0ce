package io.millrace.cluster;

import io.millrace.broker.catalog.CatalogChanges.NewTopic;
import io.millrace.broker.catalog.NodeView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.model.Lease;
import io.millrace.model.TopicId;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import io.millrace.testkit.SeededRandomness;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Some nodes in one thread and virtual time, over a [MemoryQuorum], with calls between them that can be lost, late or
/// come twice.
final class TestNodes {
    static final String CLUSTER = "wxyzWXYZ0123456789abcd";
    private static final int PORT = 9190;

    final ManualClock clock = new ManualClock();
    final ManualLoop loop = new ManualLoop(clock);
    final SeededRandomness randomness;
    final MemoryQuorum quorum;
    final Map<Integer, Node> nodes = new TreeMap<>();
    int lossPercent;
    int delayMsMax = 2;

    TestNodes(int count, SeededRandomness randomness) {
        this.randomness = randomness;
        SortedSet<Integer> voters = new TreeSet<>();
        Map<Integer, PeerAddress> addresses = new TreeMap<>();
        for (int node = 1; node <= count; node++) {
            voters.add(node);
            addresses.put(node, address(node));
        }
        this.quorum = new MemoryQuorum(voters, addresses, clock, randomness, delayMsMax);
        voters.forEach(node -> nodes.put(node, new Node(node, 1)));
    }

    private static PeerAddress address(int node) {
        return new PeerAddress("host", PORT + node);
    }

    /// All nodes up and active, node 1 the controller.
    static TestNodes started(int count) {
        return started(count, MetadataLevel.newest());
    }

    /// The same with a build that knows no higher level than `known`.
    static TestNodes started(int count, MetadataLevel known) {
        TestNodes cluster = new TestNodes(count, new SeededRandomness(1));
        cluster.nodes.values().forEach(node -> node.known = known);
        cluster.nodes.values().forEach(Node::start);
        cluster.loop.runReady();
        cluster.quorum.elect(1);
        cluster.advance(500);
        return cluster;
    }

    void advance(long ms) {
        loop.advance(Duration.ofMillis(ms));
    }

    Node node(int id) {
        return Objects.requireNonNull(nodes.get(id));
    }

    /// The image of the node that leads the metadata.
    MetadataImage truth() {
        return node(quorum.leader().orElseThrow()).image();
    }

    static NewTopic topic(String name, int partitions, int replicas) {
        return new NewTopic(name, partitions, replicas, Map.of(), Map.of());
    }

    /// One node, life after life.
    final class Node {
        final int id;
        long disk;
        boolean isUp;
        boolean isCutOff;
        /// Lives and tells the controller so, but answers nobody.
        boolean isDeaf;
        boolean serving;
        MetadataLevel known = MetadataLevel.newest();
        /// Whether what its partitions are told takes until it is released.
        boolean holdsBack;

        final List<Runnable> heldBack = new ArrayList<>();
        final List<String> failures = new ArrayList<>();
        private @Nullable LocalCluster cluster;
        private int life;

        Node(int id, long disk) {
            this.id = id;
            this.disk = disk;
        }

        LocalCluster cluster() {
            return Objects.requireNonNull(cluster);
        }

        MetadataImage image() {
            return (MetadataImage) cluster().current();
        }

        boolean mayLead() {
            return isUp && cluster().standing().mayLead(clock.monotonicMs());
        }

        void start() {
            int thisLife = ++life;
            NodeIdentity identity = new NodeIdentity(CLUSTER, id, new TopicId(id, disk));
            ClusterSettings settings = new ClusterSettings(
                    "",
                    List.of(
                            new NodeView.Endpoint("kafka", "host", 9092),
                            new NodeView.Endpoint(NodeView.CLUSTER_LISTENER, "host", PORT + id)),
                    Map.of(),
                    ClusterSettings.RECORDS_PER_SNAPSHOT,
                    ClusterSettings.HEARTBEAT_MS,
                    ClusterSettings.SESSION_TIMEOUT_MS,
                    known);
            LocalCluster started = new LocalCluster(
                    identity,
                    settings,
                    new ClusterPorts(
                            quorum.open(id),
                            this::ask,
                            loop,
                            () -> loop,
                            new PlainCatalogCell(LocalCluster.empty(identity, settings)),
                            new PlainLeaseCell(),
                            clock,
                            randomness));
            cluster = started;
            isUp = true;
            serving = false;
            started.start(
                    () -> started.serve(this::whenPassed, () -> serving = life == thisLife && isUp),
                    failure -> failures.add(String.valueOf(failure.getMessage())));
        }

        private void whenPassed(Runnable then) {
            if (holdsBack) {
                heldBack.add(then);
            } else {
                then.run();
            }
        }

        /// The process is gone, as by kill -9.
        void kill() {
            isUp = false;
            serving = false;
            life++;
            cluster().close();
            loop.runReady();
        }

        void wipe() {
            disk++;
        }

        void cutOff() {
            isCutOff = true;
            quorum.cutOff(id);
        }

        void join() {
            isCutOff = false;
            quorum.join(id);
        }

        <R> R ask(Consumer<Consumer<R>> call) {
            AtomicReference<R> reply = new AtomicReference<>();
            call.accept(reply::set);
            for (int turn = 0; turn < 1_200 && reply.get() == null; turn++) {
                advance(10);
            }
            return Objects.requireNonNull(reply.get(), "no reply");
        }

        /// A call to another node: out, there, and back.
        private void ask(PeerAddress to, ByteBuffer call, long timeoutMs, Consumer<PeerAnswer> answer) {
            Node other = node(to.port() - PORT);
            if (isCutOff || other.isCutOff) {
                fail(answer, PeerAnswer.Reason.UNREACHABLE, false, 20);
            } else if (!other.isUp) {
                fail(answer, PeerAnswer.Reason.REFUSED, false, 1);
            } else {
                send(other, call, new Once(answer, timeoutMs));
            }
        }

        private void fail(Consumer<PeerAnswer> answer, PeerAnswer.Reason reason, boolean isSent, long afterMs) {
            loop.after(afterMs, () -> answer.accept(new PeerAnswer.Failed(reason, isSent, "")));
        }

        private void send(Node other, ByteBuffer call, Once once) {
            int copies = isLost() ? 0 : isLost() ? 2 : 1;
            for (int copy = 0; copy < copies; copy++) {
                loop.after(delayMs(), () -> arrive(other, call, once));
            }
        }

        private void arrive(Node other, ByteBuffer call, Once once) {
            if (other.isUp && !other.isCutOff && !other.isDeaf && !isCutOff) {
                int life = other.life;
                other.cluster().onCall(call.duplicate(), reply -> {
                    if (!isLost() && other.life == life) {
                        loop.after(delayMs(), () -> once.answer(new PeerAnswer.Frame(reply, Lease.NONE)));
                    }
                });
            }
        }

        private boolean isLost() {
            return randomness.nextInt(100) < lossPercent;
        }

        private long delayMs() {
            return randomness.nextInt(delayMsMax + 1);
        }
    }

    /// Answers the first of what comes, the time-out among it.
    private final class Once {
        private @Nullable Consumer<PeerAnswer> answer;

        Once(Consumer<PeerAnswer> answer, long timeoutMs) {
            this.answer = answer;
            loop.after(timeoutMs, () -> answer(new PeerAnswer.Failed(PeerAnswer.Reason.TIMED_OUT, true, "")));
        }

        void answer(PeerAnswer what) {
            Consumer<PeerAnswer> first = answer;
            if (first != null) {
                answer = null;
                first.accept(what);
            }
        }
    }
}
