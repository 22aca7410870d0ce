package io.millrace.model;

/// The port for ownership: one thread of control that runs turns one after another. Every log, queue, group and
/// connection has one owning loop, and only a turn of that loop touches its state; that is why the core needs no locks.
public interface Loop {
    /// Whether the caller is inside a turn of this loop.
    boolean isOwned();

    /// Runs `turn` on this loop later, after the turns posted before it. May be called from any thread.
    void post(Runnable turn);

    /// Runs `turn` on this loop once, `delayMs` milliseconds from now or a little later. May be called from any thread.
    Timer after(long delayMs, Runnable turn);

    /// Runs `turn` at once when the caller is already inside this loop, otherwise posts it.
    default void run(Runnable turn) {
        if (isOwned()) {
            turn.run();
        } else {
            post(turn);
        }
    }

    /// Stops our own bugs early: called at the entry points of confined state, kept in production.
    default void assertOwned() {
        if (!isOwned()) {
            throw new InvariantViolation("called outside the owning loop " + this);
        }
    }

    /// A turn that waits for its time.
    interface Timer {
        /// Calls the turn off when it has not run yet; harmless when it has.
        void cancel();
    }
}
