package io.millrace.cluster.bulletin;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/// Whatever is lost on the way, however often one takes the other for gone: at the end the other knows all there is.
class AnnouncementsProperty {
    private static final int NODE = 1;
    private static final int OTHER = 2;
    private static final int SEATS = 3 * Bulletin.COUNTS_MAX;

    private final Heard heard = new Heard();
    private final BulletinBoard board = new BulletinBoard(heard);
    private final Announcements announcements = new Announcements();
    private final Map<Seat, Long> truth = new LinkedHashMap<>();
    private Alarms alarms = Alarms.NONE;

    @Property(tries = 300)
    void theOtherNodeKnowsInTheEnd(SeededRandomness chance) {
        for (int turn = 0; turn < 60; turn++) {
            turn(chance);
        }
        announcements.keep(new TreeSet<>(List.of(OTHER)));
        board.keep(new TreeSet<>(List.of(NODE)));
        int bulletins = 0;
        do {
            tell(100, chance);
            bulletins++;
        } while (announcements.hasNews(OTHER));

        assertThat(bulletins).as("bulletins").isLessThan(2 + SEATS / Bulletin.COUNTS_MAX + 3);
        assertThat(heard.taken).isEqualTo(truth);
        assertThat(heard.alarms()).isEqualTo(alarms.any() ? Map.of(NODE, alarms) : Map.of());
        assertThat(announcements.alarmsKnownBy()).containsExactly(OTHER);
    }

    private void turn(SeededRandomness chance) {
        switch (chance.nextInt(8)) {
            case 0 -> announcements.keep(perhaps(OTHER, chance));
            case 1 -> board.keep(perhaps(NODE, chance));
            case 2, 3, 4 -> change(chance);
            default -> tell(60, chance);
        }
    }

    private static SortedSet<Integer> perhaps(int node, SeededRandomness chance) {
        return chance.nextBoolean() ? new TreeSet<>() : new TreeSet<>(List.of(node));
    }

    private void change(SeededRandomness chance) {
        Map<Seat, Long> changed = new LinkedHashMap<>();
        int many = chance.nextInt(4) == 0 ? SEATS : 3;
        for (int at = 0; at < many; at++) {
            Seat seat = new Seat(Seat.Kind.USER_CONNECTION, "u" + chance.nextInt(SEATS));
            changed.put(seat, (long) chance.nextInt(3));
        }
        alarms = new Alarms(chance.nextBoolean(), chance.nextBoolean());
        announcements.change(alarms, changed);
        truth.putAll(changed);
        truth.values().removeIf(count -> count == 0);
    }

    /// @param percent of what arrives, and of the answers
    private void tell(int percent, SeededRandomness chance) {
        Bulletin bulletin = announcements.next(OTHER, NODE, 5);
        assertThat(bulletin.counts()).hasSizeLessThanOrEqualTo(Bulletin.COUNTS_MAX);
        if (chance.nextInt(100) < percent) {
            boolean isKnown = board.hear(bulletin, 0);
            if (percent < 100) {
                turnBetween(chance);
            }
            if (chance.nextInt(100) < percent) {
                announcements.answered(OTHER, bulletin, isKnown);
            }
        }
    }

    /// What happens while an answer is on its way.
    private void turnBetween(SeededRandomness chance) {
        if (chance.nextInt(4) == 0) {
            announcements.keep(new TreeSet<>());
            change(chance);
            announcements.keep(new TreeSet<>(List.of(OTHER)));
        }
    }
}
