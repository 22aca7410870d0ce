package io.millrace.cluster.controller;

import static io.millrace.cluster.controller.TestImage.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.PartitionView;
import io.millrace.cluster.controller.RaiseLeaderEpochs.Behind;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.TopicId;
import io.millrace.testkit.SeededRandomness;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaiseLeaderEpochsTest {
    private static final MetadataImage IMAGE = TestImage.with(TestImage.ofNodes(1), topic("a", 2, 1));
    private static final TopicId ID = IMAGE.topic("a").orElseThrow().id();

    private static Decision<Outcome> raise(MetadataImage image, Behind... partitions) {
        return new RaiseLeaderEpochs(List.of(partitions)).decide(image, new SeededRandomness(1));
    }

    @Test
    void leadershipGoesOnBehindTheLogsLatestEpoch() {
        Decision<Outcome> decision = raise(IMAGE, new Behind(ID, 1, 7));

        assertThat(decision.reply()).isEqualTo(Outcome.OK);
        assertThat(decision.after().topic("a").orElseThrow().partitions())
                .extracting(PartitionView::leaderEpoch)
                .containsExactly(0, 8);
    }

    @Test
    void whatIsNotBehindOrNotThereStaysAsItIs() {
        MetadataImage raised = raise(IMAGE, new Behind(ID, 1, 7)).after();

        assertThat(raise(raised, new Behind(ID, 1, 8), new Behind(ID, 5, 9), new Behind(new TopicId(9, 9), 0, 9))
                        .records())
                .isEmpty();
    }

    @Test
    void behindTheLastEpochThereIsNone() {
        Decision<Outcome> decision = raise(IMAGE, new Behind(ID, 0, 3), new Behind(ID, 1, Integer.MAX_VALUE));

        assertThat(decision.reply().isOk()).isFalse();
        assertThat(decision.reply().message()).contains("a-1").contains("2147483647");
        assertThat(decision.records()).isEmpty();
    }
}
