package io.millrace.broker.quota;

import io.millrace.model.Principal;

/// What each client may do: the same for every client id, by the node's configuration. Limits of one user or one client
/// id (AlterClientQuotas, API 49) will be looked up here.
///
/// @param producerBytesPerSecond 0 for no limit
/// @param consumerBytesPerSecond 0 for no limit
public record QuotaLimits(long producerBytesPerSecond, long consumerBytesPerSecond) {
    public QuotaLimits {
        if (producerBytesPerSecond < 0 || consumerBytesPerSecond < 0) {
            throw new IllegalArgumentException("a quota must be 0 or more bytes per second");
        }
    }

    /// 0 for no limit.
    long bytesPerSecond(Traffic traffic, Principal principal, String clientId) {
        return switch (traffic) {
            case PRODUCE -> producerBytesPerSecond;
            case FETCH -> consumerBytesPerSecond;
        };
    }
}
