package io.millrace.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.NewTopicReply;
import io.millrace.broker.catalog.CatalogChanges.ProducerIdBlock;
import io.millrace.broker.catalog.NodeView;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.TestNodes.Node;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// Nodes that die, return, are cut off and elected, with calls that are lost, late and doubled. Whatever happens, every
/// call has one reply, what was acknowledged exists, ids are handed out once, nobody leads after it was given up, and
/// when all is well again everybody is in and knows the same.
class LocalClusterProperty {
    private static final int NODES = 3;
    private static final int TURNS = 60;

    @Property(tries = 40)
    void keepsWhatItAcknowledgedAndComesBackTogether(SeededRandomness chance) {
        History history = new History(chance);
        for (int turn = 0; turn < TURNS; turn++) {
            history.turn();
        }
        history.heal();
        history.check();
    }

    /// One random history.
    private static final class History {
        private final SeededRandomness chance;
        private final TestNodes cluster;
        private final List<String> created = new ArrayList<>();
        private final Set<Long> idBlocks = new HashSet<>();
        private final Set<String> answered = new HashSet<>();
        private int asked;

        History(SeededRandomness chance) {
            this.chance = chance;
            this.cluster = new TestNodes(NODES, chance);
            cluster.nodes.values().forEach(Node::start);
            cluster.loop.runReady();
            cluster.quorum.elect(1);
            cluster.lossPercent = 10;
            cluster.delayMsMax = 30;
        }

        void turn() {
            Node node = cluster.node(1 + chance.nextInt(NODES));
            switch (chance.nextInt(9)) {
                case 0 -> {
                    if (node.isUp) {
                        node.kill();
                    } else {
                        node.start();
                    }
                }
                case 1 -> {
                    if (node.isCutOff) {
                        node.join();
                    } else {
                        node.cutOff();
                    }
                }
                case 2 -> cluster.quorum.elect(node.id);
                case 3, 4, 5 -> createTopic(node);
                case 6 -> allocate(node);
                default -> {}
            }
            pass(chance.nextInt(600));
        }

        private void createTopic(Node node) {
            if (!node.isUp) {
                return;
            }
            String name = "t" + asked++;
            node.cluster()
                    .createTopics(List.of(TestNodes.topic(name, 3, 1 + chance.nextInt(NODES))), false, replies -> {
                        assertThat(answered.add(name)).isTrue();
                        NewTopicReply reply = replies.getFirst();
                        if (reply.outcome().isOk()) {
                            created.add(name);
                        } else {
                            assertThat(reply.outcome().error())
                                    .as(reply.outcome().message())
                                    .isIn(
                                            ErrorKind.NOT_CONTROLLER,
                                            ErrorKind.REQUEST_TIMED_OUT,
                                            ErrorKind.INVALID_REPLICATION_FACTOR,
                                            ErrorKind.TOPIC_ALREADY_EXISTS);
                        }
                    });
        }

        private void allocate(Node node) {
            if (node.isUp) {
                String call = "block " + asked++;
                node.cluster().allocateProducerIds(block -> onBlock(call, block));
            }
        }

        private void onBlock(String call, ProducerIdBlock block) {
            assertThat(answered.add(call)).isTrue();
            if (block.outcome().isOk()) {
                assertThat(idBlocks.add(block.first())).isTrue();
            }
        }

        /// Lets time pass and looks after every step whether somebody leads whom the controller gave up.
        private void pass(int ms) {
            for (int left = ms; left > 0; left -= 20) {
                cluster.advance(20);
                checkLeases();
            }
        }

        private void checkLeases() {
            OptionalInt leader = cluster.quorum.leader();
            if (leader.isEmpty() || !cluster.node(leader.getAsInt()).isUp) {
                return;
            }
            MetadataImage truth = cluster.truth();
            for (Node node : cluster.nodes.values()) {
                boolean isGivenUp = truth.registration(node.id)
                        .filter(known -> known.fenced())
                        .isPresent();
                boolean isKnownLife =
                        node.isUp && node.image().registration(node.id).equals(truth.registration(node.id));
                if (isGivenUp && node.isCutOff && !isKnownLife) {
                    assertThat(node.mayLead()).as("node " + node.id).isFalse();
                }
            }
        }

        void heal() {
            cluster.lossPercent = 0;
            cluster.delayMsMax = 2;
            for (Node node : cluster.nodes.values()) {
                if (node.isCutOff) {
                    node.join();
                }
                if (!node.isUp) {
                    node.start();
                }
            }
            cluster.advance(100);
            cluster.quorum.elect(1 + chance.nextInt(NODES));
            cluster.advance(15_000);
        }

        void check() {
            MetadataImage truth = cluster.truth();
            assertThat(truth.nodes())
                    .hasSize(NODES)
                    .allSatisfy(node -> assertThat(node.isActive()).isTrue());
            for (Node node : cluster.nodes.values()) {
                assertThat(node.serving).isTrue();
                assertThat(node.mayLead()).isTrue();
                assertThat(node.image().topics()).containsExactlyElementsOf(truth.topics());
                assertThat(node.image().nodes()).isEqualTo(truth.nodes());
            }
            created.forEach(name -> assertThat(truth.topic(name)).as(name).isPresent());
            for (TopicView topic : truth.topics()) {
                for (PartitionView partition : topic.partitions()) {
                    assertThat(partition.leader()).as(topic.name() + partition).isPositive();
                    assertThat(truth.nodes().stream().filter(NodeView::isActive).map(NodeView::id))
                            .contains(partition.leader());
                }
            }
        }
    }
}
