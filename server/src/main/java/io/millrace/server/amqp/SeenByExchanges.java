package io.millrace.server.amqp;

import io.millrace.broker.message.DeduplicationKey;
import io.millrace.broker.routing.ExchangeSpec;
import io.millrace.broker.routing.SeenMessages;
import io.millrace.broker.routing.SeenValues;
import io.millrace.broker.topology.TopologySource;
import io.millrace.model.Clock;
import io.millrace.model.ExchangeName;
import io.millrace.model.VhostName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/// What de-duplicating exchanges have seen by this node, in its memory. May be used from any thread: each exchange has
/// a lock of its own, held for a look into a table.
final class SeenByExchanges implements SeenMessages {
    /// What one value costs, about.
    private static final int VALUE_BYTES = 128;

    private final TopologySource topology;
    private final Clock clock;
    private final long valuesMax;
    private final Map<Name, Cache> caches = new ConcurrentHashMap<>();
    private final AtomicLong values = new AtomicLong();
    private final LongAdder duplicates = new LongAdder();

    /// @param bytesMax what all of them together may take
    SeenByExchanges(TopologySource topology, Clock clock, long bytesMax) {
        this.topology = topology;
        this.clock = clock;
        this.valuesMax = bytesMax / VALUE_BYTES;
    }

    private record Name(VhostName vhost, ExchangeName exchange) {}

    /// Of this very declaration of the exchange; used under its own lock. One that was dropped counts no more, so what
    /// came to it on the way is asked of its successor.
    private static final class Cache {
        private final ExchangeSpec exchange;
        private final SeenValues seen = new SeenValues();
        private boolean isDropped;

        Cache(ExchangeSpec exchange) {
            this.exchange = exchange;
        }
    }

    @Override
    public boolean isFirst(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value, long ttlMs) {
        while (true) {
            Cache cache = of(new Name(vhost, exchange.name()), exchange);
            synchronized (cache) {
                if (!cache.isDropped) {
                    return isFirst(cache, value, ttlMs);
                }
            }
        }
    }

    private boolean isFirst(Cache cache, DeduplicationKey value, long ttlMs) {
        SeenValues seen = cache.seen;
        int before = seen.size();
        boolean isFull = values.get() >= valuesMax;
        long most = isFull ? Math.max(1, before) : valuesMax;
        boolean isFirst = seen.isFirst(value, ttlMs, clock.monotonicMs(), Math.min(most, cache.exchange.cacheSize()));
        values.addAndGet(seen.size() - before);
        if (!isFirst) {
            duplicates.increment();
        }
        return isFirst;
    }

    private Cache of(Name name, ExchangeSpec exchange) {
        Cache known = caches.get(name);
        if (known != null && known.exchange == exchange) {
            return known;
        }
        dropDeleted();
        return caches.compute(name, (_, there) -> {
            if (there != null && there.exchange == exchange) {
                return there;
            }
            if (there != null) {
                drop(there);
            }
            return new Cache(exchange);
        });
    }

    private void dropDeleted() {
        caches.forEach((name, cache) -> {
            boolean isThere = topology.topology()
                    .vhost(name.vhost)
                    .flatMap(vhost -> vhost.routing().exchange(name.exchange))
                    .isPresent();
            if (!isThere && caches.remove(name, cache)) {
                drop(cache);
            }
        });
    }

    private void drop(Cache cache) {
        synchronized (cache) {
            values.addAndGet(-cache.seen.size());
            cache.seen.clear();
            cache.isDropped = true;
        }
    }

    @Override
    public void forget(VhostName vhost, ExchangeSpec exchange, DeduplicationKey value) {
        Cache known = caches.get(new Name(vhost, exchange.name()));
        if (known != null && known.exchange == exchange) {
            synchronized (known) {
                int before = known.seen.size();
                known.seen.forget(value);
                values.addAndGet(known.seen.size() - before);
            }
        }
    }

    /// Values that are remembered.
    long size() {
        return values.get();
    }

    /// Messages that went nowhere because their value had been seen.
    long duplicates() {
        return duplicates.sum();
    }
}
