package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topology.PolicyTarget;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// A policy that changes has its own pattern tried on the queues, however many others there are. The times are printed;
/// a slow machine fails nothing.
class ManyPoliciesTest {
    private static final int QUEUES = 100_000;
    private static final int POLICIES = 50;
    private static final VhostName VHOST = new VhostName("/");

    private MetadataImage image = MetadataImage.empty("cluster", 1, Map.of());

    private static QueueName name(int queue) {
        return new QueueName("service-%02d.queue-%06d".formatted(queue % POLICIES, queue));
    }

    private static TopologyRecord queue(int number) {
        QueueRef ref = new QueueRef(VHOST, name(number));
        return new TopologyRecord.QueueDeclared(
                new QueueSpec(ref, QueueType.CLASSIC, false, false, false, Arguments.NONE),
                new TopicId(1, number),
                new Home.InMemory(1, 1),
                Optional.empty());
    }

    private static TopologyRecord policy(String name, String pattern, int priority) {
        Arguments definition = Arguments.of("max-length", ArgumentValue.whole(priority));
        return new TopologyRecord.PolicyPut(
                VHOST, false, new PolicyView(name, pattern, PolicyTarget.QUEUES, priority, definition));
    }

    private void apply(String what, List<TopologyRecord> records) {
        long fromNs = System.nanoTime();
        image = image.with(records.stream()
                .<MetadataRecord>map(MetadataRecord.TopologyRecorded::new)
                .toList());
        System.out.println(QUEUES + " queues, " + what + ": " + (System.nanoTime() - fromNs) / 1_000_000 + " ms");
    }

    private String inForce(int queue) {
        return image.topology()
                .vhost(VHOST)
                .orElseThrow()
                .queue(name(queue))
                .orElseThrow()
                .policy()
                .name();
    }

    @Test
    void aChangedPolicyAmongMany() {
        List<TopologyRecord> records = new ArrayList<>();
        records.add(new TopologyRecord.VhostPut(VHOST, Arguments.NONE));
        for (int number = 0; number < QUEUES; number++) {
            records.add(queue(number));
        }
        apply("declared", records);
        for (int service = 0; service < POLICIES; service++) {
            String prefix = "service-%02d".formatted(service);
            apply("policy " + service, List.of(policy(prefix, "^" + prefix + "\\.", 1)));
        }
        assertThat(inForce(POLICIES + 7)).isEqualTo("service-07");
        apply("policy that is nobody's", List.of(policy("nobody", ".*-dlq$", 9)));
        apply("policy that begins anywhere", List.of(policy("anywhere", "queue-.*99$", 9)));
        assertThat(inForce(99)).isEqualTo("anywhere");
        apply("policy for all", List.of(policy("all", "", 10)));
        assertThat(inForce(99)).isEqualTo("all");
        apply("policy for all deleted", List.of(new TopologyRecord.PolicyDeleted(VHOST, false, "all")));
        assertThat(inForce(99)).isEqualTo("anywhere");
        assertThat(inForce(POLICIES + 7)).isEqualTo("service-07");
    }
}
