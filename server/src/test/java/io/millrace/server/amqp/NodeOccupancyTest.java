package io.millrace.server.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.session.Occupancy.Place;
import io.millrace.cluster.bulletin.Seat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeOccupancyTest {
    private static final Place ROOT = new Place.VhostConnection("/");
    private static final Seat ROOT_SEAT = new Seat(Seat.Kind.VHOST_CONNECTION, "/");

    private final NodeOccupancy occupancy = new NodeOccupancy();

    @Test
    void limitsCountAllNodes() {
        occupancy.elsewhere(ROOT_SEAT, 2);

        assertThat(occupancy.enter(ROOT, 3)).isTrue();
        assertThat(occupancy.enter(ROOT, 3)).isFalse();

        occupancy.elsewhere(ROOT_SEAT, 0);
        assertThat(occupancy.enter(ROOT, 3)).isTrue();
        assertThat(occupancy.enter(ROOT, 3)).isTrue();
        assertThat(occupancy.enter(ROOT, 3)).isFalse();
        occupancy.leave(ROOT);
        assertThat(occupancy.enter(ROOT, 3)).isTrue();
    }

    @Test
    void nobodyIsLetInWhileOthersHaveMoreThanThereMayBe() {
        occupancy.elsewhere(ROOT_SEAT, 5);

        assertThat(occupancy.enter(ROOT, 3)).isFalse();
        assertThat(occupancy.enter(ROOT, Long.MAX_VALUE)).isTrue();
    }

    @Test
    void whatHasChangedIsToldOnceWithAllThatIsTaken() {
        occupancy.enter(ROOT, Long.MAX_VALUE);
        occupancy.enter(ROOT, Long.MAX_VALUE);
        occupancy.enter(new Place.UserChannel("guest"), Long.MAX_VALUE);
        assertThat(occupancy.changed()).isEqualTo(Map.of(ROOT_SEAT, 2L, new Seat(Seat.Kind.USER_CHANNEL, "guest"), 1L));
        assertThat(occupancy.changed()).isEmpty();

        occupancy.leave(ROOT);
        occupancy.leave(ROOT);
        occupancy.enter(ROOT, 0);

        assertThat(occupancy.changed()).isEqualTo(Map.of(ROOT_SEAT, 0L));
    }
}
