package io.millrace.simulator.net;

import io.millrace.simulator.world.World;
import io.millrace.testkit.SeededRandomness;

/// One direction between two machines.
///
/// Owned by: the thread of the simulation.
final class Route {
    private static final long RETRANSMIT_NS = 200 * World.MS;

    private final SeededRandomness chance;
    private long delayNs = 200_000;
    private long jitterNs = 300_000;
    private int lostOneIn;
    private boolean isCut;

    Route(SeededRandomness chance) {
        this.chance = chance;
    }

    void setSpeed(long delayNs, long jitterNs, int lostOneIn) {
        this.delayNs = delayNs;
        this.jitterNs = jitterNs;
        this.lostOneIn = lostOneIn;
    }

    void setCut(boolean cut) {
        isCut = cut;
    }

    boolean isCut() {
        return isCut;
    }

    /// How long the next message takes: a lost packet is sent again, and again.
    long nextDelayNs() {
        long total = delayNs + (long) (chance.nextDouble() * jitterNs);
        long wait = RETRANSMIT_NS;
        while (lostOneIn > 0 && chance.onceIn(lostOneIn)) {
            total += wait;
            wait *= 2;
        }
        return total;
    }
}
