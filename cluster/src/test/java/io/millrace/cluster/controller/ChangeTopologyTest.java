package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.DeletedTopicReply;
import io.millrace.broker.catalog.CatalogChanges.TopicRef;
import io.millrace.broker.catalog.TopicView;
import io.millrace.broker.routing.Binding;
import io.millrace.broker.routing.Destination;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.ExchangeType;
import io.millrace.broker.routing.Router;
import io.millrace.broker.routing.RoutingRefusal;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.EffectivePolicy;
import io.millrace.broker.topology.ParameterKey;
import io.millrace.broker.topology.PermissionView;
import io.millrace.broker.topology.PolicyTarget;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.broker.topology.TopicPermissionView;
import io.millrace.broker.topology.TopologyChange;
import io.millrace.broker.topology.TopologyReply;
import io.millrace.broker.topology.TopologyReply.Done;
import io.millrace.broker.topology.TopologyReply.Failed;
import io.millrace.broker.topology.UserView;
import io.millrace.broker.topology.VhostView;
import io.millrace.cluster.metadata.MetadataLevel;
import io.millrace.cluster.metadata.MetadataRecord.PartitionsCreated;
import io.millrace.cluster.metadata.MetadataRecord.TopicCreated;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.ErrorKind;
import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import io.millrace.testkit.SeededRandomness;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ChangeTopologyTest {
    private static final VhostName ROOT = new VhostName("/");
    private static final Done CHANGED = new Done(true);
    private static final Done UNCHANGED = new Done(false);

    private final Steps steps = new Steps(TestImage.ofNodes(3));

    @BeforeEach
    void defaults() {
        steps.run(new DeclareDefaults());
    }

    private TopologyReply run(TopologyChange change) {
        return steps.run(new ChangeTopology(change));
    }

    private VhostView root() {
        return steps.image().topology().vhost(ROOT).orElseThrow();
    }

    private static QueueRef ref(String name) {
        return new QueueRef(ROOT, new QueueName(name));
    }

    private static TopologyChange.DeclareQueue durable(String name, QueueType type) {
        return new TopologyChange.DeclareQueue(
                new QueueSpec(ref(name), type, true, false, false, Arguments.NONE), 1, Optional.empty());
    }

    private static TopologyChange.DeclareQueue passing(String name, int node) {
        return new TopologyChange.DeclareQueue(
                new QueueSpec(ref(name), QueueType.CLASSIC, false, false, false, Arguments.NONE),
                node,
                Optional.empty());
    }

    private static TopologyChange.DeclareQueue exclusive(String name, ConnectionId owner) {
        return new TopologyChange.DeclareQueue(
                new QueueSpec(ref(name), QueueType.CLASSIC, false, true, false, Arguments.NONE),
                owner.nodeId(),
                Optional.of(owner));
    }

    private static TopologyChange.DeclareExchange exchange(String name, boolean durable) {
        return new TopologyChange.DeclareExchange(
                ROOT,
                new ExchangeSpec(new ExchangeName(name), ExchangeType.DIRECT, durable, false, false, Arguments.NONE));
    }

    private Optional<QueueView> queue(String name) {
        return root().queue(new QueueName(name));
    }

    /// The node begins another life.
    private void restart(int node) {
        steps.run(TestImage.register(
                node, new TopicId(node, 1_000 + steps.image().lastNodeEpoch()), new TopicId(node, 2)));
    }

    @Test
    void aNewClusterHasTheDefaultVirtualHostAndGuest() {
        assertThat(steps.image().topology().vhosts())
                .extracting(VhostView::name)
                .containsExactly(ROOT);
        assertThat(steps.image().topology().users()).singleElement().satisfies(user -> {
            assertThat(user.name()).isEqualTo("guest");
            assertThat(user.tags()).containsExactly("administrator");
        });
        assertThat(root().permission("guest")).contains(new PermissionView("guest", ".*", ".*", ".*"));
        assertThat(new DeclareDefaults()
                        .decide(steps.image(), new SeededRandomness(1))
                        .records())
                .isEmpty();
    }

    @Test
    void aDurableQueueAndItsTopicAreOneBatch() {
        Decision<TopologyReply> decision =
                new ChangeTopology(durable("orders", QueueType.CLASSIC)).decide(steps.image(), new SeededRandomness(1));

        assertThat(decision.records())
                .extracting(record -> (Object) record.getClass())
                .containsExactly(TopicCreated.class, PartitionsCreated.class, TopologyRecorded.class);
        assertThat(run(durable("orders", QueueType.CLASSIC))).isEqualTo(CHANGED);
        assertThat(run(durable("orders", QueueType.CLASSIC))).isEqualTo(UNCHANGED);
        TopicView topic = steps.image().topic("queue.orders").orElseThrow();
        QueueView queue = queue("orders").orElseThrow();
        assertThat(queue.home()).isEqualTo(new Home.OnLog("queue.orders", topic.id()));
        assertThat(topic.partitions())
                .singleElement()
                .satisfies(partition -> assertThat(partition.replicas()).hasSize(1));
        assertThat(topic.overrides()).containsEntry("cleanup.policy", "delete").containsEntry("retention.ms", "-1");

        assertThat(run(new TopologyChange.DeleteQueue(ref("orders"), new TopicId(1, 1))))
                .isEqualTo(UNCHANGED);
        assertThat(run(new TopologyChange.DeleteQueue(ref("orders"), queue.id())))
                .isEqualTo(CHANGED);
        assertThat(steps.image().topic("queue.orders")).isEmpty();
        assertThat(queue("orders")).isEmpty();
    }

    @Test
    void quorumQueuesAndStreamsHaveThreeReplicasOrWhatTheyAskFor() {
        run(durable("quorum", QueueType.QUORUM));
        Arguments two = Arguments.of("x-initial-cluster-size", ArgumentValue.whole(2))
                .with("x-max-age", ArgumentValue.text("7D"))
                .with("x-max-length-bytes", ArgumentValue.whole(5_000))
                .with("x-stream-max-segment-size-bytes", ArgumentValue.whole(100));
        run(new TopologyChange.DeclareQueue(
                new QueueSpec(ref("stream"), QueueType.STREAM, true, false, false, two), 1, Optional.empty()));

        assertThat(replicas("queue.quorum")).hasSize(3).doesNotHaveDuplicates();
        assertThat(replicas("queue.stream")).hasSize(2).doesNotHaveDuplicates();
        assertThat(steps.image().topic("queue.stream").orElseThrow().overrides())
                .containsEntry("retention.ms", "604800000")
                .containsEntry("retention.bytes", "5000")
                .containsEntry("segment.bytes", "1048576");
    }

    private void putPolicy(boolean operator, String name, Arguments definition) {
        assertThat(run(new TopologyChange.PutPolicy(
                        ROOT, operator, new PolicyView(name, "stream.*", PolicyTarget.STREAMS, 0, definition))))
                .isInstanceOf(TopologyReply.Done.class);
    }

    private Map<String, String> settings(String topic) {
        return steps.image().topic(topic).orElseThrow().overrides();
    }

    @Test
    void policiesAreSettingsOfStreamsTopics() {
        Arguments day = Arguments.of("x-max-age", ArgumentValue.text("1D"));
        run(new TopologyChange.DeclareQueue(
                new QueueSpec(ref("stream1"), QueueType.STREAM, true, false, false, day), 1, Optional.empty()));
        run(durable("stream-less", QueueType.CLASSIC));
        Map<String, String> before = settings("queue.stream1");

        putPolicy(
                false,
                "p",
                Arguments.of("max-age", ArgumentValue.text("2D"))
                        .with("max-length-bytes", ArgumentValue.whole(7_000))
                        .with("stream-max-segment-size-bytes", ArgumentValue.whole(2 << 20)));
        putPolicy(true, "o", Arguments.of("max-age", ArgumentValue.text("1h")));
        run(durable("stream2", QueueType.STREAM));

        for (String topic : List.of("queue.stream1", "queue.stream2")) {
            assertThat(settings(topic))
                    .containsEntry("retention.ms", "3600000")
                    .containsEntry("retention.bytes", "7000")
                    .containsEntry("segment.bytes", Integer.toString(2 << 20));
        }
        assertThat(settings("queue.stream-less")).containsEntry("retention.bytes", "-1");

        run(new TopologyChange.DeletePolicy(ROOT, false, "p"));
        run(new TopologyChange.DeletePolicy(ROOT, true, "o"));

        assertThat(settings("queue.stream1")).isEqualTo(before);
        assertThat(settings("queue.stream2")).containsEntry("retention.ms", "-1");
    }

    @Test
    void aPolicyOfManyStreamsIsSettledInSteps() {
        for (int i = 0; i < 1_100; i++) {
            run(durable("stream" + i, QueueType.STREAM));
        }

        putPolicy(false, "p", Arguments.of("max-length-bytes", ArgumentValue.whole(7_000)));

        for (int i = 0; i < 1_100; i++) {
            assertThat(settings("queue.stream" + i)).containsEntry("retention.bytes", "7000");
        }
    }

    private List<Integer> replicas(String topic) {
        return steps.image().topic(topic).orElseThrow().partitions().getFirst().replicas();
    }

    @Test
    void aQueueWhoseNameAnotherTopicHasGetsAnotherTopic() {
        steps.run(new CreateTopics(List.of(TestImage.topic("queue.orders")), false));

        assertThat(run(durable("orders", QueueType.CLASSIC))).isEqualTo(CHANGED);
        assertThat(queue("orders").orElseThrow().home()).isInstanceOfSatisfying(Home.OnLog.class, log -> {
            assertThat(log.topic()).startsWith("queue.orders_").hasSize(35);
            assertThat(steps.image().topic(log.topic())).isPresent();
        });
    }

    @Test
    void theTopicOfAQueueIsDeletedWithTheQueueOnly() {
        run(durable("orders", QueueType.CLASSIC));

        List<DeletedTopicReply> replies =
                steps.run(new DeleteTopics(List.of(new TopicRef("queue.orders", TopicId.NONE))));

        assertThat(replies.getFirst().outcome().error()).isEqualTo(ErrorKind.POLICY_VIOLATION);
        assertThat(steps.image().topic("queue.orders")).isPresent();
    }

    @Test
    void queuesInMemoryGoWithTheLifeOfTheirNode() {
        run(passing("one", 1));
        run(passing("two", 2));
        run(new TopologyChange.Bind(ROOT, new Binding("amq.direct", new ToQueue("two"), "k")));

        restart(2);

        assertThat(queue("one")).isPresent();
        assertThat(queue("two")).isEmpty();
        assertThat(root().routing().bindingCount()).isZero();
        steps.run(new UnregisterNode(1));
        steps.run(new FenceNode(1, 1));
        steps.run(new UnregisterNode(1));
        assertThat(queue("one")).isEmpty();
    }

    @Test
    void exchangesThatAreNotDurableGoWhenAllNodesHaveStartedAgain() {
        run(exchange("passing", false));
        run(exchange("lasting", true));

        restart(1);
        restart(2);
        run(exchange("later", false));
        assertThat(root().routing().exchange(new ExchangeName("passing"))).isPresent();
        restart(3);

        assertThat(root().routing().exchange(new ExchangeName("passing"))).isEmpty();
        assertThat(root().routing().exchange(new ExchangeName("lasting"))).isPresent();
        assertThat(root().routing().exchange(new ExchangeName("later"))).isPresent();
    }

    @Test
    void exclusiveQueuesGoWithTheirConnection() {
        ConnectionId mine = new ConnectionId(2, 2, 7);
        ConnectionId other = new ConnectionId(2, 2, 8);
        assertThat(run(exclusive("mine", mine))).isEqualTo(CHANGED);
        assertThat(run(exclusive("mine too", mine))).isEqualTo(CHANGED);
        assertThat(run(exclusive("other's", other))).isEqualTo(CHANGED);
        assertThat(run(exclusive("mine", mine))).isEqualTo(UNCHANGED);
        assertThat(run(exclusive("mine", other))).isEqualTo(new TopologyReply.Locked(ref("mine")));
        assertThat(run(passing("mine", 2))).isEqualTo(new TopologyReply.Locked(ref("mine")));

        assertThat(run(new TopologyChange.ConnectionGone(mine))).isEqualTo(CHANGED);

        assertThat(queue("mine")).isEmpty();
        assertThat(queue("mine too")).isEmpty();
        assertThat(queue("other's")).isPresent();
        assertThat(run(new TopologyChange.ConnectionGone(mine))).isEqualTo(UNCHANGED);
        assertThat(run(exclusive("late", new ConnectionId(2, 1, 9)))).isInstanceOf(Failed.class);
        assertThat(run(new TopologyChange.ConnectionGone(new ConnectionId(2, Long.MAX_VALUE, Long.MAX_VALUE))))
                .isEqualTo(UNCHANGED);
    }

    @Test
    void manyQueuesInMemoryGoInSteps() {
        ConnectionId mine = new ConnectionId(2, 2, 7);
        for (int at = 0; at < 1_100; at++) {
            run(exclusive("mine " + at, mine));
        }
        run(new TopologyChange.ConnectionGone(mine));
        assertThat(root().queueCount()).isZero();
        for (int at = 0; at < 1_100; at++) {
            run(passing("passing " + at, 2));
        }
        run(passing("elsewhere", 1));

        restart(2);

        assertThat(root().queuesFrom("")).extracting(QueueView::ref).containsExactly(ref("elsewhere"));
        assertThat(steps.largest()).isEqualTo(MemoryQueues.QUEUES_PER_STEP);
    }

    @Test
    void whoeverDeclaresAQueueOfAFencedNodesMemoryGetsANewOne() {
        run(passing("replies", 2));
        run(new TopologyChange.Bind(ROOT, new Binding("amq.direct", new ToQueue("replies"), "k")));
        TopicId before = queue("replies").orElseThrow().id();
        assertThat(run(passing("replies", 3))).isEqualTo(UNCHANGED);

        steps.run(new FenceNode(2, 2));

        assertThat(run(passing("replies", 3))).isEqualTo(CHANGED);
        assertThat(queue("replies").orElseThrow().id()).isNotEqualTo(before);
        assertThat(queue("replies").orElseThrow().home()).isEqualTo(new Home.InMemory(3, 3));
        assertThat(root().routing().bindingCount()).isZero();
        restart(2);
        assertThat(queue("replies")).isPresent();
    }

    @Test
    void refusesWhatIsNotAsItIsThere() {
        run(durable("orders", QueueType.CLASSIC));
        run(exchange("e", true));

        assertThat(run(passing("orders", 1))).isInstanceOf(TopologyReply.QueueInequivalent.class);
        assertThat(run(exchange("e", false)))
                .isInstanceOfSatisfying(
                        TopologyReply.Refused.class,
                        refused -> assertThat(refused.why()).isInstanceOf(RoutingRefusal.Inequivalent.class));
        VhostName nowhere = new VhostName("nowhere");
        assertThat(run(new TopologyChange.DeleteExchange(nowhere, new ExchangeName("e"), false)))
                .isEqualTo(new TopologyReply.NoVhost(nowhere));
        assertThat(run(new TopologyChange.Bind(ROOT, new Binding("e", new ToTopic("none"), "k"))))
                .isInstanceOf(Failed.class);
        assertThat(run(new TopologyChange.PutPermission(ROOT, new PermissionView("nobody", "", "", ""))))
                .isInstanceOf(Failed.class);
    }

    @Test
    void aTopicTakesItsBindingsAlong() {
        steps.run(new CreateTopics(List.of(TestImage.topic("t")), false));
        run(new TopologyChange.Bind(ROOT, new Binding("amq.topic", new ToTopic("t"), "#")));
        assertThat(root().routing().bindingCount()).isEqualTo(1);

        steps.run(new DeleteTopics(List.of(new TopicRef("t", TopicId.NONE))));

        assertThat(root().routing().bindingCount()).isZero();
    }

    @Test
    void aVirtualHostGoesWithAllThatIsInItInBatches() {
        VhostName tenant = new VhostName("tenant");
        run(new TopologyChange.PutVhost(tenant, Arguments.NONE));
        for (int at = 0; at < 1_200; at++) {
            QueueRef ref = new QueueRef(tenant, new QueueName("q" + at));
            run(new TopologyChange.DeclareQueue(
                    new QueueSpec(ref, QueueType.CLASSIC, true, false, false, Arguments.NONE), 1, Optional.empty()));
        }
        assertThat(steps.image().topic("queue_tenant.q7")).isPresent();

        assertThat(run(new TopologyChange.DeleteVhost(tenant))).isEqualTo(CHANGED);

        assertThat(steps.largest()).isLessThanOrEqualTo(1_000);
        assertThat(steps.image().topology().vhost(tenant)).isEmpty();
        assertThat(steps.image().topics()).isEmpty();
    }

    @Test
    void aUserTakesPermissionsAlong() {
        UserView user = new UserView("u", "hash", "", List.of());
        assertThat(run(new TopologyChange.PutUser(user))).isEqualTo(CHANGED);
        assertThat(run(new TopologyChange.PutUser(user))).isEqualTo(UNCHANGED);
        PermissionView permission = new PermissionView("u", "a", "b", "c");
        assertThat(run(new TopologyChange.PutPermission(ROOT, permission))).isEqualTo(CHANGED);
        assertThat(run(new TopologyChange.PutPermission(ROOT, permission))).isEqualTo(UNCHANGED);
        assertThat(root().permission("u")).contains(permission);

        assertThat(run(new TopologyChange.DeleteUser("u"))).isEqualTo(CHANGED);
        assertThat(run(new TopologyChange.DeleteUser("u"))).isEqualTo(UNCHANGED);
        run(new TopologyChange.PutUser(user));

        assertThat(root().permission("u")).isEmpty();
    }

    private static TopologyChange policy(
            String name, int priority, PolicyTarget target, String pattern, Arguments says) {
        return new TopologyChange.PutPolicy(ROOT, false, new PolicyView(name, pattern, target, priority, says));
    }

    @Test
    void aPolicyChangesQueuesThatAreThereAndThoseThatCome() {
        Arguments ttl = Arguments.of("message-ttl", ArgumentValue.whole(5));
        run(passing("orders", 1));
        run(passing("other", 1));

        assertThat(run(policy("p", 0, PolicyTarget.QUEUES, "^ord", ttl))).isEqualTo(CHANGED);
        assertThat(run(policy("p", 0, PolicyTarget.QUEUES, "^ord", ttl))).isEqualTo(UNCHANGED);
        run(passing("ordinary", 1));

        EffectivePolicy effective = new EffectivePolicy("p", "", ttl);
        assertThat(queue("orders").orElseThrow().policy()).isEqualTo(effective);
        assertThat(queue("ordinary").orElseThrow().policy()).isEqualTo(effective);
        assertThat(queue("other").orElseThrow().policy()).isEqualTo(EffectivePolicy.NONE);

        assertThat(run(new TopologyChange.DeletePolicy(ROOT, false, "p"))).isEqualTo(CHANGED);
        assertThat(run(new TopologyChange.DeletePolicy(ROOT, false, "p"))).isEqualTo(UNCHANGED);
        assertThat(queue("orders").orElseThrow().policy()).isEqualTo(EffectivePolicy.NONE);
        assertThat(run(policy("bad", 0, PolicyTarget.QUEUES, "(", ttl))).isInstanceOf(Failed.class);
    }

    @Test
    void aPolicyNamesAnAlternateExchange() {
        run(exchange("e", true));
        run(passing("rest", 1));
        run(new TopologyChange.Bind(ROOT, new Binding("amq.fanout", new ToQueue("rest"), "")));
        assertThat(routed("e")).isEmpty();

        run(policy(
                "p",
                0,
                PolicyTarget.EXCHANGES,
                "^e",
                Arguments.of("alternate-exchange", ArgumentValue.text("amq.fanout"))));
        run(exchange("e2", true));

        assertThat(routed("e")).containsExactly(new ToQueue("rest"));
        assertThat(routed("e2")).containsExactly(new ToQueue("rest"));
        assertThat(root().policyOf(new ExchangeName("e")).name()).isEqualTo("p");
        run(new TopologyChange.DeletePolicy(ROOT, false, "p"));
        assertThat(routed("e")).isEmpty();
    }

    private List<Destination.Target> routed(String exchange) {
        Router router = new Router(new SeededRandomness(1), _ -> true, 0);
        return router.route(root().routing(), new ExchangeName(exchange), () -> "k")
                .targets();
    }

    @Test
    void aVirtualHostHasNoMoreQueuesThanItsLimit() {
        ParameterKey limits = ParameterKey.limitsOf(ROOT);
        Arguments one = Arguments.of("max-queues", ArgumentValue.whole(1));
        assertThat(run(new TopologyChange.PutParameter(limits, new ArgumentValue.Table(one))))
                .isEqualTo(CHANGED);
        assertThat(run(passing("a", 1))).isEqualTo(CHANGED);

        assertThat(run(passing("b", 1)))
                .isEqualTo(new TopologyReply.Refused(new RoutingRefusal.Invalid(
                        "cannot declare queue 'b': queue limit in vhost '/' (1) is reached")));
        assertThat(run(passing("a", 1))).isEqualTo(UNCHANGED);

        assertThat(run(new TopologyChange.DeleteParameter(limits))).isEqualTo(CHANGED);
        assertThat(run(passing("b", 1))).isEqualTo(CHANGED);
    }

    @Test
    void topicPermissionsAreOfUsersThatAreThere() {
        ExchangeName topic = new ExchangeName("amq.topic");
        TopicPermissionView permission = new TopicPermissionView("guest", topic, "^a", "^b");

        assertThat(run(new TopologyChange.PutTopicPermission(ROOT, new TopicPermissionView("nobody", topic, "", ""))))
                .isInstanceOf(Failed.class);
        assertThat(run(new TopologyChange.PutTopicPermission(ROOT, permission))).isEqualTo(CHANGED);
        assertThat(root().topicPermission("guest", topic)).contains(permission);
        run(new TopologyChange.PutUser(new UserView("guest2", "", "", List.of())));
        run(new TopologyChange.PutTopicPermission(ROOT, new TopicPermissionView("guest2", topic, "", "")));

        assertThat(run(new TopologyChange.DeleteTopicPermission(ROOT, "guest", Optional.empty())))
                .isEqualTo(CHANGED);
        assertThat(run(new TopologyChange.DeleteTopicPermission(ROOT, "guest", Optional.of(topic))))
                .isEqualTo(UNCHANGED);
        assertThat(root().topicPermissions())
                .extracting(TopicPermissionView::user)
                .containsExactly("guest2");
        run(new TopologyChange.DeleteUser("guest2"));
        assertThat(root().topicPermissions()).isEmpty();
    }

    @Test
    void nothingOfItIsWrittenBeforeItsLevel() {
        Steps old = new Steps(TestImage.ofNodes(1, Map.of(), MetadataLevel.CORDONS));

        assertThat(old.run(new ChangeTopology(exchange("e", true)))).isInstanceOf(Failed.class);
        old.run(new DeclareDefaults());
        assertThat(old.image().topology().vhosts()).isEmpty();
    }
}
