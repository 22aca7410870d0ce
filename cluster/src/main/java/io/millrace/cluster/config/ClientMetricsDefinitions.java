package io.millrace.cluster.config;

import static io.millrace.broker.catalog.ConfigEntry.Type.INT;
import static io.millrace.broker.catalog.ConfigEntry.Type.LIST;

/// The settings of a client metrics subscription (KIP-714). Accepted, kept and shown; clients are not asked to push
/// yet.
public final class ClientMetricsDefinitions {
    public static final ConfigDefinitions DEFINITIONS = new ConfigDefinitions.Builder()
            .dynamic(
                    "interval.ms",
                    INT,
                    "300000",
                    ConfigRule.between(100, 3_600_000),
                    "How often clients push. Accepted and shown, but without effect yet.")
            .dynamic(
                    "metrics",
                    LIST,
                    "",
                    ConfigRule.ANY,
                    "Prefixes of the metrics wanted. Accepted and shown, but without effect yet.")
            .dynamic(
                    "match",
                    LIST,
                    "",
                    ConfigRule.ANY,
                    "Which clients are asked. Accepted and shown, but without effect yet.")
            .build();

    private ClientMetricsDefinitions() {}
}
