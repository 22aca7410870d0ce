package io.millrace.cluster.controller;

import static io.millrace.cluster.controller.TestImage.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.MorePartitions;
import io.millrace.broker.catalog.Outcome;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ErrorKind;
import io.millrace.testkit.SeededRandomness;
import java.util.List;
import org.junit.jupiter.api.Test;

class CreatePartitionsTest {
    private static final MetadataImage IMAGE = TestImage.with(TestImage.ofNodes(2), topic("a", 3, 1));

    private static Decision<List<Outcome>> extend(MorePartitions... topics) {
        return new CreatePartitions(List.of(topics), false).decide(IMAGE, new SeededRandomness(1));
    }

    private static Outcome outcome(String topic, int total, List<List<Integer>> assignment) {
        return extend(new MorePartitions(topic, total, assignment)).reply().getFirst();
    }

    @Test
    void addsPartitions() {
        Decision<List<Outcome>> decision = extend(new MorePartitions("a", 5, List.of()));

        assertThat(decision.reply()).containsExactly(Outcome.OK);
        assertThat(decision.after().topic("a").orElseThrow().partitions()).hasSize(5);
    }

    @Test
    void takesAnAssignmentGivenByHand() {
        Decision<List<Outcome>> decision = extend(new MorePartitions("a", 5, List.of(List.of(2), List.of(1))));

        assertThat(decision.after().topic("a").orElseThrow().partitions().get(3).leader())
                .isEqualTo(2);
    }

    @Test
    void refusesWhatIsNoIncrease() {
        assertThat(outcome("a", 3, List.of()))
                .isEqualTo(Outcome.refused(ErrorKind.INVALID_PARTITIONS, "Topic already has 3 partition(s)."));
        assertThat(outcome("a", 2, List.of()))
                .isEqualTo(Outcome.refused(
                        ErrorKind.INVALID_PARTITIONS,
                        "The topic a currently has 3 partition(s); 2 would not be an increase."));
    }

    @Test
    void refusesUnknownTopicsAndUnfitAssignments() {
        assertThat(outcome("x", 3, List.of()).error()).isEqualTo(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(outcome("a", 5, List.of(List.of(1))))
                .isEqualTo(Outcome.refused(
                        ErrorKind.INVALID_REPLICA_ASSIGNMENT,
                        "Attempted to add 2 additional partition(s), but only 1 assignment(s) were specified."));
        assertThat(outcome("a", 4, List.of(List.of(1, 2))).message())
                .isEqualTo("The manual partition assignment includes a partition with 2 replica(s), but this is not"
                        + " consistent with previous partitions, which have 1 replica(s).");
        assertThat(outcome("a", 1_000_000, List.of()))
                .isEqualTo(Outcome.refused(
                        ErrorKind.POLICY_VIOLATION, "Excessively large number of additional partitions per request."));
    }

    @Test
    void refusesATopicTwiceInOneRequest() {
        MorePartitions more = new MorePartitions("a", 5, List.of());

        assertThat(extend(more, more).reply())
                .containsOnly(Outcome.refused(ErrorKind.INVALID_REQUEST, "Duplicate topic in request."));
    }
}
