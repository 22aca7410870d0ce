package io.millrace.broker.queue.machine;

/// Somebody who holds deliveries: a consumer, one that was cancelled, or one that only gets.
///
/// Owned by: [Consumers].
final class Holder {
    final ConsumerKey key;
    final ConsumerOptions options;
    /// What stands in the chunks for it; another holder's once this one is gone.
    final int number;
    /// Earlier ones have a lower one.
    final long seniority;

    final HeldOffsets held;
    boolean consumes;
    boolean isPaused;
    boolean isWaiting;
    int granted = Integer.MAX_VALUE;

    Holder(ConsumerKey key, ConsumerOptions options, int number, long seniority, HeldOffsets held) {
        this.key = key;
        this.options = options;
        this.number = number;
        this.seniority = seniority;
        this.held = held;
    }

    boolean hasRoom() {
        return consumes && !isPaused && granted > 0 && (isUnlimited() || held.count() < options.prefetch());
    }

    private boolean isUnlimited() {
        return options.noAck() || options.prefetch() == ConsumerOptions.UNLIMITED;
    }

    void spendGrant() {
        if (granted != Integer.MAX_VALUE) {
            granted--;
        }
    }
}
