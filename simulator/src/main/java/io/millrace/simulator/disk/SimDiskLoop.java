package io.millrace.simulator.disk;

import io.millrace.simulator.world.ProcessDied;
import io.millrace.simulator.world.SimLoop;
import io.millrace.simulator.world.World;
import io.millrace.testkit.SeededRandomness;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;

/// The threads that do disk work for one life: a few jobs at a time, each taking a while drawn from the seed. The
/// process may end in the middle of them.
///
/// Owned by: the thread of the simulation.
public final class SimDiskLoop {
    private static final int CHANGES_IN_A_JOB_MAX = 12;
    private static final int THREADS = 3;

    private final World world;
    private final Runnable onDied;
    private final SimDisk disk;
    private final SeededRandomness chance;
    private final Queue<Job> jobs = new ArrayDeque<>();
    private final Set<Job> underWay = new LinkedHashSet<>();
    private boolean isDead;
    private long slowUntilNs;
    private int slowMs;

    // Compared by identity: a record would compare its parts.
    private static final class Job {
        private final Runnable work;
        private final SimLoop home;
        private final Runnable back;

        Job(Runnable work, SimLoop home, Runnable back) {
            this.work = work;
            this.home = home;
            this.back = back;
        }
    }

    /// @param onDied called when a job met the end of its process
    public SimDiskLoop(World world, SimDisk disk, String name, Runnable onDied) {
        this.world = world;
        this.onDied = onDied;
        this.disk = disk;
        this.chance = world.chance(name + " disk");
    }

    /// Does `work` when a thread is free, then runs `back` on `home`.
    public void run(Runnable work, SimLoop home, Runnable back) {
        jobs.add(new Job(work, home, back));
        next();
    }

    private void next() {
        while (!isDead && underWay.size() < THREADS && !jobs.isEmpty()) {
            Job job = jobs.remove();
            underWay.add(job);
            world.after(durationNs(), () -> finish(job));
        }
    }

    private long durationNs() {
        int usual = chance.between(50, chance.onceIn(50) ? 40_000 : 2_000) * 1_000;
        int slow = world.nowNs() < slowUntilNs ? chance.nextInt(slowMs + 1) : 0;
        return usual + slow * World.MS;
    }

    private void finish(Job job) {
        if (isDead) {
            return;
        }
        underWay.remove(job);
        try {
            job.work.run();
            job.home.post(job.back);
            next();
        } catch (ProcessDied here) {
            onDied.run();
        }
    }

    /// Every job takes up to `ms` longer for a while.
    public void slow(int ms, long forNs) {
        slowMs = ms;
        slowUntilNs = world.nowNs() + forNs;
    }

    /// The process ends: what is under way has got somewhere, what waits has not begun.
    public void die() {
        isDead = true;
        for (Job job : underWay) {
            disk.dieAfter(chance.nextInt(CHANGES_IN_A_JOB_MAX));
            try {
                job.work.run();
            } catch (ProcessDied halfWay) {
                // As it should.
            }
        }
        underWay.clear();
        jobs.clear();
        disk.dieAfter(0);
    }
}
