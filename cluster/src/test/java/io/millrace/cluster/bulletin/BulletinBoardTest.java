package io.millrace.cluster.bulletin;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.cluster.bulletin.Bulletin.Count;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class BulletinBoardTest {
    private static final Seat ROOT = new Seat(Seat.Kind.VHOST_CONNECTION, "/");
    private static final Seat GUEST = new Seat(Seat.Kind.USER_CHANNEL, "guest");
    private static final Alarms DISK = new Alarms(false, true);
    private static final Alarms MEMORY = new Alarms(true, false);

    private final Heard heard = new Heard();
    private final BulletinBoard board = new BulletinBoard(heard);

    private static Bulletin of(int node, long epoch, long number, boolean isFirst, Alarms alarms, Count... counts) {
        return new Bulletin(node, epoch, number, isFirst, alarms, List.of(counts));
    }

    @Test
    void countsOfAllNodesAreAddedUp() {
        board.hear(of(2, 7, 1, true, Alarms.NONE, new Count(ROOT, 3), new Count(GUEST, 1)), 0);
        board.hear(of(3, 8, 1, true, Alarms.NONE, new Count(ROOT, 4)), 0);
        assertThat(heard.taken).isEqualTo(Map.of(ROOT, 7L, GUEST, 1L));

        board.hear(of(2, 7, 2, false, Alarms.NONE, new Count(ROOT, 1), new Count(GUEST, 0)), 0);

        assertThat(heard.taken).isEqualTo(Map.of(ROOT, 5L));
    }

    @Test
    void whoIsNotThereCountsNoMore() {
        board.hear(of(2, 7, 1, true, DISK, new Count(ROOT, 3)), 0);
        board.hear(of(3, 8, 1, true, MEMORY, new Count(ROOT, 4)), 0);

        board.keep(new TreeSet<>(List.of(3)));

        assertThat(heard.taken).isEqualTo(Map.of(ROOT, 4L));
        assertThat(heard.alarms()).isEqualTo(Map.of(3, MEMORY));
    }

    @Test
    void whoIsSilentCountsNoMoreAfterTenSeconds() {
        board.hear(of(2, 7, 1, true, DISK, new Count(ROOT, 3)), 1_000);

        board.look(10_999);
        assertThat(heard.alarms()).isEqualTo(Map.of(2, DISK));
        board.look(11_000);

        assertThat(heard.alarms()).isEmpty();
        assertThat(heard.taken).isEmpty();
        assertThat(board.hear(of(2, 7, 2, false, DISK), 12_000))
                .as("what it said is forgotten: it begins anew")
                .isFalse();
        assertThat(heard.alarms()).isEmpty();
    }

    @Test
    void whatComesLateSaysNothing() {
        board.hear(of(2, 7, 1, true, Alarms.NONE), 0);
        board.hear(of(2, 7, 3, false, Alarms.NONE, new Count(ROOT, 3)), 0);

        board.hear(of(2, 7, 2, false, DISK, new Count(ROOT, 2)), 0);
        board.hear(of(2, 6, 9, true, DISK), 0);

        assertThat(heard.alarms()).isEmpty();
        assertThat(heard.taken).isEqualTo(Map.of(ROOT, 3L));
    }

    @Test
    void anotherLifeOfANodeBeginsWithNothing() {
        board.hear(of(2, 7, 5, true, DISK, new Count(ROOT, 3)), 0);

        assertThat(board.hear(of(2, 9, 1, false, Alarms.NONE), 0)).isFalse();
        assertThat(board.hear(of(2, 9, 2, true, Alarms.NONE, new Count(GUEST, 1)), 0))
                .isTrue();

        assertThat(heard.alarms()).isEmpty();
        assertThat(heard.taken).isEqualTo(Map.of(GUEST, 1L));
    }

    @Test
    void alarmsAreToldWhenTheyChangeOnly() {
        board.hear(of(2, 7, 1, true, DISK), 0);
        board.hear(of(2, 7, 2, false, DISK), 1_000);
        board.hear(of(2, 7, 3, true, DISK), 2_000);
        board.hear(of(2, 7, 4, false, new Alarms(true, true)), 3_000);
        board.hear(of(2, 7, 5, false, Alarms.NONE), 4_000);

        assertThat(heard.raised)
                .containsExactly(
                        new TreeMap<>(Map.of(2, DISK)),
                        new TreeMap<>(Map.of(2, new Alarms(true, true))),
                        new TreeMap<>());
    }

    @Test
    void whatANodeHasBeyondTheLimitIsNotCounted() {
        long number = 0;
        for (int at = 0; at <= BulletinBoard.SEATS_MAX; at++) {
            Seat seat = new Seat(Seat.Kind.USER_CONNECTION, "u" + at);
            board.hear(of(2, 7, ++number, at == 0, Alarms.NONE, new Count(seat, 1)), 0);
        }
        assertThat(heard.taken).hasSize(BulletinBoard.SEATS_MAX);

        board.hear(
                of(
                        2,
                        7,
                        ++number,
                        false,
                        Alarms.NONE,
                        new Count(new Seat(Seat.Kind.USER_CONNECTION, "u0"), 0),
                        new Count(ROOT, 1)),
                0);

        assertThat(heard.taken).hasSize(BulletinBoard.SEATS_MAX).containsEntry(ROOT, 1L);
    }
}
