package io.millrace.cluster;

import static io.millrace.cluster.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ConfigChange;
import io.millrace.broker.catalog.CatalogChanges.ConfigChanges;
import io.millrace.broker.catalog.CatalogChanges.DeletedTopicReply;
import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.CatalogChanges.Operation;
import io.millrace.broker.catalog.CatalogChanges.ProducerIdBlock;
import io.millrace.broker.catalog.CatalogChanges.TopicRef;
import io.millrace.broker.catalog.ConfigResource;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.CatalogDelta;
import io.millrace.cluster.metadata.MemoryMetadataLog;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LocalClusterTest {
    @Test
    void registersItselfAndLeads() {
        TestCluster node = TestCluster.started();

        assertThat(node.ready).isTrue();
        assertThat(node.cluster.current().controllerId()).isEqualTo(1);
        assertThat(node.cluster.current().nodes()).singleElement().satisfies(self -> {
            assertThat(self.id()).isEqualTo(1);
            assertThat(self.fenced()).isFalse();
            assertThat(self.endpoints()).isEqualTo(TestCluster.ENDPOINTS);
        });
        assertThat(node.cluster.current().features())
                .isEqualTo(Map.of("metadata.version", 33, "kraft.version", 1, "millrace.version", 3));
    }

    @Test
    void answersACreationWhenItIsVisible() {
        TestCluster node = TestCluster.started();

        List<NewTopicReply> replies = node.<List<NewTopicReply>>ask(
                reply -> node.cluster.createTopics(List.of(topic("orders", 3)), false, reply));

        assertThat(replies).singleElement().satisfies(reply -> {
            assertThat(reply.outcome()).isEqualTo(Outcome.OK);
            assertThat(reply.topic())
                    .isEqualTo(node.cluster.current().topic("orders").orElseThrow());
        });
        TopicView orders = node.cluster.current().topic("orders").orElseThrow();
        assertThat(orders.partitions()).hasSize(3).allSatisfy(partition -> {
            assertThat(partition.leader()).isEqualTo(1);
            assertThat(partition.isr()).containsExactly(1);
        });
    }

    @Test
    void decidesCommandsThatArriveTogetherAsOneBatch() {
        MemoryMetadataLog.Storage storage = new MemoryMetadataLog.Storage();
        TestCluster node = new TestCluster(storage, ClusterSettings.of(TestCluster.ENDPOINTS, Map.of())).start();
        int before = storage.batchCount();
        List<List<NewTopicReply>> replies = new ArrayList<>();
        for (int at = 0; at < 100; at++) {
            node.cluster.createTopics(List.of(topic("t" + at, 1)), false, replies::add);
        }
        node.cluster.createTopics(List.of(topic("t0", 1)), false, replies::add);
        node.loop.runReady();

        assertThat(replies).hasSize(101);
        assertThat(replies.getLast().getFirst().outcome().message()).isEqualTo("Topic 't0' already exists.");
        assertThat(storage.batchCount() - before).isEqualTo(2);
    }

    @Test
    void keepsEverythingOverARestart() {
        MemoryMetadataLog.Storage storage = new MemoryMetadataLog.Storage();
        ClusterSettings settings = ClusterSettings.of(TestCluster.ENDPOINTS, Map.of());
        TestCluster first = new TestCluster(storage, settings).start();
        first.<List<NewTopicReply>>ask(
                reply -> first.cluster.createTopics(List.of(topic("orders", 300)), false, reply));
        ProducerIdBlock block = first.ask(first.cluster::allocateProducerIds);
        TopicView before = first.cluster.current().topic("orders").orElseThrow();
        first.cluster.close();

        TestCluster second = new TestCluster(storage, settings).start();

        assertThat(second.cluster.current().topic(before.id())).contains(before);
        ProducerIdBlock next = second.ask(second.cluster::allocateProducerIds);
        assertThat(next.first()).isEqualTo(block.first() + block.count());
    }

    @Test
    void writesSnapshotsAndStartsFromThem() {
        MemoryMetadataLog.Storage storage = new MemoryMetadataLog.Storage();
        ClusterSettings settings = new ClusterSettings("", TestCluster.ENDPOINTS, Map.of(), 10);
        TestCluster first = new TestCluster(storage, settings).start();
        for (int at = 0; at < 50; at++) {
            String name = "t." + at;
            first.<List<NewTopicReply>>ask(reply -> first.cluster.createTopics(List.of(topic(name, 2)), false, reply));
        }
        first.<List<DeletedTopicReply>>ask(
                reply -> first.cluster.deleteTopics(List.of(new TopicRef("t.7", TopicId.NONE)), reply));
        assertThat(storage.snapshotOffset()).isPositive();

        TestCluster second = new TestCluster(storage, settings).start();

        assertThat(second.cluster.current().topics())
                .containsExactlyElementsOf(first.cluster.current().topics());
        assertThat(second.cluster.current().featuresEpoch())
                .isEqualTo(first.cluster.current().featuresEpoch());
        List<NewTopicReply> collision = second.<List<NewTopicReply>>ask(
                reply -> second.cluster.createTopics(List.of(topic("t_8", 1)), false, reply));
        assertThat(collision.getFirst().outcome().message()).isEqualTo("Topic 't_8' collides with existing topic: t.8");
    }

    @Test
    void tellsSubscribersWhatChangedBeforeItAnswers() {
        TestCluster node = TestCluster.started();
        List<String> events = new ArrayList<>();
        List<CatalogDelta> deltas = new ArrayList<>();
        node.cluster.subscribe((before, after, delta) -> {
            events.add("heard");
            deltas.add(delta);
            assertThat(node.cluster.current()).isSameAs(after);
        });
        node.loop.runReady();
        events.clear();
        deltas.clear();

        node.cluster.createTopics(List.of(topic("a", 1)), false, replies -> events.add("answered"));
        node.loop.runReady();
        List<DeletedTopicReply> deleted = node.<List<DeletedTopicReply>>ask(
                reply -> node.cluster.deleteTopics(List.of(new TopicRef("a", TopicId.NONE)), reply));

        assertThat(events).containsExactly("heard", "answered", "heard");
        assertThat(deltas.get(0).created())
                .singleElement()
                .satisfies(topic -> assertThat(topic.name()).isEqualTo("a"));
        assertThat(deltas.get(1).deleted())
                .singleElement()
                .satisfies(topic ->
                        assertThat(topic.id()).isEqualTo(deleted.getFirst().id()));
    }

    @Test
    void tellsALateSubscriberEverythingThereIs() {
        TestCluster node = TestCluster.started();
        node.<List<NewTopicReply>>ask(
                reply -> node.cluster.createTopics(List.of(topic("a", 1), topic("b", 1)), false, reply));
        List<CatalogDelta> deltas = new ArrayList<>();

        node.cluster.subscribe((before, after, delta) -> deltas.add(delta));
        node.loop.runReady();

        assertThat(deltas)
                .singleElement()
                .satisfies(delta ->
                        assertThat(delta.created()).extracting(TopicView::name).containsExactly("a", "b"));
    }

    @Test
    void resolvesTopicSettingsAgainWhenANodeSettingChanges() {
        TestCluster node = TestCluster.started();
        node.<List<NewTopicReply>>ask(reply -> node.cluster.createTopics(List.of(topic("a", 1)), false, reply));
        List<CatalogDelta> deltas = new ArrayList<>();
        node.cluster.subscribe((before, after, delta) -> deltas.add(delta));
        node.loop.runReady();

        ConfigChanges change = new ConfigChanges(
                new ConfigResource(ConfigResource.Kind.NODE, ""),
                false,
                List.of(new ConfigChange("log.retention.ms", Operation.SET, "1234")));
        List<Outcome> outcomes = node.ask(reply -> node.cluster.alterConfigs(List.of(change), false, reply));

        assertThat(outcomes).containsExactly(Outcome.OK);
        assertThat(node.cluster
                        .current()
                        .topic("a")
                        .orElseThrow()
                        .settings()
                        .log()
                        .retentionMs())
                .isEqualTo(1234);
        assertThat(deltas.getLast().changed()).hasSize(1);
    }

    @Test
    void answersChangesOnceItLeadsAndGivesUpWhenNobodyDoes() {
        TestCluster node =
                new TestCluster(new MemoryMetadataLog.Storage(), ClusterSettings.of(TestCluster.ENDPOINTS, Map.of()));
        List<Outcome> outcomes = new ArrayList<>();
        node.cluster.allocateProducerIds(block -> outcomes.add(block.outcome()));
        node.loop.advance(Duration.ofMillis(100));
        assertThat(outcomes).isEmpty();

        node.start();
        assertThat(outcomes).containsExactly(Outcome.OK);

        TestCluster never =
                new TestCluster(new MemoryMetadataLog.Storage(), ClusterSettings.of(TestCluster.ENDPOINTS, Map.of()));
        never.cluster.allocateProducerIds(block -> outcomes.add(block.outcome()));
        never.loop.advance(Duration.ofSeconds(11));
        assertThat(outcomes).hasSize(2);
        assertThat(outcomes.getLast().error()).isEqualTo(ErrorKind.NOT_CONTROLLER);
    }

    @Test
    void hasNoTimersWhenItIsAlone() {
        TestCluster node = TestCluster.started();

        assertThat(node.loop.pendingCount()).isZero();
        assertThat(node.cluster.standing().mayLead(node.clock.monotonicMs() + 1_000_000))
                .isTrue();
    }

    @Test
    void writesNothingAboutPartitionsWhenANodeAloneRestarts() {
        MemoryMetadataLog.Storage storage = new MemoryMetadataLog.Storage();
        ClusterSettings settings = ClusterSettings.of(TestCluster.ENDPOINTS, Map.of());
        TestCluster first = new TestCluster(storage, settings).start();
        first.<List<NewTopicReply>>ask(
                reply -> first.cluster.createTopics(List.of(topic("orders", 300)), false, reply));
        List<PartitionView> before =
                first.cluster.current().topic("orders").orElseThrow().partitions();
        int batches = storage.batchCount();
        first.cluster.close();

        TestCluster second = new TestCluster(storage, settings).start();

        assertThat(second.cluster.current().topic("orders").orElseThrow().partitions())
                .isEqualTo(before);
        assertThat(second.cluster.current().nodes().getFirst().epoch()).isEqualTo(2);
        assertThat(storage.batchCount() - batches).isEqualTo(2);
    }

    @Test
    void mayStopAtOnceWhenItIsAlone() {
        MemoryMetadataLog.Storage storage = new MemoryMetadataLog.Storage();
        TestCluster node = new TestCluster(storage, ClusterSettings.of(TestCluster.ENDPOINTS, Map.of())).start();
        int batches = storage.batchCount();
        List<String> told = new ArrayList<>();

        node.cluster.leave(1_000, () -> told.add("may stop"));
        node.loop.runReady();

        assertThat(told).containsExactly("may stop");
        assertThat(storage.batchCount()).isEqualTo(batches);
    }
}
