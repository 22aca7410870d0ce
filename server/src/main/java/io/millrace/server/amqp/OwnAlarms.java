package io.millrace.server.amqp;

import io.millrace.cluster.bulletin.Alarms;

/// The alarms of this node: set as soon as it is short of something, over when there is room again, and not before a
/// second has passed.
///
/// Owned by: one [AlarmWatch].
final class OwnAlarms {
    /// RabbitMQ looks at its memory every 2.5 s: so long an alarm of its lasts at least.
    static final long HELD_MS = 1_000;

    private final Alarm memory = new Alarm();
    private final Alarm disk = new Alarm();

    /// How this node is now.
    ///
    /// @param isMemoryEased whether so much of the memory is free that an alarm may end
    /// @param diskHasRoom with a margin of its own (ADR 0034)
    record Room(boolean isMemoryFull, boolean isMemoryEased, boolean diskHasRoom) {}

    /// Of one resource.
    private static final class Alarm {
        private boolean isSet;
        private long heldUntilMs;

        boolean look(boolean isShort, boolean isEased, long nowMs) {
            if (isShort && !isSet) {
                isSet = true;
                heldUntilMs = nowMs + HELD_MS;
            } else if (isEased && nowMs >= heldUntilMs) {
                isSet = false;
            }
            return isSet;
        }
    }

    Alarms look(Room room, long nowMs) {
        return new Alarms(
                memory.look(room.isMemoryFull(), room.isMemoryEased(), nowMs),
                disk.look(!room.diskHasRoom(), room.diskHasRoom(), nowMs));
    }
}
