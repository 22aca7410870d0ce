package io.millrace.server.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.bulletin.Alarms;
import org.junit.jupiter.api.Test;

class OwnAlarmsTest {
    private static final Alarms MEMORY = new Alarms(true, false);
    private static final Alarms DISK = new Alarms(false, true);

    private final OwnAlarms alarms = new OwnAlarms();

    private Alarms memory(boolean isFull, boolean isEased, long nowMs) {
        return alarms.look(new OwnAlarms.Room(isFull, isEased, true), nowMs);
    }

    private Alarms disk(boolean hasRoom, long nowMs) {
        return alarms.look(new OwnAlarms.Room(false, true, hasRoom), nowMs);
    }

    @Test
    void memoryIsLowUntilThereIsSomeMoreRoomThanNone() {
        assertThat(memory(false, false, 0)).isEqualTo(Alarms.NONE);
        assertThat(memory(true, false, 100)).isEqualTo(MEMORY);
        assertThat(memory(false, false, 60_000)).isEqualTo(MEMORY);
        assertThat(memory(false, true, 60_100)).isEqualTo(Alarms.NONE);
    }

    @Test
    void anAlarmStaysForASecondHoweverOftenRoomComesAndGoes() {
        int changes = 0;
        Alarms before = Alarms.NONE;
        for (long nowMs = 0; nowMs < 10 * OwnAlarms.HELD_MS; nowMs += 10) {
            boolean isFull = nowMs / 10 % 2 == 0;
            Alarms now = memory(isFull, !isFull, nowMs);
            changes += now.equals(before) ? 0 : 1;
            before = now;
        }

        assertThat(changes).isBetween(2, 2 * 10);
    }

    @Test
    void aDiskHasItsOwnMargin() {
        assertThat(disk(false, 0)).isEqualTo(DISK);
        assertThat(disk(true, OwnAlarms.HELD_MS - 1)).isEqualTo(DISK);
        assertThat(disk(true, OwnAlarms.HELD_MS)).isEqualTo(Alarms.NONE);
    }

    @Test
    void oneResourceIsNotTheOther() {
        assertThat(alarms.look(new OwnAlarms.Room(true, false, false), 0)).isEqualTo(new Alarms(true, true));
        assertThat(alarms.look(new OwnAlarms.Room(false, true, false), 5_000)).isEqualTo(DISK);
        assertThat(alarms.look(new OwnAlarms.Room(false, true, true), 5_001)).isEqualTo(Alarms.NONE);
    }
}
