package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.Policies;
import io.millrace.broker.topology.PolicyTarget;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.cluster.metadata.ImageDraft;
import io.millrace.cluster.metadata.ImageSnapshot;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.TopologyImage;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// Whatever is asked of a cluster whose nodes come and go: a snapshot adds up to the same image, what subscribers hear
/// adds up to the queues that are there, every queue is where its index says, and in memory only while the life of its
/// node lasts.
class TopologyProperty {
    private static final int NODES = 3;
    private static final int TURNS = 120;
    private static final List<PolicyTarget> TARGETS = List.copyOf(EnumSet.allOf(PolicyTarget.class));

    @Property(tries = 60)
    void snapshotsAndDeltasAddUp(SeededRandomness chance) {
        History history = new History(chance);
        for (int turn = 0; turn < TURNS; turn++) {
            history.turn();
        }
    }

    /// One cluster's life.
    private static final class History {
        private final SeededRandomness chance;
        private final Map<QueueRef, TopicId> heard = new TreeMap<>();
        private MetadataImage image = TestImage.ofNodes(NODES);
        private long lives = NODES;

        History(SeededRandomness chance) {
            this.chance = chance;
            run(new DeclareDefaults());
        }

        void turn() {
            if (chance.nextInt(15) == 0) {
                lives++;
                run(TestImage.register(node(), new TopicId(9, 1_000 + lives), new TopicId(9, 2)));
            } else {
                run(new ChangeTopology(change()));
            }
            check();
        }

        private void run(Command<?> command) {
            Decision<?> decision = command.decide(image, chance);
            ImageDraft draft = image.draft();
            decision.records().forEach(draft::apply);
            MetadataImage after = draft.image();
            CatalogDelta delta = draft.changes().between(image, after);
            assertThat(decision.changes().between(image, decision.after()))
                    .as("what the controller knows before the commit")
                    .isEqualTo(delta);
            assertThat(ImageSnapshot.records(decision.after())).isEqualTo(ImageSnapshot.records(after));
            hear(delta);
            image = after;
            decision.rest().ifPresent(this::run);
        }

        private void hear(CatalogDelta delta) {
            delta.topology()
                    .deleted()
                    .forEach(gone -> assertThat(heard.remove(gone.ref())).isEqualTo(gone.id()));
            delta.topology()
                    .created()
                    .forEach(
                            made -> assertThat(heard.put(made.ref(), made.id())).isNull());
            delta.topology().changed().forEach(changed -> assertThat(heard).containsEntry(changed.ref(), changed.id()));
        }

        private void check() {
            List<MetadataRecord> snapshot = ImageSnapshot.records(image);
            MetadataImage again = MetadataImage.empty("cluster", 1, Map.of()).with(snapshot);
            assertThat(ImageSnapshot.records(again)).isEqualTo(snapshot);
            assertThat(queues(again)).isEqualTo(queues(image));

            Map<QueueRef, TopicId> there = new TreeMap<>();
            queues(image).forEach(queue -> there.put(queue.ref(), queue.id()));
            assertThat(there).isEqualTo(heard);
            List.of(image, again).forEach(History::checkPlaces);
        }

        private static List<QueueView> queues(MetadataImage image) {
            List<QueueView> queues = new ArrayList<>();
            image.topology().vhosts().forEach(vhost -> queues.addAll(vhost.queuesFrom("")));
            return queues;
        }

        private static void checkPlaces(MetadataImage image) {
            TopologyImage topology = image.topology();
            Set<TopicId> topics = new HashSet<>();
            for (QueueView queue : queues(image)) {
                switch (queue.home()) {
                    case Home.InMemory memory -> {
                        assertThat(image.registration(memory.nodeId())
                                        .orElseThrow()
                                        .epoch())
                                .isEqualTo(memory.nodeEpoch());
                        queue.owner()
                                .ifPresent(owner ->
                                        assertThat(topology.queuesOf(owner)).contains(queue.ref()));
                    }
                    case Home.OnLog log -> {
                        assertThat(topology.queueOn(log.topicId())).contains(queue.ref());
                        assertThat(image.topic(log.topic()).orElseThrow().id()).isEqualTo(log.topicId());
                        topics.add(log.topicId());
                    }
                }
                assertThat(topology.vhost(queue.ref().vhost())
                                .orElseThrow()
                                .routing()
                                .hasQueue(queue.ref().name()))
                        .isTrue();
            }
            assertThat(image.topics()).hasSize(topics.size());
            for (ParameterKey key : topology.parameters()) {
                assertThat(key.vhost()
                                .map(vhost -> topology.vhost(vhost).isPresent())
                                .orElse(true))
                        .isTrue();
                assertThat(!key.component().equals(ParameterKey.USER_LIMITS)
                                || topology.user(key.name()).isPresent())
                        .isTrue();
            }
            for (VhostView vhost : topology.vhosts()) {
                Policies policies = new Policies(vhost.policies(), vhost.operatorPolicies());
                assertThat(vhost.queuesFrom(""))
                        .allSatisfy(queue -> assertThat(queue.policy()).isEqualTo(policies.of(queue.spec())));
                assertThat(vhost.topicPermissions())
                        .allSatisfy(permission ->
                                assertThat(topology.user(permission.user())).isPresent());
                assertThat(vhost.routing().queueCount()).isEqualTo(vhost.queueCount());
            }
        }

        private TopologyChange change() {
            return switch (chance.nextInt(26)) {
                case 0 -> new TopologyChange.PutVhost(vhost(), Arguments.of("n", ArgumentValue.whole(number(3))));
                case 1 ->
                    number(5) == 0
                            ? new TopologyChange.DeleteVhost(vhost())
                            : new TopologyChange.PutVhost(vhost(), Arguments.NONE);
                case 2 -> new TopologyChange.PutUser(new UserView("u" + number(3), "h" + number(2), "", List.of()));
                case 3 -> new TopologyChange.PutPermission(vhost(), new PermissionView("u" + number(3), ".*", "", "a"));
                case 4 ->
                    chance.nextBoolean()
                            ? new TopologyChange.DeleteUser("u" + number(3))
                            : new TopologyChange.DeletePermission(vhost(), "u" + number(3));
                case 5, 6, 7 ->
                    new TopologyChange.DeclareExchange(
                            vhost(),
                            new ExchangeSpec(
                                    exchange(),
                                    ExchangeType.FANOUT,
                                    chance.nextBoolean(),
                                    chance.nextBoolean(),
                                    false,
                                    Arguments.NONE));
                case 8 -> new TopologyChange.DeleteExchange(vhost(), exchange(), chance.nextBoolean());
                case 9, 10, 11 -> new TopologyChange.Bind(vhost(), binding());
                case 12 -> new TopologyChange.Unbind(vhost(), binding());
                case 13 -> deleteQueue();
                case 14 -> new TopologyChange.ConnectionGone(connection());
                case 15, 16 -> new TopologyChange.PutPolicy(vhost(), chance.nextBoolean(), policy());
                case 17 -> new TopologyChange.DeletePolicy(vhost(), chance.nextBoolean(), "p" + number(3));
                case 18 ->
                    new TopologyChange.PutTopicPermission(
                            vhost(), new TopicPermissionView("u" + number(3), exchange(), "w" + number(2), ""));
                case 19 ->
                    new TopologyChange.DeleteTopicPermission(
                            vhost(),
                            "u" + number(3),
                            chance.nextBoolean() ? Optional.of(exchange()) : Optional.empty());
                case 20 -> new TopologyChange.PutParameter(key(), ArgumentValue.whole(number(3)));
                case 21 -> new TopologyChange.DeleteParameter(key());
                default -> declareQueue();
            };
        }

        private TopologyChange declareQueue() {
            boolean durable = chance.nextBoolean();
            boolean exclusive = chance.nextInt(3) == 0;
            ConnectionId owner = connection();
            QueueSpec queue = new QueueSpec(
                    new QueueRef(vhost(), queue()), QueueType.CLASSIC, durable, exclusive, false, Arguments.NONE);
            return new TopologyChange.DeclareQueue(
                    queue, owner.nodeId(), exclusive ? Optional.of(owner) : Optional.empty());
        }

        private PolicyView policy() {
            Arguments definition = Arguments.of("message-ttl", ArgumentValue.whole(number(3)));
            return new PolicyView(
                    "p" + number(3),
                    number(3) == 0 ? "" : "[qe]" + number(6) + "$",
                    TARGETS.get(number(TARGETS.size())),
                    number(3),
                    chance.nextBoolean()
                            ? definition.with("alternate-exchange", ArgumentValue.text("e" + number(3)))
                            : definition);
        }

        private ParameterKey key() {
            return switch (number(3)) {
                case 0 -> ParameterKey.limitsOf(vhost());
                case 1 -> ParameterKey.limitsOf("u" + number(3));
                default -> new ParameterKey(Optional.empty(), "", "g" + number(3));
            };
        }

        private TopologyChange deleteQueue() {
            QueueRef ref = new QueueRef(vhost(), queue());
            TopicId id = image.topology()
                    .vhost(ref.vhost())
                    .flatMap(vhost -> vhost.queue(ref.name()))
                    .map(QueueView::id)
                    .orElse(TopicId.NONE);
            return new TopologyChange.DeleteQueue(ref, id);
        }

        private ConnectionId connection() {
            int node = node();
            long epoch = image.registration(node).orElseThrow().epoch();
            return new ConnectionId(node, number(10) == 0 ? epoch - 1 : epoch, number(3));
        }

        private Binding binding() {
            Destination destination =
                    chance.nextBoolean() ? new Destination.ToQueue(queue()) : new Destination.ToExchange(exchange());
            return new Binding(exchange(), destination, "k" + number(2), Arguments.NONE);
        }

        private VhostName vhost() {
            return new VhostName(number(4) == 0 ? "v" : "/");
        }

        private QueueName queue() {
            return new QueueName("q" + number(6));
        }

        private ExchangeName exchange() {
            return new ExchangeName(number(5) == 0 ? "amq.direct" : "e" + number(4));
        }

        private int node() {
            return 1 + number(NODES);
        }

        private int number(int bound) {
            return chance.nextInt(bound);
        }
    }
}
