package io.millrace.broker.queue.machine;

/// What the host has to carry out, in the order it came about.
public sealed interface Effect {
    /// The message is settled and gone; a body kept in memory can go too.
    record Dropped(long offset, Reason reason) implements Effect {}

    /// To be published to the dead-letter exchange. It stays unsettled until [QueueMachine#deadLettered]; after a
    /// restart the same effect comes again.
    record DeadLetter(long offset, Reason reason) implements Effect {}
}
