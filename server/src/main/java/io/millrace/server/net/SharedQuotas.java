package io.millrace.server.net;

import io.millrace.broker.quota.ClientQuotas;
import io.millrace.broker.quota.QuotaLimits;
import io.millrace.broker.quota.Quotas;
import io.millrace.broker.quota.Traffic;
import io.millrace.model.Principal;
import java.util.concurrent.atomic.LongAdder;

/// The node's quotas, for the connections of all loops: one client id's connections lie on several, and its rate is for
/// all of them. The lock is held for a look into a table, once per produce or fetch, and only when there are quotas.
///
/// May be called from any thread.
public final class SharedQuotas implements Quotas {
    private final ClientQuotas clients;
    private final Object lock = new Object();
    private final LongAdder throttled = new LongAdder();

    public SharedQuotas(QuotaLimits limits) {
        this.clients = new ClientQuotas(limits);
    }

    @Override
    public int charge(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs) {
        int silentMs;
        synchronized (lock) {
            silentMs = clients.charge(traffic, principal, clientId, bytes, nowNs);
        }
        return counted(silentMs);
    }

    @Override
    public int admit(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs) {
        int silentMs;
        synchronized (lock) {
            silentMs = clients.admit(traffic, principal, clientId, bytes, nowNs);
        }
        return counted(silentMs);
    }

    @Override
    public long bytesAtOnce(Traffic traffic, Principal principal, String clientId) {
        return clients.bytesAtOnce(traffic, principal, clientId); // by configuration alone: no lock
    }

    private int counted(int silentMs) {
        if (silentMs > 0) {
            throttled.increment();
        }
        return silentMs;
    }

    /// Requests whose client was told to be silent, for metrics.
    public long throttled() {
        return throttled.sum();
    }
}
