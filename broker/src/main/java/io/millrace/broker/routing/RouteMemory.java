package io.millrace.broker.routing;

import io.millrace.model.ExchangeName;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The ways that were found last, by exchange and key.
///
/// Two entries can be where a hash leads; a third takes the place of the older one. An entry is only as good as the
/// exchanges it was found through: it keeps the stamp each of them had, and no reference to any table, so that it keeps
/// none alive. As long as the table itself is the one it was last used with, one comparison shows that it is good.
///
/// Owned by: its [Router].
final class RouteMemory {
    private static final int ENTRIES_MAX = 1 << 14;
    private static final int KEY_LENGTH_MAX = 255;

    /// A way that takes more than this part of the whole memory is not worth it.
    private static final int PART_MAX = 8;

    private final @Nullable Entry[] entries;
    private final int costMax;
    private int cost;

    /// Where room was made last.
    private int hand;

    /// @param targetsMax how many targets, and exchanges on the way to them, all entries together may have
    RouteMemory(int targetsMax) {
        this.costMax = targetsMax;
        this.entries = new Entry[Math.max(2, Integer.highestOneBit(Math.min(targetsMax, ENTRIES_MAX)))];
    }

    /// The way from `exchange` with `key`, if it is remembered and has not changed.
    @Nullable
    Route find(RoutingTable table, ExchangeName exchange, String key) {
        Entry entry = entryFor(slot(table, exchange, key), exchange, key);
        return entry != null && entry.isGoodIn(table) ? entry.route : null;
    }

    /// The way from `exchange` with whatever key, if it is remembered and has not changed.
    @Nullable
    Route findForEveryKey(RoutingTable table, ExchangeName exchange) {
        Entry entry = entryFor(slot(table, exchange, ""), exchange, "");
        return entry != null && entry.isForEveryKey && entry.isGoodIn(table) ? entry.route : null;
    }

    void keep(RoutingTable table, ExchangeName exchange, String key, RouteWalk walk, Route route) {
        boolean isForEveryKey = walk.dependsOnNothing();
        var entry = new Entry(table, exchange, isForEveryKey ? "" : key, isForEveryKey, walk.visited(), route);
        if (entry.cost() > costMax / PART_MAX || key.length() > KEY_LENGTH_MAX) {
            return;
        }
        int slot = slot(table, exchange, entry.key);
        Entry older = entries[slot];
        if (older != null && !older.isFor(exchange, entry.key)) {
            put(slot ^ 1, older);
        } else {
            remove(slot ^ 1, exchange, entry.key);
        }
        put(slot, entry);
        makeRoom(entry);
    }

    /// Two virtual hosts may look at each other's entry; its stamps tell them apart.
    private @Nullable Entry entryFor(int slot, ExchangeName exchange, String key) {
        Entry entry = entries[slot];
        if (entry != null && entry.isFor(exchange, key)) {
            return entry;
        }
        entry = entries[slot ^ 1];
        return entry != null && entry.isFor(exchange, key) ? entry : null;
    }

    private void remove(int slot, ExchangeName exchange, String key) {
        Entry entry = entries[slot];
        if (entry != null && entry.isFor(exchange, key)) {
            put(slot, null);
        }
    }

    private void makeRoom(Entry kept) {
        while (cost > costMax) {
            hand = (hand + 1) & (entries.length - 1);
            if (entries[hand] != kept) {
                put(hand, null);
            }
        }
    }

    /// An entry is counted from when it is written into a slot until another is, also while it moves.
    private void put(int slot, @Nullable Entry entry) {
        Entry before = entries[slot];
        cost += (entry == null ? 0 : entry.cost()) - (before == null ? 0 : before.cost());
        entries[slot] = entry;
    }

    private int slot(RoutingTable table, ExchangeName exchange, String key) {
        int hash = (table.vhost().hashCode() * 31 + exchange.hashCode()) * 31 + key.hashCode();
        hash *= 0x9E37_79B9;
        return (hash ^ (hash >>> 15)) & (entries.length - 1);
    }

    /// One way, and the state of everything it was found by.
    private static final class Entry {
        final ExchangeName exchange;
        final String key;
        final boolean isForEveryKey;
        final Route route;
        private final ExchangeName[] visited;
        private final @Nullable Object[] stamps;
        private Object goodIn;

        Entry(
                RoutingTable table,
                ExchangeName exchange,
                String key,
                boolean isForEveryKey,
                List<ExchangeName> visited,
                Route route) {
            this.exchange = exchange;
            this.key = key;
            this.isForEveryKey = isForEveryKey;
            this.route = route;
            this.visited = visited.toArray(ExchangeName[]::new);
            this.stamps = new Object[this.visited.length];
            for (int i = 0; i < stamps.length; i++) {
                stamps[i] = table.stampOf(this.visited[i]);
            }
            this.goodIn = table.stamp;
        }

        int cost() {
            return route.targets().size() + visited.length;
        }

        boolean isFor(ExchangeName otherExchange, String otherKey) {
            return key.equals(otherKey) && exchange.equals(otherExchange);
        }

        boolean isGoodIn(RoutingTable table) {
            if (goodIn == table.stamp) {
                return true;
            }
            for (int i = 0; i < stamps.length; i++) {
                if (table.stampOf(visited[i]) != stamps[i]) {
                    return false;
                }
            }
            goodIn = table.stamp;
            return true;
        }
    }
}
