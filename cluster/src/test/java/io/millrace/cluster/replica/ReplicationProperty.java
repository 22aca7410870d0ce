package io.millrace.cluster.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.ThrottledReplicas;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import org.junit.jupiter.api.Test;

/// Whatever comes between appends, fetches, flushes, elections and crashes: what is acknowledged stays.
final class ReplicationProperty {
    private static final int STEPS = 1_500;

    @Property(tries = 60)
    void whatIsCommittedStays(SeededRandomness random) {
        run(random);
    }

    /// KIP-73: throttles come and go, and at last one stays that lets nobody through.
    @Property(tries = 40)
    void throttlesHoldUpNobodyWhoIsInSync(SeededRandomness random) {
        ReplicaWorld world = new ReplicaWorld(random, random.between(1, 2), ThrottledReplicas.ALL);
        for (int i = 0; i < STEPS; i++) {
            if (random.onceIn(30)) {
                world.throttle.isExceeded = !world.throttle.isExceeded;
            }
            world.step();
        }

        world.throttle.isExceeded = true;
        world.settle();
        world.throttle.isExceeded = false;
        world.heal();
    }

    /// A new leader's disk refused what it had taken over unwritten; a follower's acknowledgement of that counted for
    /// what came in its place.
    @Test
    void anAcknowledgementOfWhatTheLeaderLostDoesNotCount() {
        run(new SeededRandomness(5082803669631176917L));
    }

    /// The epochs of a start that was forgotten in a crash hid a follower's other batches.
    @Test
    void batchesBelowAForgottenStartAreFoundOut() {
        run(new SeededRandomness(-6061242993361807539L));
    }

    private static void run(SeededRandomness random) {
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
