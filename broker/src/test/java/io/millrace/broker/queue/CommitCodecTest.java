package io.millrace.broker.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.broker.routing.Destination.ToTopic;
import io.millrace.model.QueueName;
import io.millrace.model.TopicId;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CommitCodecTest {
    private static final Commit COMMIT = new Commit(
            List.of(
                    new Commit.Routed(
                            new Message(
                                    FormatId.AMQP_0_9_1, "ex\ud800", "kéy", new byte[] {1, 2}, new byte[] {3}, 4, 5),
                            List.of(new ToQueue("one"), new ToTopic("two"))),
                    new Commit.Routed(new Message(FormatId.KAFKA, "", "", new byte[0], new byte[0], 6), List.of())),
            List.of(new Commit.Settled(
                    new QueueName("three"), new TopicId(7, 8), new SettleOrder(new long[] {9, 10}, new long[] {11}))));

    @Test
    void readsWhatItWrites() {
        byte[] bytes = CommitCodec.encode(COMMIT);

        Commit read = CommitCodec.decode(bytes).orElseThrow();

        assertThat(CommitCodec.encode(read)).isEqualTo(bytes);
        Message message = read.messages().getFirst().message();
        assertThat(message.format()).isEqualTo(FormatId.AMQP_0_9_1);
        assertThat(message.exchange()).isEqualTo("ex\ud800");
        assertThat(message.routingKey()).isEqualTo("kéy");
        assertThat(message.properties()).containsExactly(1, 2);
        assertThat(message.body()).containsExactly(3);
        assertThat(message.publishedMs()).isEqualTo(4);
        assertThat(message.dueMs()).isEqualTo(5);
        assertThat(read.messages().getFirst().targets()).containsExactly(new ToQueue("one"), new ToTopic("two"));
        Commit.Settled settled = read.settled().getFirst();
        assertThat(settled.id()).isEqualTo(new TopicId(7, 8));
        assertThat(settled.order().acknowledged()).containsExactly(9, 10);
        assertThat(settled.order().rejected()).containsExactly(11);
    }

    @Test
    void whatIsCutShortOrOfALaterVersionIsNone() {
        byte[] bytes = CommitCodec.encode(COMMIT);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(CommitCodec.decode(Arrays.copyOf(bytes, length))).isEmpty();
        }
        bytes[0] = 2;

        assertThat(CommitCodec.decode(bytes)).isEmpty();
    }

    @Test
    void anOrderIsReadAsItWasWrittenOrNotAtAll() {
        Message message = new SettleOrder(new long[] {1, 2}, new long[] {3}).toMessage(4);

        SettleOrder read = SettleOrder.of(message).orElseThrow();

        assertThat(message.publishedMs()).isEqualTo(4);
        assertThat(read.acknowledged()).containsExactly(1, 2);
        assertThat(read.rejected()).containsExactly(3);
        byte[] cut = Arrays.copyOf(message.body(), message.body().length - 1);
        assertThat(SettleOrder.of(new Message(FormatId.BROKER, "", "", new byte[0], cut, 0)))
                .isEmpty();
    }

    /// Nobody's commit gives orders to queues.
    @Test
    void aMessageInTheBrokersOwnWordsIsNone() {
        Message order = new SettleOrder(new long[] {1}, new long[0]).toMessage(0);
        Commit forged = new Commit(List.of(new Commit.Routed(order, List.of(new ToQueue("q")))), List.of());

        assertThat(Commit.of(forged.toMessage(0))).isEmpty();
    }
}
