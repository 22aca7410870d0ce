package io.millrace.simulator.quorum;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.metadata.MetadataLog;
import io.millrace.cluster.metadata.MetadataLog.Position;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.cluster.metadata.MetadataRecord.NodeUnregistered;
import io.millrace.simulator.net.SimNetwork;
import io.millrace.simulator.world.SimLoop;
import io.millrace.simulator.world.World;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

class SimQuorumProperty {
    private final List<Integer> committed = new ArrayList<>();
    private final Map<Integer, Life> lives = new HashMap<>();
    private int nextNumber;
    private int leaders;

    @Property(tries = 40)
    void everybodyHearsTheSameAndNothingIsLost(SeededRandomness randomness) {
        World world = new World(randomness.nextLong());
        SimNetwork network = new SimNetwork(world);
        List<Integer> nodes = randomness.nextBoolean() ? List.of(1, 2, 3) : List.of(1, 2, 3, 4, 5);
        SimQuorum quorum = new SimQuorum(world, network, nodes);
        nodes.forEach(node -> lives.put(node, new Life(world, quorum, node)));

        for (int round = 0; round < 60; round++) {
            trouble(world, network, quorum, nodes, randomness);
            runFor(world, randomness.between(10, 800));
            lives.values().forEach(Life::propose);
        }
        nodes.forEach(one -> nodes.forEach(other -> network.heal(one, other)));
        nodes.forEach(node -> lives.computeIfAbsent(node, _ -> new Life(world, quorum, node)));
        runFor(world, 20_000);

        assertThat(leaders).isPositive();
        assertThat(committed).isNotEmpty().doesNotHaveDuplicates();
        assertThat(lives.values()).allSatisfy(life -> assertThat(life.heard).isEqualTo(committed));
    }

    private void trouble(
            World world, SimNetwork network, SimQuorum quorum, List<Integer> nodes, SeededRandomness randomness) {
        int node = randomness.pick(nodes);
        int other = randomness.pick(nodes);
        switch (randomness.nextInt(6)) {
            case 0 -> {
                Life life = lives.remove(node);
                if (life != null) {
                    life.end(quorum, randomness.nextBoolean());
                }
            }
            case 1, 2 -> lives.computeIfAbsent(node, _ -> new Life(world, quorum, node));
            case 3 -> network.cut(node, other);
            case 4 -> nodes.forEach(each -> network.heal(node, each));
            default -> {}
        }
    }

    private static void runFor(World world, int ms) {
        long untilNs = world.nowNs() + ms * World.MS;
        while (world.nowNs() < untilNs) {
            world.step();
        }
    }

    private final class Life implements MetadataLog.Listener {
        private final int node;
        private final SimLoop loop;
        private final SimMetadataLog log;
        private List<Integer> heard = new ArrayList<>();
        private Position last = Position.NONE;
        private int leads;

        Life(World world, SimQuorum quorum, int node) {
            this.node = node;
            this.loop = new SimLoop(world, "node " + node);
            this.log = quorum.open(node);
            log.start(loop, this);
        }

        void propose() {
            loop.post(() -> {
                if (leads > 0) {
                    log.append(leads, List.of(new NodeUnregistered(nextNumber++)));
                    if (heard.size() % 20 == 19) {
                        log.writeSnapshot(
                                last,
                                action -> heard.stream()
                                        .<MetadataRecord>map(NodeUnregistered::new)
                                        .forEach(action));
                    }
                }
            });
        }

        void end(SimQuorum quorum, boolean hasPower) {
            loop.die();
            quorum.gone(node, hasPower);
        }

        @Override
        public void onSnapshot(Position position, List<MetadataRecord> records) {
            last = position;
            heard = new ArrayList<>();
            records.forEach(this::hear);
        }

        @Override
        public void onCommitted(Position position, List<MetadataRecord> records) {
            assertThat(position.offset()).isGreaterThan(last.offset());
            last = position;
            records.forEach(this::hear);
        }

        private void hear(MetadataRecord record) {
            int number = ((NodeUnregistered) record).nodeId();
            if (heard.size() == committed.size()) {
                committed.add(number);
            }
            assertThat(committed.get(heard.size())).isEqualTo(number);
            heard.add(number);
        }

        @Override
        public void onLeader(OptionalInt leaderId, int epoch) {
            boolean isMe = leaderId.isPresent() && leaderId.getAsInt() == node;
            leads = isMe ? epoch : 0;
            if (isMe) {
                leaders++;
                assertThat(heard).as("a leader has heard everything").isEqualTo(committed);
            }
        }

        @Override
        public void onFailure(String why, Throwable cause) {
            throw new AssertionError(why, cause);
        }
    }
}
