package io.millrace.cli.cluster.local;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

/// What the cluster says of itself to an ordinary client while nodes come and go: whoever does not answer in time said
/// nothing.
///
/// Owned by: one thread.
public final class ClusterView implements AutoCloseable {
    public static final long LOOK_EVERY_MS = 20;
    private static final int ANSWER_MS_MAX = 1_500;
    private static final int CHANGE_MS_MAX = 30_000;

    private final Admin admin;

    public ClusterView(String bootstrap) {
        admin = Admin.create(Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                AdminClientConfig.METRIC_REPORTER_CLASSES_CONFIG,
                "",
                AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG,
                "200"));
    }

    /// How many nodes it has, 0 when nobody answers.
    public int nodes() {
        return asked(admin.describeCluster().nodes(), ANSWER_MS_MAX)
                .map(all -> all.size())
                .orElse(0);
    }

    /// The node that clients are told is the controller. Kafka names any of its brokers.
    public Optional<Integer> controller() {
        return asked(admin.describeCluster().controller(), ANSWER_MS_MAX).map(Node::id);
    }

    /// The partitions of a topic in order, empty when nobody answers.
    public List<TopicPartitionInfo> partitions(String topic) {
        return asked(admin.describeTopics(List.of(topic)).allTopicNames(), ANSWER_MS_MAX)
                .map(found -> found.values().iterator().next().partitions())
                .orElse(List.of());
    }

    /// The node that leads a partition.
    public Optional<Integer> leader(String topic, int partition) {
        return partitions(topic).stream()
                .filter(info -> info.partition() == partition)
                .flatMap(info -> Optional.ofNullable(info.leader()).stream())
                .filter(node -> !node.isEmpty())
                .map(Node::id)
                .findFirst();
    }

    /// Whether every partition of the topic has a leader and this many in-sync replicas.
    public boolean isInSync(String topic, int replicas) {
        List<TopicPartitionInfo> all = partitions(topic);
        return !all.isEmpty()
                && all.stream()
                        .allMatch(info -> info.leader() != null
                                && !info.leader().isEmpty()
                                && info.isr().size() == replicas);
    }

    /// Makes a topic.
    ///
    /// @return whether that was answered in time
    public boolean create(NewTopic topic) {
        return asked(admin.createTopics(List.of(topic)).all().thenApply(done -> true), CHANGE_MS_MAX)
                .isPresent();
    }

    private static <T> Optional<T> asked(KafkaFuture<T> answer, int limitMs) {
        try {
            // Null is what the client says of a cluster that has no controller.
            return Optional.ofNullable(answer.get(limitMs, TimeUnit.MILLISECONDS));
        } catch (ExecutionException | TimeoutException notNow) {
            return Optional.empty();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        admin.close(Duration.ZERO);
    }
}
