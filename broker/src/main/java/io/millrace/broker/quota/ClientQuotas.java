package io.millrace.broker.quota;

import io.millrace.model.Principal;
import java.util.LinkedHashMap;
import java.util.Map;

/// Keeps every client id to its rates. All connections of one client id share what it may do.
///
/// Remembers so many ids and forgets the one that was silent for the longest when another comes: it has usually saved
/// all it can again, which is what a new one begins with.
///
/// Owned by: one caller at a time; a node with several loops hands it round under a lock.
public final class ClientQuotas implements Quotas {
    static final int CLIENTS_MAX = 10_000;

    /// A client id is what the client likes, up to 32 KB of it; longer ones that begin alike share a rate.
    static final int ID_CHARS_MAX = 200;

    private record Key(Traffic traffic, String clientId) {}

    private final QuotaLimits limits;
    private final Map<Key, TokenBucket> buckets = new LinkedHashMap<>();

    public ClientQuotas(QuotaLimits limits) {
        this.limits = limits;
    }

    @Override
    public int charge(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs) {
        long bytesPerSecond = limits.bytesPerSecond(traffic, principal, clientId);
        return bytesPerSecond == 0 ? 0 : bucket(traffic, clientId, nowNs).take(bytes, bytesPerSecond, nowNs);
    }

    @Override
    public int admit(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs) {
        long bytesPerSecond = limits.bytesPerSecond(traffic, principal, clientId);
        return bytesPerSecond == 0 ? 0 : bucket(traffic, clientId, nowNs).takeUnlessOwed(bytes, bytesPerSecond, nowNs);
    }

    @Override
    public long bytesAtOnce(Traffic traffic, Principal principal, String clientId) {
        long bytesPerSecond = limits.bytesPerSecond(traffic, principal, clientId);
        return bytesPerSecond == 0 ? Long.MAX_VALUE : TokenBucket.saved(bytesPerSecond);
    }

    private TokenBucket bucket(Traffic traffic, String clientId, long nowNs) {
        var key = new Key(traffic, clientId.length() > ID_CHARS_MAX ? clientId.substring(0, ID_CHARS_MAX) : clientId);
        TokenBucket known = buckets.remove(key);
        TokenBucket bucket = known == null ? new TokenBucket(nowNs) : known;
        buckets.put(key, bucket); // last in the order: the first one is who was silent for the longest
        if (buckets.size() > CLIENTS_MAX) {
            buckets.remove(buckets.keySet().iterator().next());
        }
        return bucket;
    }

    int clients() {
        return buckets.size();
    }
}
