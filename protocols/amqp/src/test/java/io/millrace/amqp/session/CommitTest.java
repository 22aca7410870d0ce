package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ExchangeMethods;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.method.TxMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.broker.message.FormatId;
import io.millrace.broker.message.Message;
import io.millrace.broker.queue.Commit;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.routing.Destination.ToQueue;
import io.millrace.model.QueueName;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What becomes one record, what goes by itself, and what the client hears.
class CommitTest {
    private static final String COMMITS = "amq.tx.1";

    private final TestBroker broker = new TestBroker();
    private final TestClient client = TestClient.open(broker, 1);

    @BeforeEach
    void declare() {
        for (String durable : List.of("a", "b", "work")) {
            client.send(1, new QueueMethods.Declare(durable, false, true, false, false, false, FieldTable.EMPTY));
        }
        client.declareQueue("passing");
        client.publish("", "work", "one");
        client.publish("", "work", "two");
        client.send(1, new TxMethods.Select());
        client.heard();
    }

    private Commit record() {
        return broker.queue(COMMITS).taken().stream()
                .map(message -> Commit.of(message).orElseThrow())
                .reduce((_, _) -> {
                    throw new AssertionError("more than one");
                })
                .orElseThrow();
    }

    private boolean hasRecord() {
        return broker.current().queue(new QueueName(COMMITS)).isPresent();
    }

    @Test
    void severalLogsAreOneRecord() {
        client.publish("", "a", "to a");
        client.publish("", "b", "to b");
        client.publish("", "passing", "to nobody's disk");
        client.send(1, new TxMethods.Commit());

        assertThat(client.only()).isEqualTo(new TxMethods.CommitOk());
        assertThat(record().messages())
                .extracting(Commit.Routed::targets)
                .containsExactly(List.of(new ToQueue("a")), List.of(new ToQueue("b")), List.of(new ToQueue("passing")));
        assertThat(broker.queue("a").ready()).isZero();
    }

    @Test
    void whatIsSettledBesideAMessageIsInTheRecord() {
        client.send(1, new BasicMethods.Get("work", false));
        client.send(1, new BasicMethods.Ack(1, false));
        client.publish("", "work", "three");
        client.heard();
        client.send(1, new TxMethods.Commit());

        assertThat(client.only()).isEqualTo(new TxMethods.CommitOk());
        assertThat(record().messages()).hasSize(1);
        assertThat(record().settled())
                .singleElement()
                .satisfies(settled -> assertThat(settled.queue().value()).isEqualTo("work"));
        assertThat(broker.queue("work").unsettled()).isZero();
    }

    @Test
    void oneMessageForOneLogGoesThereByItself() {
        client.publish("", "a", "to a");
        client.publish("", "passing", "to nobody's disk");
        client.send(1, new TxMethods.Commit());

        assertThat(client.only()).isEqualTo(new TxMethods.CommitOk());
        assertThat(hasRecord()).isFalse();
        assertThat(broker.queue("a").ready()).isEqualTo(1);
        assertThat(broker.queue("passing").ready()).isEqualTo(1);
    }

    @Test
    void acknowledgementsOfOneQueueAreAnOrderAndAnsweredWhenItIsCarriedOut() {
        client.send(1, new BasicMethods.Get("work", false));
        client.send(1, new BasicMethods.Get("work", false));
        client.send(1, new BasicMethods.Ack(2, true));
        client.heard();
        broker.holdPublications();
        client.send(1, new TxMethods.Commit());
        assertThat(client.methods()).isEmpty();

        broker.takePublication().ended(Publication.End.STORED);
        client.step();

        assertThat(client.only()).isEqualTo(new TxMethods.CommitOk());
        assertThat(hasRecord()).isFalse();
        assertThat(broker.queue("work").taken())
                .singleElement()
                .extracting(Message::format)
                .isEqualTo(FormatId.BROKER);
    }

    @Test
    void whatGoesBackNeedsNoRecord() {
        client.send(1, new BasicMethods.Get("work", false));
        client.send(1, new BasicMethods.Nack(1, false, true));
        client.publish("", "a", "to a");
        client.heard();
        client.send(1, new TxMethods.Commit());

        assertThat(client.only()).isEqualTo(new TxMethods.CommitOk());
        assertThat(hasRecord()).isFalse();
        assertThat(broker.queue("work").ready()).isEqualTo(2);
    }

    @Test
    void aRecordThatIsNotStoredFailsTheCommitAndGivesBackWhatWasConsumed() {
        client.send(1, new BasicMethods.Get("work", false));
        client.send(1, new BasicMethods.Ack(1, false));
        client.publish("", "a", "to a");
        client.heard();
        broker.holdPublications();
        client.send(1, new TxMethods.Commit());

        broker.takePublication().ended(Publication.End.FAILED);
        client.step();

        assertThat(client.only())
                .isEqualTo(new ChannelMethods.Close(406, "PRECONDITION_FAILED - partial tx completion", 90, 20));
        client.step();
        assertThat(broker.queue("work").ready()).isEqualTo(2);
        assertThat(broker.underWay()).isZero();
    }

    private TestClient other() {
        broker.arrivingMax(Long.MAX_VALUE);
        broker.with(new AmqpConfig(60, 2047, 131_072, 1 << 28, 10, 10, 1 << 28, 1 << 28, 0));
        TestClient other = TestClient.open(broker, 2);
        other.send(1, new TxMethods.Select());
        other.heard();
        return other;
    }

    private void isRefusedAsTooLarge(TestClient other) {
        other.send(1, new TxMethods.Commit());
        assertThat(other.only())
                .isEqualTo(new ChannelMethods.Close(
                        406, "PRECONDITION_FAILED - transaction larger than 33554432", 90, 20));
        assertThat(hasRecord()).isFalse();
    }

    @Test
    void aRecordThatIsTooLargeIsRefusedBeforeAnythingIsDone() {
        TestClient other = other();
        int half = HandleTx.RECORD_BYTES_MAX / 2 + 1;
        other.publish("", "a", "x".repeat(half));
        other.publish("", "b", "x".repeat(half));

        isRefusedAsTooLarge(other);
    }

    /// Every message names its targets, so that a fan-out makes much out of little.
    @Test
    void targetsAndNamesCountAsMessagesDo() {
        TestClient other = other();
        other.declareExchange("all", "fanout");
        String longName = "q".repeat(200);
        IntStream.range(0, 50).forEach(number -> {
            String queue = longName + number;
            other.send(1, new QueueMethods.Declare(queue, false, true, false, false, false, FieldTable.EMPTY));
            other.bind(queue, "all", "");
        });
        other.heard();
        IntStream.range(0, 2_000).forEach(_ -> other.publish("all", "", "x"));

        isRefusedAsTooLarge(other);
    }

    @Test
    void whatIsRefusedIsNoDuplicateWhenItIsSentAgain() {
        TestClient other = other();
        FieldTable size = FieldTable.builder().put("x-cache-size", 10L).build();
        other.send(
                1,
                new ExchangeMethods.Declare(
                        "once", "x-message-deduplication", false, false, false, false, false, size));
        other.bind("a", "once", "");
        other.heard();
        BasicProperties properties = BasicProperties.builder()
                .headers(FieldTable.builder().put("x-deduplication-header", "1").build())
                .build();
        other.publish(new BasicMethods.Publish("once", "", false, false), properties, "one");
        other.publish("", "b", "x".repeat(HandleTx.RECORD_BYTES_MAX + 1));

        isRefusedAsTooLarge(other);

        assertThat(broker.seen.values).isEmpty();
        assertThat(broker.seen.asked).isEqualTo(1);
    }
}
