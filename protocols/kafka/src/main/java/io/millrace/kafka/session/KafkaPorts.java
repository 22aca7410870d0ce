package io.millrace.kafka.session;

import io.millrace.broker.catalog.CatalogChanges;
import io.millrace.broker.catalog.CatalogSource;
import io.millrace.broker.catalog.ClusterChanges;
import io.millrace.broker.partition.Partitions;
import io.millrace.broker.quota.Quotas;
import io.millrace.model.Clock;
import io.millrace.model.Randomness;
import java.util.List;

/// Everything the Kafka protocol reaches the rest of the node through. One per loop: `partitions`, `changes`,
/// `cluster` and `groupApis` answer on the loop whose sessions are made from it.
///
/// @param groupApis the group APIs, served by handlers of their own
public record KafkaPorts(
        Partitions partitions,
        CatalogSource catalog,
        CatalogChanges changes,
        ClusterChanges cluster,
        List<Api<?>> groupApis,
        Clock clock,
        Randomness randomness,
        RequestMetrics metrics,
        Quotas quotas,
        KafkaConfig config) {}
