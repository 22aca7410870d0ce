package io.millrace.simulator.world;

/// The process ends in the middle of a call to the disk: nothing after that call happens any more. An error, so that no
/// code under test takes it for something a disk does.
public final class ProcessDied extends Error {
    private static final long serialVersionUID = 1L;

    public ProcessDied() {
        super("the process ended here", null, false, false);
    }
}
