package io.millrace.cluster.metadata;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.topology.PolicyTarget;
import io.millrace.broker.topology.PolicyView;
import io.millrace.broker.topology.QueueRef;
import io.millrace.broker.topology.QueueSpec;
import io.millrace.broker.topology.QueueType;
import io.millrace.broker.topology.QueueView;
import io.millrace.broker.topology.QueueView.Home;
import io.millrace.cluster.metadata.MetadataRecord.TopologyRecorded;
import io.millrace.model.ArgumentValue;
import io.millrace.model.Arguments;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import io.millrace.model.VhostName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Few differences are looked up, many are walked past: both say the same.
class TopologyDeltaTest {
    private static final VhostName ROOT = new VhostName("/");
    private static final VhostName OTHER = new VhostName("other");
    private static final int QUEUES = 3_000;

    private static QueueRef ref(VhostName vhost, int number) {
        return new QueueRef(vhost, new QueueName("queue-" + number));
    }

    private static TopologyRecord declared(VhostName vhost, int number, int life) {
        QueueSpec queue = new QueueSpec(ref(vhost, number), QueueType.CLASSIC, false, false, false, Arguments.NONE);
        TopicId id = new TopicId(vhost.value().hashCode() + (long) life, number);
        return new TopologyRecord.QueueDeclared(queue, id, new Home.InMemory(1, 1), Optional.empty());
    }

    private static MetadataImage with(MetadataImage image, List<TopologyRecord> records) {
        return image.with(
                records.stream().<MetadataRecord>map(TopologyRecorded::new).toList());
    }

    private static MetadataImage declared() {
        List<TopologyRecord> records = new ArrayList<>();
        for (VhostName vhost : List.of(ROOT, OTHER)) {
            records.add(new TopologyRecord.VhostPut(vhost, Arguments.NONE));
            for (int number = 0; number < QUEUES; number++) {
                records.add(declared(vhost, number, 1));
            }
        }
        return with(MetadataImage.empty("cluster", 1, Map.of()), records);
    }

    /// One by one, as few are.
    private static TopologyDelta lookedUp(MetadataImage before, MetadataImage after, Set<QueueRef> touched) {
        List<QueueView> created = new ArrayList<>();
        List<QueueView> deleted = new ArrayList<>();
        List<QueueView> changed = new ArrayList<>();
        for (QueueRef ref : touched) {
            TopologyDelta one = TopologyDelta.between(before.topology, after.topology, List.of(ref));
            created.addAll(one.created());
            deleted.addAll(one.deleted());
            changed.addAll(one.changed());
        }
        return new TopologyDelta(created, deleted, changed);
    }

    private static void check(MetadataImage before, MetadataImage after, Set<QueueRef> touched) {
        TopologyDelta walked = TopologyDelta.between(before.topology, after.topology, touched);
        assertThat(walked).isEqualTo(TopologyDelta.all(before.topology, after.topology));
        assertThat(walked).isEqualTo(lookedUp(before, after, touched));
        assertThat(walked.isEmpty()).isFalse();
    }

    @Test
    void manyQueuesThatComeAndGo() {
        MetadataImage before = declared();
        List<TopologyRecord> records = new ArrayList<>();
        Set<QueueRef> touched = new TreeSet<>();
        for (int number = 0; number < QUEUES; number += 2) {
            records.add(new TopologyRecord.QueueDeleted(ref(ROOT, number)));
            touched.add(ref(ROOT, number));
            if (number % 3 == 0) {
                records.add(declared(ROOT, number, 2));
            }
            records.add(declared(OTHER, QUEUES + number, 1));
            touched.add(ref(OTHER, QUEUES + number));
        }

        check(before, with(before, records), touched);
    }

    @Test
    void aPolicyForMany() {
        MetadataImage before = declared();
        var policy = new PolicyView(
                "some", "[02468]$", PolicyTarget.QUEUES, 1, Arguments.of("max-length", ArgumentValue.whole(1)));
        Set<QueueRef> touched = new TreeSet<>();
        for (int number = 0; number < QUEUES; number += 2) {
            touched.add(ref(OTHER, number));
        }

        check(before, with(before, List.of(new TopologyRecord.PolicyPut(OTHER, false, policy))), touched);
    }

    @Test
    void aVirtualHostThatGoes() {
        MetadataImage before = declared();
        Set<QueueRef> touched = new TreeSet<>();
        for (int number = 0; number < QUEUES; number++) {
            touched.add(ref(OTHER, number));
        }

        check(before, with(before, List.of(new TopologyRecord.VhostDeleted(OTHER))), touched);
    }
}
