package io.millrace.broker.quota;

import io.millrace.model.Principal;

/// No quotas at all: see [Quotas#NONE].
final class Unlimited implements Quotas {
    @Override
    public int charge(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs) {
        return 0;
    }

    @Override
    public int admit(Traffic traffic, Principal principal, String clientId, long bytes, long nowNs) {
        return 0;
    }

    @Override
    public long bytesAtOnce(Traffic traffic, Principal principal, String clientId) {
        return Long.MAX_VALUE;
    }
}
