package io.millrace.simulator.node;

import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.StorageException;
import io.millrace.model.InvariantViolation;
import io.millrace.simulator.world.ProcessDied;
import io.millrace.simulator.world.SimClock;
import io.millrace.simulator.world.World;
import io.millrace.testkit.SeededRandomness;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One machine: a disk that stays, clocks, and a process that comes and goes.
///
/// Owned by: the thread of the simulation.
public final class SimMachine {
    /// The log directory.
    public static final String DATA = NodeLife.DATA;

    private static final long RESTART_MS = 500;
    private static final long DAY_NS = 86_400_000 * World.MS;

    private final Stage stage;
    private final int nodeId;
    private final SimClock clock;
    private final SeededRandomness chance;
    private MemoryDisk files;
    private int lives;
    private @Nullable NodeLife life;

    public SimMachine(Stage stage, int nodeId) {
        this.stage = stage;
        this.nodeId = nodeId;
        this.clock = new SimClock(stage.world());
        this.chance = stage.world().chance("machine " + nodeId);
        this.files = emptyDisk();
    }

    /// With the folder a disk is mounted on, which does not go with a power cut.
    private MemoryDisk emptyDisk() {
        MemoryDisk disk = new MemoryDisk(clock);
        try {
            disk.createFolder(NodeLife.DATA);
            disk.syncFolder("/");
        } catch (IOException refused) {
            throw new InvariantViolation("a new disk refuses: " + refused);
        }
        return disk;
    }

    public int nodeId() {
        return nodeId;
    }

    public Optional<NodeLife> life() {
        return Optional.ofNullable(life);
    }

    public MemoryDisk files() {
        return files;
    }

    public SimClock clock() {
        return clock;
    }

    /// Starts a process.
    ///
    /// @param dieAfter changes to the disk after which it ends while it recovers
    public void start(int dieAfter) {
        if (life != null) {
            return;
        }
        lives++;
        clock.restart(chance.nextLong() % DAY_NS);
        stage.world().note("node %d.%d starts", nodeId, lives);
        int number = lives;
        try {
            var ends = new NodeLife.Ends(() -> die(number), () -> fail(number));
            NodeLife born = new NodeLife(stage, nodeId, number, files, clock, dieAfter, ends);
            life = born;
            born.start();
        } catch (ProcessDied early) {
            stage.world().note("node %d.%d ends while it opens its directory", nodeId, number);
            files.kill();
        } catch (StorageException refused) {
            stage.world().note("node %d.%d can not start: %s", nodeId, number, String.valueOf(refused.getMessage()));
            files.kill();
        }
    }

    /// Whoever looks after processes starts it again.
    private void fail(int number) {
        if (lives == number && life != null) {
            kill();
            stage.world().after(RESTART_MS * World.MS, () -> start(Integer.MAX_VALUE));
        }
    }

    private void die(int number) {
        if (lives == number) {
            stage.world().note("node %d.%d ends in the middle of a change to its disk", nodeId, number);
            kill();
        }
    }

    /// Hands over what it leads and stops in order, if it comes to that.
    public void stop(Runnable andThen) {
        NodeLife stopping = life;
        if (stopping != null) {
            stopping.leave(() -> {
                if (life == stopping) {
                    end(true);
                    files.kill();
                    andThen.run();
                }
            });
        }
    }

    /// kill -9: the page cache stays.
    public void kill() {
        end(true);
        files.kill();
    }

    /// The machine loses power: what was not synced is lost, or torn, or there.
    public void cutPower() {
        end(false);
        files.crash(chance);
    }

    private void end(boolean hasPower) {
        NodeLife ending = life;
        if (ending == null) {
            return;
        }
        stage.world().note("%s %s", ending, hasPower ? "is killed" : "loses power");
        life = null;
        ending.end();
        stage.network().gone(nodeId, hasPower);
        stage.quorum().gone(nodeId, hasPower);
    }

    /// The disk is replaced by an empty one. Only while no process runs.
    public void wipe() {
        files = emptyDisk();
        stage.quorum().wipe(nodeId);
        stage.world().note("node %d has an empty disk", nodeId);
    }

    /// A process that was to end in the middle of a change to its disk goes on.
    public void spare() {
        if (life != null) {
            life.spare();
        }
    }

    /// The process stands still for a while.
    public void standStill(long forNs) {
        if (life != null) {
            life.standStill(forNs);
        }
    }

    public void slowDisk(int ms, long forNs) {
        if (life != null) {
            life.slowDisk(ms, forNs);
        }
    }
}
