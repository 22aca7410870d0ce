package io.millrace.benchmarks.vskafka.broker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.function.Predicate;

/// What a load and its measurement know of a running broker, be it one process or three.
///
/// Closing ends its processes and deletes their folders.
public sealed interface BrokerUnderTest extends AutoCloseable permits BrokerProcess, BrokerCluster {
    /// The name in tables.
    String name();

    /// The settings that give a topic this durability.
    Map<String, String> topicConfigs(Durability durability);

    /// Copies of each partition of a topic.
    int replicas();

    /// A node that answers for all: the only one, or the first.
    InetSocketAddress address();

    /// What clients are given to find it.
    String bootstrap();

    /// Waits until Metadata names all its nodes.
    void awaitReady() throws IOException, InterruptedException;

    /// CPU seconds of all threads of all its processes since they started.
    double cpuSeconds() throws IOException;

    /// Resident memory of all its processes.
    long rssKb() throws IOException;

    /// Folders with such a name under its own, to see that deleted topics are gone: both brokers keep one a partition.
    long folderCount(Predicate<String> name) throws IOException;

    @Override
    void close();
}
