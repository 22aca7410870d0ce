package io.millrace.server.census;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import io.millrace.broker.catalog.FeatureRange;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.MetadataRecord.FeatureLevelSet;
import io.millrace.cluster.metadata.MetadataRecord.NodeRegistered;
import io.millrace.cluster.metadata.RecordReader;
import io.millrace.cluster.metadata.RecordReader.MalformedRecord;
import io.millrace.cluster.metadata.RecordWriter;
import io.millrace.cluster.peer.PeerAddress;
import io.millrace.cluster.peer.PeerAnswer;
import io.millrace.cluster.peer.PeerEnvelope;
import io.millrace.cluster.peer.PeerLink;
import io.millrace.console.port.ClusterView;
import io.millrace.console.port.ClusterView.ListenerRow;
import io.millrace.console.port.ClusterView.NodeRow;
import io.millrace.console.port.ClusterView.Vitals;
import io.millrace.console.port.ConnectionsView;
import io.millrace.console.port.ConnectionsView.ChannelRow;
import io.millrace.console.port.ConnectionsView.Connected;
import io.millrace.console.port.ConnectionsView.ConnectionRow;
import io.millrace.console.port.ConnectionsView.ConsumerRow;
import io.millrace.console.port.ConnectionsView.Depth;
import io.millrace.console.port.ConnectionsView.Wanted;
import io.millrace.console.port.NodeSummaries;
import io.millrace.console.port.NodeSummary;
import io.millrace.console.port.Totals;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.Lease;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.ManualClock;
import io.millrace.testkit.ManualLoop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/// Node 1 of three asks the others, over links that hand frames to their desks.
class CensusTest {
    private static final QueueRef ORDERS = new QueueRef(VhostName.HOME, new QueueName("orders"));

    private final ManualClock clock = new ManualClock();
    private final ManualLoop loop = new ManualLoop(clock);
    private final Map<Integer, Node> nodes = new HashMap<>();
    private final Set<Integer> silent = new HashSet<>();
    private final List<Integer> asked = new ArrayList<>();
    private MetadataImage image = image(MetadataLevel.newest());
    private final OtherNodes others = new OtherNodes(1, () -> image, (on, to, channel) -> new Line(to), loop);
    private final ClusterConnections connections = new ClusterConnections(1, node(1), others, loop, clock);
    private final ClusterSummaries summaries = new ClusterSummaries(1, node(1), others, loop, clock);

    private static MetadataImage image(MetadataLevel level) {
        List<MetadataRecord> records = new ArrayList<>();
        records.add(new FeatureLevelSet(MetadataLevel.FEATURE, level.number(), 1));
        for (int id = 1; id <= 3; id++) {
            records.add(new NodeRegistered(
                    id,
                    id,
                    new TopicId(1, id),
                    new TopicId(2, id),
                    List.of(),
                    "",
                    NodeView.Standing.ACTIVE,
                    List.of(new NodeView.Endpoint(NodeView.CLUSTER_LISTENER, "node", id)),
                    Map.of(MetadataLevel.FEATURE, new FeatureRange(1, level.number()))));
        }
        return MetadataImage.empty("cluster", 1, Map.of()).with(records);
    }

    /// What one node has.
    private static final class Node implements ConnectionsView, NodeSummaries {
        private final int id;
        private final List<ConnectionRow> rows = new ArrayList<>();
        private final List<ChannelRow> channels = new ArrayList<>();
        private final List<ConsumerRow> consumers = new ArrayList<>();
        private final List<String> closed = new ArrayList<>();
        private Arguments says = Arguments.of("product", ArgumentValue.text("RabbitMQ \u00e9"));
        private boolean isStuck;

        Node(int id) {
            this.id = id;
        }

        void connect(String user, int count) {
            for (int at = 0; at < count; at++) {
                ConnectionRow row = new ConnectionRow(
                        "127.0.0.1:" + at + " -> 127.0.0.1:" + id,
                        ClusterView.nameOf(id),
                        user,
                        VhostName.HOME,
                        "running",
                        "AMQP 0-9-1",
                        "PLAIN",
                        "127.0.0.1",
                        5672,
                        "10.0.0.1",
                        at,
                        2047,
                        131_072,
                        60,
                        2,
                        1_700_000_000_000L,
                        123_456_789_012L,
                        99,
                        says);
                rows.add(row);
                for (int number = 1; number <= 2; number++) {
                    channel(row, number);
                }
            }
        }

        private void channel(ConnectionRow row, int number) {
            ChannelRow channel = new ChannelRow(
                    ChannelRow.name(row.name(), number), row, number, "running", 10, 0, true, false, 7, 8, 1);
            channels.add(channel);
            consumers.add(new ConsumerRow(channel, ORDERS, "tag" + number, true, false, true, 10, Arguments.NONE));
        }

        @Override
        public void ask(Wanted wanted, Consumer<Connected> reply) {
            if (!isStuck) {
                reply.accept(wanted.of(new Connected(rows, channels, consumers)));
            }
        }

        @Override
        public void close(ConnectionRow connection, String reason) {
            closed.add(connection.name() + ": " + reason);
        }

        @Override
        public void latest(Consumer<List<NodeSummary>> reply) {
            if (isStuck) {
                throw new IllegalStateException("stuck");
            }
            Vitals vitals = new Vitals(id, 2, 3, 4, 5, true, 6L << 40, false, 7, 8);
            reply.accept(List.of(new NodeSummary(
                    new NodeRow(ClusterView.nameOf(id), true, Optional.of(vitals)),
                    List.of(new ListenerRow("amqp", "127.0.0.1", 5672)),
                    rows.size(),
                    channels.size(),
                    consumers.size(),
                    new Totals(10, id, Map.of("ack", new Totals.Count(5, 1.5))))));
        }
    }

    private Node node(int id) {
        return nodes.computeIfAbsent(id, Node::new);
    }

    /// Answers later, in a turn of the loop, as links do.
    private final class Line implements PeerLink {
        private final int to;
        private final CensusDesk desk;

        Line(PeerAddress to) {
            this.to = to.port();
            this.desk = new CensusDesk(loop, node(this.to), node(this.to));
        }

        @Override
        public void send(ByteBuffer frame, long timeoutMs, Consumer<PeerAnswer> answer) {
            asked.add(to);
            if (silent.contains(to)) {
                loop.after(
                        timeoutMs,
                        () -> answer.accept(new PeerAnswer.Failed(PeerAnswer.Reason.TIMED_OUT, true, "no answer")));
                return;
            }
            PeerEnvelope envelope = PeerEnvelope.of(frame).orElseThrow();
            assertThat(envelope.kind()).isEqualTo(PeerEnvelope.Kind.QUESTION);
            loop.post(() -> desk.answer(
                    envelope.content(),
                    bytes -> loop.post(
                            () -> answer.accept(new PeerAnswer.Frame(envelope.response(bytes), Lease.NONE)))));
        }

        @Override
        public void close() {}
    }

    private Connected connected(Wanted wanted) {
        List<Connected> answers = new ArrayList<>();
        connections.ask(wanted, answers::add);
        loop.runReady();
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    @Test
    void listsAreThoseOfAllNodes() {
        node(1).connect("a", 1);
        node(2).connect("b", 2_000);
        node(3).connect("c", 1);

        Connected all = connected(new Wanted.All(Depth.CONSUMERS));

        List<ConnectionRow> expected = new ArrayList<>();
        List<ConsumerRow> consumers = new ArrayList<>();
        for (int id = 1; id <= 3; id++) {
            expected.addAll(node(id).rows);
            consumers.addAll(node(id).consumers);
        }
        assertThat(all.connections()).isEqualTo(expected);
        assertThat(all.consumers()).isEqualTo(consumers);
        assertThat(all.channels()).hasSize(2 * expected.size());
        assertThat(asked).as("pages of node 2").filteredOn(to -> to == 2).hasSizeGreaterThan(2);
    }

    /// What clients say of themselves has no limit of its own.
    @Test
    void aClientThatSaysTooMuchHidesNobody() {
        node(2).connect("b", 1);
        ArgumentValue deep = new ArgumentValue.Nothing();
        for (int level = 0; level < 100; level++) {
            deep = new ArgumentValue.Table(Arguments.of("deep", deep));
        }
        node(2).says = Arguments.of("deep", deep);
        node(2).connect("deep", 1);
        node(2).says = Arguments.NONE;
        node(2).connect("after", 1);
        List<ConnectionRow> rows = connected(new Wanted.All(Depth.CONSUMERS)).connections();
        assertThat(rows).extracting(ConnectionRow::user).containsExactly("b", "deep", "after");
        assertThat(rows.get(1).clientProperties()).isEqualTo(Arguments.NONE);
    }

    @Test
    void onlyWhatIsWantedTravels() {
        node(2).connect("b", 2);
        node(3).connect("c", 2);

        assertThat(connected(new Wanted.All(Depth.CONNECTIONS)).channels()).isEmpty();
        String name = node(3).rows.get(1).name();
        Connected named = connected(new Wanted.Named(name));
        assertThat(named.connections()).containsExactly(node(3).rows.get(1));
        assertThat(named.channels()).hasSize(2);
        Connected some = connected(new Wanted.ConsumersOf(ORDERS, 1));
        assertThat(some.consumers())
                .containsExactly(node(2).consumers.getFirst(), node(3).consumers.getFirst());
        QueueRef other = new QueueRef(VhostName.HOME, new QueueName("other"));
        assertThat(connected(new Wanted.ConsumersOf(other, 9)).consumers()).isEmpty();
    }

    @Test
    void whoAsksMeanwhileGetsTheSameAnswer() {
        node(2).connect("b", 1);
        connected(new Wanted.All(Depth.CONNECTIONS));
        int before = asked.size();
        node(2).connect("b", 1);
        assertThat(connected(new Wanted.All(Depth.CONNECTIONS)).connections()).hasSize(1);
        assertThat(asked).hasSize(before);
        clock.advanceMs(1_000);
        assertThat(connected(new Wanted.All(Depth.CONNECTIONS)).connections()).hasSize(2);
    }

    @Test
    void aNodeThatDoesNotAnswerIsLeftOut() {
        node(2).connect("b", 1);
        node(3).connect("c", 1);
        silent.add(3);
        List<Connected> answers = new ArrayList<>();
        List<List<NodeSummary>> told = new ArrayList<>();
        connections.ask(new Wanted.All(Depth.CONNECTIONS), answers::add);
        summaries.latest(told::add);
        loop.runReady();
        assertThat(answers).isEmpty();

        clock.advanceMs(OtherNodes.ANSWER_MS);
        loop.runReady();

        assertThat(answers.getFirst().connections()).isEqualTo(node(2).rows);
        assertThat(told.getFirst())
                .extracting(summary -> summary.node().name())
                .containsExactly("millrace@1", "millrace@2");
    }

    /// Whatever happened to the first question, the next ones do not wait for it.
    @Test
    void aQuestionEndsThoughThisNodeItselfDoesNotAnswer() {
        node(1).isStuck = true;
        node(2).connect("b", 1);
        List<Connected> answers = new ArrayList<>();
        List<List<NodeSummary>> told = new ArrayList<>();
        connections.ask(new Wanted.All(Depth.CONNECTIONS), answers::add);
        summaries.latest(told::add);
        assertThatThrownBy(loop::runReady).isInstanceOf(IllegalStateException.class);
        loop.runReady();
        assertThat(answers).isEmpty();

        clock.advanceMs(Gathering.MS_MAX);
        loop.runReady();
        assertThat(answers.getFirst().connections()).isEqualTo(node(2).rows);

        node(1).isStuck = false;
        node(1).connect("a", 1);
        clock.advanceMs(1_000);
        loop.runReady();
        assertThat(connected(new Wanted.All(Depth.CONNECTIONS)).connections()).hasSize(2);
        summaries.latest(told::add);
        loop.runReady();
        assertThat(told).last().asInstanceOf(list(NodeSummary.class)).hasSize(3);
    }

    @Test
    void numbersArriveAsTheyWereTold() {
        node(2).connect("b", 3);
        List<NodeSummary> own = new ArrayList<>();
        nodes.put(3, new Node(3));
        for (int id = 1; id <= 3; id++) {
            node(id).latest(one -> own.add(one.getFirst()));
        }
        List<List<NodeSummary>> told = new ArrayList<>();
        summaries.latest(told::add);
        loop.runReady();
        assertThat(told.getFirst()).isEqualTo(own);
    }

    @Test
    void aConnectionIsClosedWhereItIs() {
        node(1).connect("a", 1);
        node(3).connect("c", 2);
        connections.close(node(3).rows.get(1), "why");
        connections.close(node(1).rows.getFirst(), "why");
        loop.runReady();
        assertThat(node(3).closed).containsExactly(node(3).rows.get(1).name() + ": why");
        assertThat(node(1).closed).hasSize(1);
    }

    @Test
    void nobodyIsAskedBeforeTheLevel() {
        image = image(MetadataLevel.CORDONS);
        node(1).connect("a", 1);
        assertThat(connected(new Wanted.All(Depth.CONNECTIONS)).connections()).hasSize(1);
        assertThat(asked).isEmpty();
    }

    @Test
    void listsThatNobodyReadsOnDoNotStay() throws MalformedRecord {
        node(2).connect("b", 2_000);
        CensusDesk desk = new CensusDesk(loop, node(2), node(2));
        ByteBuffer wanted = CensusCodec.encode(new Question.Rows(new Wanted.All(Depth.CONSUMERS)));
        long first = next(answer(desk, wanted));
        for (int count = 0; count < CensusDesk.OPEN_MAX; count++) {
            assertThat(next(answer(desk, wanted))).isNotEqualTo(CensusDesk.OVER);
        }
        assertThat(answer(desk, CensusCodec.encode(new Question.More(first))).hasRemaining())
                .as("the oldest of too many")
                .isFalse();
        long last = next(answer(desk, wanted));
        clock.advanceMs(CensusDesk.OPEN_MS_MAX);
        loop.runReady();
        assertThat(answer(desk, CensusCodec.encode(new Question.More(last))).hasRemaining())
                .as("after a while")
                .isFalse();
    }

    @Test
    void whatIsNoQuestionIsNotAnswered() {
        CensusDesk desk = new CensusDesk(loop, node(2), node(2));
        for (byte[] bytes : List.of(new byte[0], new byte[] {2, 0}, new byte[] {1, 9}, new byte[] {1, 0, 0})) {
            assertThat(answer(desk, ByteBuffer.wrap(bytes)).hasRemaining()).isFalse();
        }
    }

    /// A channel of nothing, and bytes that end in the middle.
    @Test
    void whatIsNoPageIsNotTaken() {
        RecordWriter out = new RecordWriter();
        node(2).connect("b", 1);
        new RowPages(new Connected(node(2).rows, node(2).channels, List.of())).writeNext(out);
        byte[] page = out.toBytes();
        for (int length = 1; length < page.length; length++) {
            RowReader rows = new RowReader();
            try {
                rows.read(new RecordReader(ByteBuffer.wrap(page, 0, length)));
            } catch (MalformedRecord cut) {
                // as it should be
            }
            assertThat(rows.size()).isLessThan(3);
        }
        page[0] = RowPages.CHANNEL;
        assertThat(isTaken(page)).isFalse();
    }

    private static boolean isTaken(byte[] page) {
        try {
            new RowReader().read(new RecordReader(ByteBuffer.wrap(page)));
            return true;
        } catch (MalformedRecord refused) {
            return false;
        }
    }

    private ByteBuffer answer(CensusDesk desk, ByteBuffer question) {
        List<ByteBuffer> answers = new ArrayList<>();
        loop.post(() -> desk.answer(question, answers::add));
        loop.runReady();
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    private static long next(ByteBuffer page) throws MalformedRecord {
        return CensusCodec.open(page).readVarlong();
    }
}
