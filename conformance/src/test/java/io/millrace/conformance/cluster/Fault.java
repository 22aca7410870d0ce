package io.millrace.conformance.cluster;

/// Something that goes wrong for a while.
sealed interface Fault {
    /// SIGKILL, and started again in the end.
    record Kill(Victim victim) implements Fault {}

    /// SIGTERM, and started again in the end.
    record Stop(Victim victim) implements Fault {}

    /// SIGSTOP until SIGCONT.
    record Pause(Victim victim) implements Fault {}

    /// Cut off from all other nodes, not from clients.
    record Isolate(Victim victim) implements Fault {}

    /// Nothing gets from the victim to the node after it, everything gets back.
    record Deafen(Victim victim) implements Fault {}

    /// The link between the victim and the node after it is slow.
    record Slow(Victim victim, long ms) implements Fault {}

    /// Happens to a disk or a clock, which needs [Machines].
    sealed interface OfMachine extends Fault {}

    /// Every sync of its disk takes longer.
    record SlowDisk(Victim victim, long ms) implements OfMachine {}

    /// Its disk can neither be read nor written. It may end, and is started again in the end.
    record FailDisk(Victim victim) implements OfMachine {}

    /// Somebody else's data leave so much room on its disk. It may end, and is started again in the end.
    record FillDisk(Victim victim, long roomBytes) implements OfMachine {}

    /// Its wall clock jumps, and back.
    record MoveClock(Victim victim, long minutes) implements OfMachine {}

    /// Which node it happens to is known when it happens.
    enum Victim {
        LEADER,
        FOLLOWER,
        CONTROLLER
    }

    Victim victim();
}
