package io.millrace.simulator.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.peer.PeerAnswer.Reason;
import io.millrace.simulator.net.SimNetwork.Desk;
import io.millrace.simulator.world.World;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimNetworkProperty {
    private final List<Integer> arrived = new ArrayList<>();
    private final List<LinkAnswer<Integer>> answers = new ArrayList<>();

    private SimNetwork.Listening echo() {
        Desk<Integer, Integer> desk = (from, number, reply) -> {
            arrived.add(number);
            reply.send(-number);
        };
        return new SimNetwork.Listening(Map.of("numbers", desk), (from, channel) -> {});
    }

    private static void runFor(World world, long ms) {
        long untilNs = world.nowNs() + ms * World.MS;
        world.after(ms * World.MS, () -> {});
        while (world.nowNs() < untilNs) {
            world.step();
        }
    }

    @Property(tries = 200)
    void everyRequestIsAnsweredOnceAndNoneArrivesTwice(SeededRandomness randomness) {
        World world = new World(randomness.nextLong());
        SimNetwork network = new SimNetwork(world);
        network.setSpeed(1, 2, 1_000_000, 5_000_000, 5);
        network.listen(2, echo());
        SimLink<Integer, Integer> link = network.link(1, 2, "numbers", Runnable::run);
        int count = 60;
        for (int number = 1; number <= count; number++) {
            link.send(number, 300, answers::add);
            switch (randomness.nextInt(12)) {
                case 0 -> network.cut(1, 2);
                case 1 -> network.cut(2, 1);
                case 2, 3 -> {
                    network.heal(1, 2);
                    network.heal(2, 1);
                }
                case 4 -> {
                    network.gone(2, randomness.nextBoolean());
                    network.listen(2, echo());
                }
                default -> runFor(world, randomness.nextInt(40));
            }
        }
        runFor(world, 10_000);

        assertThat(answers).hasSize(count);
        assertThat(arrived).doesNotHaveDuplicates();
    }

    @Test
    void messagesOfOneConnectionKeepTheirOrder() {
        World world = new World(1);
        SimNetwork network = new SimNetwork(world);
        network.setSpeed(1, 2, 100_000, 50_000_000, 3);
        network.listen(2, echo());
        SimLink<Integer, Integer> link = network.link(1, 2, "numbers", Runnable::run);
        for (int number = 1; number <= 50; number++) {
            link.send(number, 60_000, answers::add);
        }
        runFor(world, 60_000);

        assertThat(arrived).hasSize(50).isSorted();
    }

    @Test
    void aMachineWithoutAProcessRefusesAndOneWithoutPowerSaysNothing() {
        World world = new World(1);
        SimNetwork network = new SimNetwork(world);
        SimLink<Integer, Integer> link = network.link(1, 2, "numbers", Runnable::run);
        network.gone(2, true);
        link.send(1, 5_000, answers::add);
        runFor(world, 5_000);
        network.gone(2, false);
        link.send(2, 5_000, answers::add);
        runFor(world, 5_000);

        assertThat(answers)
                .containsExactly(
                        new LinkAnswer.Failed<>(Reason.REFUSED, false),
                        new LinkAnswer.Failed<>(Reason.UNREACHABLE, false));
    }

    @Test
    void whatACutHeldBackMayComeLate() {
        World world = new World(3);
        SimNetwork network = new SimNetwork(world);
        network.listen(2, echo());
        SimLink<Integer, Integer> link = network.link(1, 2, "numbers", Runnable::run);
        link.send(1, 1_000, answers::add);
        runFor(world, 100);
        network.cut(1, 2);
        for (int number = 2; number <= 20; number++) {
            link.send(number, 1_000, answers::add);
        }
        runFor(world, 5_000);
        assertThat(arrived).containsExactly(1);
        network.heal(1, 2);
        runFor(world, 5_000);

        assertThat(arrived).hasSizeGreaterThan(1).isSorted();
        assertThat(answers.subList(1, 20)).allMatch(answer -> answer instanceof LinkAnswer.Failed<Integer>);
    }
}
