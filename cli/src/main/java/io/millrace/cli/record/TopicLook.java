package io.millrace.cli.record;

import io.millrace.cli.CommandFailure;
import io.millrace.cli.client.ClientOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/// Whether a topic is made by being written to, which a broker does without a word: with its defaults, and perhaps for
/// a name that was mistyped. An admin client asks without making it, while the producer is set up.
///
/// Owned by: the command's thread; the question by one of its own.
final class TopicLook {
    private static final int ANSWER_MS_MAX = 2_000;

    private final CompletableFuture<Boolean> isMissing;

    private TopicLook(CompletableFuture<Boolean> isMissing) {
        this.isMissing = isMissing;
    }

    static TopicLook begin(ClientOption client, String topic) {
        var answer = new CompletableFuture<Boolean>();
        Thread.ofPlatform().daemon().name("millrace-topic-look").start(() -> answer.complete(isMissing(client, topic)));
        return new TopicLook(answer);
    }

    private static boolean isMissing(ClientOption client, String topic) {
        try (Admin admin = client.admin()) {
            admin.describeTopics(List.of(topic), new DescribeTopicsOptions().timeoutMs(ANSWER_MS_MAX))
                    .allTopicNames()
                    .get(ANSWER_MS_MAX, TimeUnit.MILLISECONDS);
            return false;
        } catch (ExecutionException refused) {
            return refused.getCause() instanceof UnknownTopicOrPartitionException;
        } catch (TimeoutException | CommandFailure unknown) {
            return false;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Waits until it is known whether the topic is there; to be called before anything makes it.
    boolean isMissing() {
        return isMissing.join();
    }

    /// For a person, once it was made.
    static String words(String topic, List<PartitionInfo> made) {
        int replicas = made.isEmpty() ? 0 : made.getFirst().replicas().length;
        return "Topic " + topic + " created: " + made.size() + (made.size() == 1 ? " partition, " : " partitions, ")
                + replicas + (replicas == 1 ? " replica" : " replicas");
    }
}
