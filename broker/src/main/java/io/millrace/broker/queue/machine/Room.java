package io.millrace.broker.queue.machine;

/// Whether there is room for one more message, counting those that were admitted and are not in the log yet.
///
/// Owned by: the queue's machine.
final class Room {
    private final ReadyMessages ready;
    private long admitted;
    private long admittedBytes;

    Room(ReadyMessages ready) {
        this.ready = ready;
    }

    Admission admit(int bytes, QueueSettings settings) {
        boolean fits = ready.count() + admitted < settings.lengthMax()
                && ready.bytes() + admittedBytes + bytes <= settings.bytesMax();
        if (!fits && settings.overflow() == Overflow.REJECT_PUBLISH) {
            return Admission.REFUSED;
        }
        if (!fits && settings.overflow() == Overflow.REJECT_PUBLISH_DLX) {
            return settings.deadLetters() ? Admission.REFUSED_TO_DEAD_LETTERS : Admission.REFUSED;
        }
        admitted++;
        admittedBytes += bytes;
        return Admission.ACCEPTED;
    }

    /// An admitted message came, or will not come. What was never admitted, as after a restart, changes nothing.
    void give(int bytes) {
        if (admitted > 0) {
            admitted--;
            admittedBytes = admitted == 0 ? 0 : Math.max(0, admittedBytes - bytes);
        }
    }

    /// Whether more is ready than may be, and the oldest has to go.
    boolean isExceeded(QueueSettings settings) {
        return settings.overflow() == Overflow.DROP_HEAD
                && ready.count() > 0
                && (ready.count() > settings.lengthMax() || ready.bytes() > settings.bytesMax());
    }
}
