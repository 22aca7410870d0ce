package io.millrace.cluster.queue;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;

/// Room for one large message, or for as many octets as it is told. Who is refused first is next.
final class TightRoom implements TransitRoom {
    private final long octetsMax;
    private @Nullable Object first;
    long large;
    long small;
    long largest;

    TightRoom(long octetsMax) {
        this.octetsMax = octetsMax;
    }

    @Override
    public boolean takeLarge(Object connection, long octets) {
        boolean fits = (first == null || first == connection) && (large == 0 || large + octets <= octetsMax);
        if (fits) {
            large(octets);
            leave(connection);
        } else if (first == null) {
            first = connection;
        }
        return fits;
    }

    @Override
    public void large(long octets) {
        large += octets;
        largest = Math.max(largest, large);
        assertThat(large).isNotNegative();
    }

    @Override
    public void small(long octets) {
        small += octets;
        assertThat(small).isNotNegative();
    }

    @Override
    public boolean isFull() {
        return large + small >= octetsMax;
    }

    @Override
    public void leave(Object connection) {
        if (first == connection) {
            first = null;
        }
    }
}
