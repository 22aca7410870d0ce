package io.millrace.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.ProducerIdBlock;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.cluster.metadata.MetadataRecord;
import io.millrace.testkit.SeededRandomness;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocateProducerIdsTest {
    @Test
    void neverHandsOutAnIdTwice() {
        AllocateProducerIds command = new AllocateProducerIds(1);

        Decision<ProducerIdBlock> first = command.decide(TestImage.ofNodes(1), new SeededRandomness(1));
        Decision<ProducerIdBlock> second = command.decide(first.after(), new SeededRandomness(1));

        assertThat(first.reply().first()).isZero();
        assertThat(second.reply().first()).isEqualTo(first.reply().count());
    }

    @Test
    void refusesWhenAllAreGone() {
        MetadataImage image =
                TestImage.ofNodes(1).with(List.of(new MetadataRecord.ProducerIdsAllocated(1, Long.MAX_VALUE - 10)));

        assertThat(new AllocateProducerIds(1)
                        .decide(image, new SeededRandomness(1))
                        .reply()
                        .outcome()
                        .message())
                .startsWith("Exhausted all producerIds");
    }
}
