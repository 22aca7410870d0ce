package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import org.junit.jupiter.api.Test;

/// Whatever comes between appends, fetches, flushes, elections and crashes: what is acknowledged stays.
final class ReplicationProperty {
    private static final int STEPS = 1_500;

    @Property(tries = 60)
    void whatIsCommittedStays(SeededRandomness random) {
        ReplicaWorld world = new ReplicaWorld(random, random.between(1, 2));
        for (int i = 0; i < STEPS; i++) {
            world.step();
        }
        world.heal();
    }

    @Test
    void theWorldDoesWhatItIsFor() {
        ReplicaWorld world = new ReplicaWorld(new SeededRandomness(1), 1);
        for (int i = 0; i < STEPS; i++) {
            world.step();
        }
        world.heal();
        assertThat(world.acknowledgedCount()).isGreaterThan(20);
        assertThat(world.served).isGreaterThan(50);
    }
}
