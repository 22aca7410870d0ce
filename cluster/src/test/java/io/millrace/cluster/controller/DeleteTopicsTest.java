package io.millrace.cluster.controller;

import static io.millrace.cluster.controller.TestImage.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.catalog.CatalogChanges.DeletedTopicReply;
import io.millrace.broker.catalog.CatalogChanges.TopicRef;
import io.millrace.broker.catalog.Outcome;
import io.millrace.broker.catalog.TopicView;
import io.millrace.cluster.metadata.MetadataImage;
import io.millrace.model.ErrorKind;
import io.millrace.model.TopicId;
import io.millrace.testkit.SeededRandomness;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeleteTopicsTest {
    private static final MetadataImage IMAGE = TestImage.with(TestImage.ofNodes(1), topic("a"), topic("b.c"));

    private static Decision<List<DeletedTopicReply>> delete(MetadataImage image, TopicRef... topics) {
        return new DeleteTopics(List.of(topics)).decide(image, new SeededRandomness(1));
    }

    @Test
    void deletesByNameAndById() {
        TopicView b = IMAGE.topic("b.c").orElseThrow();

        Decision<List<DeletedTopicReply>> decision =
                delete(IMAGE, new TopicRef("a", TopicId.NONE), new TopicRef("", b.id()));

        assertThat(decision.reply()).extracting(DeletedTopicReply::outcome).containsOnly(Outcome.OK);
        assertThat(decision.reply()).extracting(DeletedTopicReply::name).containsExactly("a", "b.c");
        assertThat(decision.after().topics()).isEmpty();
        assertThat(TestImage.outcome(decision.after(), topic("b_c"))).isEqualTo(Outcome.OK);
    }

    @Test
    void refusesWhatDoesNotExist() {
        Decision<List<DeletedTopicReply>> decision =
                delete(IMAGE, new TopicRef("x", TopicId.NONE), new TopicRef("", new TopicId(9, 9)));

        assertThat(decision.reply())
                .extracting(reply -> reply.outcome().error())
                .containsExactly(ErrorKind.UNKNOWN_TOPIC_OR_PARTITION, ErrorKind.UNKNOWN_TOPIC_ID);
        assertThat(decision.records()).isEmpty();
    }

    @Test
    void refusesWhenDeletionIsOff() {
        MetadataImage image = TestImage.with(TestImage.ofNodes(1, Map.of("delete.topic.enable", "false")), topic("a"));

        assertThat(delete(image, new TopicRef("a", TopicId.NONE))
                        .reply()
                        .getFirst()
                        .outcome())
                .isEqualTo(Outcome.refused(ErrorKind.TOPIC_DELETION_DISABLED, "Topic deletion is disabled."));
    }
}
