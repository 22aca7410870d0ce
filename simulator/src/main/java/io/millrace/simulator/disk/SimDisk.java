package io.millrace.simulator.disk;

import io.millrace.log.disk.MemoryDisk;
import io.millrace.log.disk.WatchedDisk;
import io.millrace.simulator.world.ProcessDied;

/// One life's view of its machine's [MemoryDisk]: the process may end before any call that changes something, and once
/// it has ended none of its calls gets through.
///
/// Owned by: the thread of the simulation.
public final class SimDisk extends WatchedDisk {
    private final boolean lies;
    private long changesLeft = Long.MAX_VALUE;

    /// @param lies whether syncs of batches do nothing, for tests of the simulator itself
    public SimDisk(MemoryDisk disk, boolean lies) {
        super(disk);
        this.lies = lies;
    }

    /// The process ends instead of the change after the next `changes` ones.
    public void dieAfter(int changes) {
        changesLeft = changes;
    }

    /// The process goes on after all.
    public void live() {
        changesLeft = Long.MAX_VALUE;
    }

    @Override
    protected void change() {
        if (changesLeft <= 0) {
            throw new ProcessDied();
        }
        changesLeft--;
    }

    @Override
    protected boolean syncs(String path) {
        return !(lies && path.endsWith(".log"));
    }
}
