package io.millrace.simulator;

/// What can go wrong, and what an operator can do meanwhile.
public enum FaultKind {
    /// kill -9 and, sooner or later, a new start.
    KILL,
    /// The machine loses power, and has it again sooner or later.
    POWER_CUT,
    /// All machines lose power at once.
    BLACKOUT,
    /// A process ends again while it recovers.
    CRASH_LOOP,
    /// The disk is replaced by an empty one.
    WIPE,
    /// One node hears nobody and is heard by nobody.
    ISOLATE,
    /// Two nodes do not reach each other.
    CUT,
    /// One node does not reach another, which reaches it.
    CUT_ONE_WAY,
    /// Messages between two nodes are slow, or lost and sent again.
    SLOW_LINK,
    /// A client and a node do not reach each other.
    CUT_CLIENT,
    /// A process stands still.
    PAUSE,
    /// A wall clock jumps.
    CLOCK_JUMP,
    /// A disk is slow.
    SLOW_DISK,
    /// A disk refuses to sync for a while.
    REFUSED_SYNC,
    /// A disk is full for a while.
    FULL_DISK,
    /// A node stops in order, and starts again.
    STOP,
    /// The controller's process ends.
    KILL_CONTROLLER,
    /// A leader's process ends.
    KILL_LEADER,
    /// A bit turns over on the disk of the one node whose disk is not to be trusted.
    BIT_FLIP,
    /// Replicas move to other nodes.
    REASSIGN,
    /// The preferred leaders lead again.
    PREFERRED_ELECTION
}
