package io.millrace.simulator.world;

import io.millrace.model.Loop;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayDeque;
import java.util.Queue;

/// One loop of one life of a node: turns in the order they were posted, each taking a moment. A loop can stand still
/// for a while, as a process that is stopped or starved does, and it ends with its process: whatever was pending is
/// gone.
///
/// Owned by: the thread of the simulation.
public final class SimLoop implements Loop {
    private static final int TURN_NS_MAX = 20_000;

    private final World world;
    private final String name;
    private final SeededRandomness chance;
    private final Runnable onDied;
    private final Runnable afterTurn;
    private final Queue<Runnable> posted = new ArrayDeque<>();
    private boolean isScheduled;
    private boolean isDead;
    private long stillUntilNs;

    /// A loop of a process that ends only with the simulation.
    public SimLoop(World world, String name) {
        this(world, name, () -> {}, () -> {});
    }

    /// @param onDied called when a turn met the end of its process
    /// @param afterTurn called when a turn is over: what must always hold, holds
    public SimLoop(World world, String name, Runnable onDied, Runnable afterTurn) {
        this.world = world;
        this.name = name;
        this.chance = world.chance(name);
        this.onDied = onDied;
        this.afterTurn = afterTurn;
    }

    @Override
    public boolean isOwned() {
        return world.isRunning(this);
    }

    @Override
    public void post(Runnable turn) {
        if (!isDead) {
            posted.add(turn);
            schedule();
        }
    }

    @Override
    public Timer after(long delayMs, Runnable turn) {
        return world.after(delayMs * World.MS, () -> post(turn))::cancel;
    }

    private void schedule() {
        if (!isScheduled && !posted.isEmpty()) {
            isScheduled = true;
            long pauseNs = Math.max(0, stillUntilNs - world.nowNs());
            world.after(pauseNs + chance.nextInt(TURN_NS_MAX), this::turn);
        }
    }

    private void turn() {
        isScheduled = false;
        if (isDead) {
            return;
        }
        if (world.nowNs() >= stillUntilNs) {
            live(posted.remove());
        }
        schedule();
    }

    private void live(Runnable turn) {
        try {
            world.enter(this, turn);
            if (!isDead) {
                afterTurn.run();
            }
        } catch (ProcessDied here) {
            onDied.run();
        }
    }

    /// Nothing runs here for a while; what comes waits.
    public void standStill(long forNs) {
        stillUntilNs = Math.max(stillUntilNs, world.nowNs() + forNs);
    }

    public boolean isStandingStill() {
        return world.nowNs() < stillUntilNs;
    }

    /// The process is gone.
    public void die() {
        isDead = true;
        posted.clear();
    }

    public boolean isDead() {
        return isDead;
    }

    @Override
    public String toString() {
        return name;
    }
}
