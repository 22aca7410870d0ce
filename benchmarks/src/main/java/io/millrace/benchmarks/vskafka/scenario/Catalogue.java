package io.millrace.benchmarks.vskafka.scenario;

import io.millrace.benchmarks.vskafka.broker.Durability;
import java.util.ArrayList;
import java.util.List;

/// Every case of the comparison by name, in the order of its tables.
public final class Catalogue {
    private static final int PARTITIONS = 6;
    private static final short LEADER = 1;
    private static final short ALL = -1;
    private static final Payload ONE_100 = Payload.single(100);
    private static final Payload ONE_1K = Payload.single(1_000);
    private static final Payload BATCH_16K_100 = Payload.batch(16, 100);
    private static final Payload BATCH_16K_1K = Payload.batch(16, 1_000);
    private static final Payload BATCH_64K_100 = Payload.batch(64, 100);
    private static final Payload BATCH_256K_1K = Payload.batch(256, 1_000);

    private Catalogue() {}

    /// All scenarios; those on running brokers first, because their brokers are started once for all.
    public static List<Scenario> all(KafkaTool tool) {
        List<Scenario> scenarios = new ArrayList<>();
        scenarios.addAll(raw());
        scenarios.addAll(durable());
        scenarios.addAll(quiet());
        scenarios.addAll(tools(tool));
        scenarios.addAll(linear());
        scenarios.add(new StartAndIdle("start", "Start and idle"));
        scenarios.add(new ManyPartitions("partitions", "Many partitions"));
        return List.copyOf(scenarios);
    }

    private static List<Scenario> raw() {
        return List.of(
                raw("raw-1x100-c2w5", ONE_100, 2, 5, LEADER),
                raw("raw-1x100-c2w5-all", ONE_100, 2, 5, ALL),
                raw("raw-1x100-c32w1", ONE_100, 32, 1, LEADER),
                raw("raw-16k-100", BATCH_16K_100, 2, 5, LEADER),
                raw("raw-16k-1k", BATCH_16K_1K, 2, 5, LEADER),
                raw("raw-64k-100", BATCH_64K_100, 2, 5, LEADER),
                raw("raw-64k-100-all", BATCH_64K_100, 2, 5, ALL),
                new RawFetch("raw-fetch-100", "Raw load", 100, 10_000_000, 2));
    }

    private static Scenario raw(String name, Payload payload, int connections, int window, short acks) {
        return new RawProduce(
                name, "Raw load", 1, PARTITIONS, payload, connections, window, acks, Durability.PAGE_CACHE);
    }

    private static List<Scenario> durable() {
        return List.of(
                durable("durable-wait-16", ONE_1K, 16, 1),
                durable("durable-free-16", ONE_1K, 16, 5),
                durable("durable-free-16-16k", BATCH_16K_1K, 16, 5),
                durable("durable-64k", BATCH_64K_100, 1, 5));
    }

    private static Scenario durable(String name, Payload payload, int connections, int window) {
        return new RawProduce(name, "Durable", 1, PARTITIONS, payload, connections, window, ALL, Durability.FSYNC);
    }

    private static List<Scenario> quiet() {
        String family = "Quiet beside saturating";
        return List.of(
                new QuietBesideSaturating("quiet-default", family, Durability.DEFAULT, BATCH_256K_1K),
                new QuietBesideSaturating("quiet-page-cache", family, Durability.PAGE_CACHE, BATCH_256K_1K));
    }

    private static List<Scenario> tools(KafkaTool tool) {
        String family = "Kafka's own tools";
        List<String> defaults = List.of();
        List<String> large = List.of("batch.size=65536", "linger.ms=5");
        List<String> lz4 = List.of("batch.size=65536", "linger.ms=5", "compression.type=lz4");
        Durability cache = Durability.PAGE_CACHE;
        return List.of(
                new ToolRun.Producer("produce-100", family, tool, 100, 400_000, defaults, cache),
                new ToolRun.Producer("produce-100-64k", family, tool, 100, 500_000, large, cache),
                new ToolRun.Producer("produce-100-64k-lz4", family, tool, 100, 600_000, lz4, cache),
                new ToolRun.Producer("produce-1k", family, tool, 1_000, 100_000, defaults, cache),
                new ToolRun.Producer("produce-1k-64k", family, tool, 1_000, 120_000, large, cache),
                new ToolRun.Producer("produce-100-fsync", family, tool, 100, 400_000, defaults, Durability.DEFAULT),
                new ToolRun.Producer("produce-1k-fsync", family, tool, 1_000, 100_000, defaults, Durability.DEFAULT),
                new ToolRun.Consumer("consume-100", family, tool, 100, 10_000_000),
                new ToolRun.Consumer("consume-1k", family, tool, 1_000, 2_000_000),
                new ToolRun.EndToEnd("end-to-end-tool", family, tool, Durability.DEFAULT),
                new SendAckPoll("end-to-end", family, Durability.DEFAULT, 0),
                new SendAckPoll("end-to-end-page-cache", family, cache, 0),
                new SendAckPoll("end-to-end-long-poll", family, Durability.DEFAULT, 500),
                new SendAckPoll("end-to-end-long-poll-page-cache", family, cache, 500));
    }

    private static List<Scenario> linear() {
        List<Scenario> scenarios = new ArrayList<>();
        for (int topics : new int[] {1, 100, 1_000}) {
            scenarios.add(linear("topics-%d-1x100".formatted(topics), topics, ONE_100, 2, 5));
            scenarios.add(linear("topics-%d-16k".formatted(topics), topics, BATCH_16K_100, 2, 5));
        }
        for (int connections : new int[] {1, 32, 1_000}) {
            scenarios.add(linear("connections-%d-1x100".formatted(connections), PARTITIONS, ONE_100, connections, 1));
            scenarios.add(
                    linear("connections-%d-16k".formatted(connections), PARTITIONS, BATCH_16K_100, connections, 1));
        }
        return scenarios;
    }

    private static Scenario linear(String name, int topics, Payload payload, int connections, int window) {
        return new RawProduce(
                name, "Linear cost", topics, 1, payload, connections, window, LEADER, Durability.PAGE_CACHE);
    }

    /// What three nodes are compared by: acks=all, our fsync against Kafka's page cache.
    public static List<Scenario> cluster(KafkaTool tool) {
        String family = "Three nodes, acks=all";
        List<String> defaults = List.of();
        List<String> large = List.of("batch.size=65536", "linger.ms=5");
        Durability asItComes = Durability.DEFAULT;
        return List.of(
                new ToolRun.Producer("produce-100", family, tool, 100, 300_000, defaults, asItComes),
                new ToolRun.Producer("produce-1k", family, tool, 1_000, 60_000, defaults, asItComes),
                new ToolRun.Producer("produce-1k-64k", family, tool, 1_000, 80_000, large, asItComes),
                cluster("raw-1x100", ONE_100, asItComes),
                cluster("raw-16k-100", BATCH_16K_100, asItComes),
                cluster("raw-16k-1k", BATCH_16K_1K, asItComes),
                cluster("raw-16k-100-page-cache", BATCH_16K_100, Durability.PAGE_CACHE),
                new ClusterFailover("failover", "Three nodes, many partitions"));
    }

    private static Scenario cluster(String name, Payload payload, Durability durability) {
        return new RawProduce(name, "Three nodes, acks=all", 1, PARTITIONS, payload, 1, 5, ALL, durability);
    }
}
