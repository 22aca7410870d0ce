package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ConfirmMethods;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.method.TxMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.codec.wire.Property;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.topology.PermissionView;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Publish, consume, settle. Codes and texts are RabbitMQ's as observed.
class BasicTest {
    private final TestBroker broker = new TestBroker();
    private final TestClient client = TestClient.open(broker, 1);

    @BeforeEach
    void declare() {
        client.declareQueue("q");
        client.heard();
    }

    @Test
    void publishesAndGets() {
        client.publish("", "q", "hello");
        client.send(1, new BasicMethods.Get("q", false));

        TestClient.Heard got = client.heard().getFirst();
        assertThat(got.method()).isEqualTo(new BasicMethods.GetOk(1, false, "", "q", 0));
        assertThat(got.body()).isEqualTo("hello");

        client.send(1, new BasicMethods.Ack(1, false));
        client.send(1, new BasicMethods.Get("q", false));
        assertThat(client.only()).isEqualTo(new BasicMethods.GetEmpty());
        assertThat(broker.queue("q").unsettled()).isZero();
    }

    @Test
    void consumesWithPrefetch() {
        client.send(1, new BasicMethods.Qos(0, 2, false));
        client.consume("q", "c", false);
        client.publish("", "q", "a");
        client.publish("", "q", "b");
        client.publish("", "q", "c");

        assertThat(client.methods())
                .containsExactly(
                        new BasicMethods.QosOk(),
                        new BasicMethods.ConsumeOk("c"),
                        new BasicMethods.Deliver("c", 1, false, "", "q"),
                        new BasicMethods.Deliver("c", 2, false, "", "q"));

        client.send(1, new BasicMethods.Ack(2, true));
        assertThat(client.only()).isEqualTo(new BasicMethods.Deliver("c", 3, false, "", "q"));
    }

    @Test
    void keepsTheChannelsCommonPrefetchOverAllConsumers() {
        client.declareQueue("r");
        client.send(1, new BasicMethods.Qos(0, 1, true));
        client.consume("q", "c", false);
        client.consume("r", "d", false);
        client.heard();

        client.gather(1, new BasicMethods.Publish("", "q", false, false), BasicProperties.EMPTY, "a");
        client.gather(1, new BasicMethods.Publish("", "r", false, false), BasicProperties.EMPTY, "b");
        client.step();

        assertThat(client.only()).isInstanceOf(BasicMethods.Deliver.class);
        client.send(1, new BasicMethods.Ack(1, false));
        assertThat(client.only()).isInstanceOf(BasicMethods.Deliver.class);
    }

    @Test
    void leavesInTheQueueWhatIsAboveTheChannelsCommonPrefetch() {
        List.of("0", "1", "2", "3").forEach(body -> client.publish("", "q", body));
        client.send(1, new BasicMethods.Qos(0, 2, true));
        client.consume("q", "c", false);
        client.consume("q", "d", false);

        assertThat(broker.queue("q").ready()).isEqualTo(2);
        client.send(1, new BasicMethods.Ack(1, false));
        assertThat(broker.queue("q").ready()).isEqualTo(1);
        client.send(1, new BasicMethods.Qos(0, 0, true));
        assertThat(broker.queue("q").ready()).isZero();
    }

    @Test
    void goesOnDeliveringWithoutAcksWhenTheCommonPrefetchIsUsedUp() {
        client.declareQueue("r");
        client.publish("", "q", "a");
        client.send(1, new BasicMethods.Qos(0, 1, true));
        client.consume("q", "c", false);
        client.consume("r", "d", true);
        client.heard();

        client.publish("", "r", "b");

        assertThat(client.only()).isEqualTo(new BasicMethods.Deliver("d", 2, false, "", "r"));
    }

    @Test
    void requeuesAtTheOldPlace() {
        List.of("0", "1", "2", "3").forEach(body -> client.publish("", "q", body));
        for (int i = 0; i < 3; i++) {
            client.send(1, new BasicMethods.Get("q", false));
        }
        client.heard();

        client.send(1, new BasicMethods.Nack(2, false, true));
        client.send(1, new BasicMethods.Get("q", false));

        TestClient.Heard got = client.heard().getFirst();
        assertThat(got.body()).isEqualTo("1");
        assertThat(got.method()).isEqualTo(new BasicMethods.GetOk(4, true, "", "q", 1));
    }

    @Test
    void rejectsWithoutRequeue() {
        client.publish("", "q", "bad");
        client.send(1, new BasicMethods.Get("q", false));
        client.send(1, new BasicMethods.Reject(1, false));

        assertThat(broker.queue("q").dropped()).containsExactly("bad");
    }

    @Test
    void refusesAnUnknownTag() {
        client.send(1, new BasicMethods.Ack(7, false));

        assertThat(client.only())
                .isEqualTo(new ChannelMethods.Close(406, "PRECONDITION_FAILED - unknown delivery tag 7", 60, 80));
    }

    @Test
    void acknowledgesAllOfNothing() {
        client.send(1, new BasicMethods.Ack(0, true));

        assertThat(client.methods()).isEmpty();
    }

    @Test
    void givesBackWhatAClosedChannelHad() {
        client.publish("", "q", "a");
        client.send(1, new BasicMethods.Get("q", false));
        client.send(1, new ChannelMethods.Close(200, "", 0, 0));

        assertThat(broker.queue("q").ready()).isEqualTo(1);
    }

    @Test
    void recoversAllUnsettled() {
        client.publish("", "q", "a");
        client.send(1, new BasicMethods.Get("q", false));
        client.heard();

        client.send(1, new BasicMethods.Recover(true));
        client.send(1, new BasicMethods.Get("q", false));

        assertThat(client.methods())
                .containsExactly(new BasicMethods.RecoverOk(), new BasicMethods.GetOk(2, true, "", "q", 0));
    }

    @Test
    void confirmsInOneAckWhatEndedInOrder() {
        client.send(1, new ConfirmMethods.Select(false));
        for (int i = 0; i < 3; i++) {
            client.gather(1, new BasicMethods.Publish("", "q", false, false), BasicProperties.EMPTY, "m");
        }
        client.step();

        assertThat(client.methods()).containsExactly(new ConfirmMethods.SelectOk(), new BasicMethods.Ack(3, true));
    }

    @Test
    void confirmsOutOfOrderWithoutWaitingForTheFirst() {
        client.send(1, new ConfirmMethods.Select(false));
        broker.holdPublications();
        for (int i = 0; i < 3; i++) {
            client.publish("", "q", "m");
        }
        client.heard();

        Publication third = broker.takeLastPublication();
        third.ended(Publication.End.STORED);
        client.step();
        assertThat(client.only()).isEqualTo(new BasicMethods.Ack(3, false));

        broker.takePublication().ended(Publication.End.REFUSED);
        broker.takePublication().ended(Publication.End.STORED);
        client.step();
        assertThat(client.methods())
                .containsExactly(new BasicMethods.Nack(1, false, true), new BasicMethods.Ack(2, false));
    }

    @Test
    void returnsTheUnroutableBeforeItsConfirm() {
        client.send(1, new ConfirmMethods.Select(false));
        client.heard();

        client.publish(new BasicMethods.Publish("amq.direct", "nobody", true, false), BasicProperties.EMPTY, "back");

        List<TestClient.Heard> heard = client.heard();
        assertThat(heard.stream().map(TestClient.Heard::method))
                .containsExactly(
                        new BasicMethods.Return(312, "NO_ROUTE", "amq.direct", "nobody"),
                        new BasicMethods.Ack(1, false));
        assertThat(heard.getFirst().body()).isEqualTo("back");
    }

    @Test
    void treatsWhatIsInTheMemoryOfANodeThatIsAwayAsNotBound() {
        client.declareExchange("e", "fanout");
        client.bind("q", "e", "");
        client.send(1, new ConfirmMethods.Select(false));
        client.heard();
        broker.away("q");

        client.publish("e", "", "to nobody");
        assertThat(client.only()).isEqualTo(new BasicMethods.Ack(1, false));

        client.publish(new BasicMethods.Publish("", "q", true, false), BasicProperties.EMPTY, "a reply");
        assertThat(client.methods())
                .containsExactly(new BasicMethods.Return(312, "NO_ROUTE", "", "q"), new BasicMethods.Ack(2, false));

        client.declareQueue("r");
        client.bind("r", "e", "");
        client.heard();
        broker.holdPublications();
        client.publish(new BasicMethods.Publish("e", "", true, false), BasicProperties.EMPTY, "to one");
        assertThat(client.methods()).isEmpty();
        broker.takePublication().ended(Publication.End.FAILED);
        client.step();
        assertThat(client.only()).isEqualTo(new BasicMethods.Nack(3, false, true));
    }

    @Test
    void doesNotKnowImmediate() {
        client.publish(new BasicMethods.Publish("", "q", false, true), BasicProperties.EMPTY, "");

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(540, "NOT_IMPLEMENTED - immediate=true", 60, 40));
    }

    @Test
    void refusesAMissingExchangeWithoutConfirming() {
        client.send(1, new ConfirmMethods.Select(true));

        client.publish("nope", "", "");

        assertThat(client.only())
                .isEqualTo(new ChannelMethods.Close(404, "NOT_FOUND - no exchange 'nope' in vhost '/'", 60, 40));
    }

    @Test
    void refusesBadExpirations() {
        assertThat(refusal(BasicProperties.builder()
                        .text(Property.EXPIRATION, "abc")
                        .build()))
                .isEqualTo("PRECONDITION_FAILED - invalid expiration 'abc': no_integer");
    }

    @Test
    void refusesNegativeExpirations() {
        assertThat(refusal(BasicProperties.builder()
                        .text(Property.EXPIRATION, "-1")
                        .build()))
                .isEqualTo("PRECONDITION_FAILED - invalid expiration '-1': {value_negative,-1}");
    }

    @Test
    void refusesAForeignUserId() {
        assertThat(refusal(
                        BasicProperties.builder().text(Property.USER_ID, "root").build()))
                .isEqualTo("PRECONDITION_FAILED - user_id property set to 'root' but authenticated user was 'guest'");
    }

    @Test
    void anImpersonatorPublishesInAnothersName() {
        broker.become(broker.current().with(new PermissionView("impersonator", ".*", ".*", ".*")));
        TestClient impersonator = TestClient.open(broker, 3, "impersonator");
        impersonator.declareQueue("imitated");
        impersonator.heard();
        BasicProperties properties =
                BasicProperties.builder().text(Property.USER_ID, "root").build();

        impersonator.publish(new BasicMethods.Publish("", "imitated", false, false), properties, "");

        assertThat(impersonator.methods()).isEmpty();
        assertThat(broker.queue("imitated").ready()).isEqualTo(1);
    }

    @Test
    void refusesAnUnknownDeliveryMode() {
        assertThat(refusal(BasicProperties.builder().deliveryMode(3).build()))
                .isEqualTo("PRECONDITION_FAILED - invalid message: {delivery_mode_unknown,3}");
    }

    @Test
    void refusesACcThatIsNoArray() {
        BasicProperties properties = BasicProperties.builder()
                .headers(FieldTable.builder().put("CC", "q").build())
                .build();
        assertThat(refusal(properties))
                .isEqualTo("PRECONDITION_FAILED - invalid message: {unacceptable_type_in_header,\"CC\",longstr}");
    }

    private String refusal(BasicProperties properties) {
        client.publish(new BasicMethods.Publish("", "q", false, false), properties, "");
        return ((ChannelMethods.Close) client.only()).replyText();
    }

    @Test
    void sendsCopiesAndHidesBcc() {
        client.declareQueue("r");
        client.heard();
        BasicProperties properties = BasicProperties.builder()
                .headers(FieldTable.builder()
                        .put("BCC", new FieldValue.Array(List.of(FieldValue.Text.of("r"))))
                        .put("kept", 1)
                        .build())
                .build();

        client.publish(new BasicMethods.Publish("", "q", false, false), properties, "twice");
        client.send(1, new BasicMethods.Get("r", true));

        TestClient.Heard got = client.heard().getFirst();
        assertThat(got.body()).isEqualTo("twice");
        assertThat(got.properties().headers().find("BCC")).isEmpty();
        assertThat(got.properties().headers().find("kept")).isPresent();
        assertThat(broker.queue("q").ready()).isEqualTo(1);
    }

    @Test
    void holdsATransactionUntilItsCommit() {
        client.publish("", "q", "before");
        client.send(1, new TxMethods.Select());
        client.send(1, new BasicMethods.Get("q", false));
        client.send(1, new BasicMethods.Ack(1, false));
        client.publish("", "q", "within");

        assertThat(broker.queue("q").ready()).isZero();
        assertThat(broker.queue("q").unsettled()).isEqualTo(1);

        client.heard();
        client.send(1, new TxMethods.Commit());

        assertThat(client.only()).isEqualTo(new TxMethods.CommitOk());
        assertThat(broker.queue("q").ready()).isEqualTo(1);
        assertThat(broker.queue("q").unsettled()).isZero();
    }

    @Test
    void rollsBackPublishesAndAcknowledgements() {
        client.publish("", "q", "before");
        client.send(1, new TxMethods.Select());
        client.send(1, new BasicMethods.Get("q", false));
        client.send(1, new BasicMethods.Ack(1, false));
        client.publish("", "q", "within");
        client.send(1, new TxMethods.Rollback());
        client.send(1, new BasicMethods.Ack(1, false));
        client.heard();
        client.send(1, new TxMethods.Commit());

        assertThat(client.only()).isEqualTo(new TxMethods.CommitOk());
        assertThat(broker.queue("q").ready()).isZero();
        assertThat(broker.queue("q").unsettled()).isZero();
    }

    @Test
    void countsWhatWaitsForACommitAmongTheMessagesOfTheNode() {
        client.send(1, new TxMethods.Select());
        client.publish("", "q", "x".repeat(10_000));
        long waiting = broker.arriving();
        client.send(1, new TxMethods.Rollback());
        long rolledBack = broker.arriving();
        client.publish("", "q", "x".repeat(10_000));
        client.close();

        assertThat(waiting).isGreaterThan(10_000);
        assertThat(rolledBack).isZero();
        assertThat(broker.arriving()).isZero();
    }

    @Test
    void closesAConnectionWithTooMuchInItsTransactions() {
        broker.with(new AmqpConfig(60, 2047, 131_072, 100_000, 10, 10, 1_000_000, 20_000, 0));
        TestClient other = TestClient.open(broker, 2);
        other.send(1, new TxMethods.Select());
        other.publish("", "q", "x".repeat(15_000));
        other.send(2, new ChannelMethods.Open());
        other.send(2, new TxMethods.Select());
        other.heard();

        other.gather(2, new BasicMethods.Publish("", "q", false, false), BasicProperties.EMPTY, "x".repeat(15_000));
        other.step();

        assertThat(((ConnectionMethods.Close) other.only()).replyCode()).isEqualTo(506);
        assertThat(broker.arriving()).isZero();
    }

    @Test
    void closesAChannelThatDoesNotAcknowledgeInTimeAndGivesBackWhatItHad() {
        broker.with(new AmqpConfig(60, 2047, 131_072, 100_000, 10, 10, 1_000_000, 20_000, 64_000));
        TestClient other = TestClient.open(broker, 2);
        other.consume("q", "c", false);
        client.publish("", "q", "settled");
        pass(other, 20);
        client.publish("", "q", "kept");
        pass(other, 40);
        other.send(1, new BasicMethods.Ack(1, false));
        pass(other, 24);
        assertThat(other.methods()).noneMatch(ChannelMethods.Close.class::isInstance);

        pass(other, 6);

        ChannelMethods.Close close = (ChannelMethods.Close) other.only();
        assertThat(close.replyCode()).isEqualTo(406);
        assertThat(close.replyText())
                .isEqualTo("PRECONDITION_FAILED - delivery acknowledgement on channel 1 timed out. Timeout value used:"
                        + " 64000 ms. This timeout value can be configured, see consumers doc guide to learn more");
        client.send(1, new BasicMethods.Get("q", true));
        assertThat(client.heard().getLast().body()).isEqualTo("kept");
    }

    /// Of a client that is there.
    private void pass(TestClient other, int seconds) {
        for (int second = 0; second < seconds; second++) {
            broker.clock.advance(Duration.ofSeconds(1));
            other.bytes(new byte[] {8, 0, 0, 0, 0, 0, 0, (byte) 0xce});
            other.session.onTick();
            other.step();
        }
    }

    @Test
    void acknowledgementsOfATransactionMakeNoRoomBeforeItsCommit() {
        broker.with(new AmqpConfig(60, 2047, 131_072, 100_000, 10, 2, 1_000_000, 20_000, 0));
        TestClient other = TestClient.open(broker, 2);
        other.send(1, new TxMethods.Select());
        other.consume("q", "c", false);
        for (String text : List.of("a", "b", "c")) {
            client.publish("", "q", text);
        }
        other.step();
        other.heard();

        other.send(1, new BasicMethods.Ack(2, true));
        List<AmqpMethod> early = other.methods();
        other.send(1, new TxMethods.Commit());

        assertThat(early).isEmpty();
        assertThat(other.methods())
                .containsExactly(new TxMethods.CommitOk(), new BasicMethods.Deliver("c", 3, false, "", "q"));
    }

    @Test
    void doesNotMixTransactionsAndConfirms() {
        client.send(1, new TxMethods.Select());
        client.heard();

        client.send(1, new ConfirmMethods.Select(false));

        assertThat(client.only())
                .isEqualTo(new ChannelMethods.Close(
                        406, "PRECONDITION_FAILED - cannot switch from tx to confirm mode", 85, 10));
    }

    @Test
    void repliesDirectly() {
        TestClient server = TestClient.open(broker, 2);
        client.consume("amq.rabbitmq.reply-to", "", true);
        client.heard();
        client.publish(
                new BasicMethods.Publish("", "q", false, false),
                BasicProperties.builder()
                        .text(Property.REPLY_TO, "amq.rabbitmq.reply-to")
                        .build(),
                "question");

        server.send(1, new BasicMethods.Get("q", true));
        String replyTo = server.heard().getFirst().properties().replyTo().orElseThrow();
        server.send(1, new QueueMethods.Declare(replyTo, true, false, false, false, false, FieldTable.EMPTY));
        AmqpMethod isThere = server.only();
        server.publish("", replyTo, "answer");
        client.step();

        assertThat(isThere).isEqualTo(new QueueMethods.DeclareOk(replyTo, 0, 1));
        assertThat(client.heard().getLast().body()).isEqualTo("answer");
    }

    @Test
    void tellsConsumersThatTheirQueueWent() {
        client.consume("q", "c", false);
        client.heard();

        client.send(1, new QueueMethods.Delete("q", false, false, false));

        assertThat(client.methods())
                .containsExactlyInAnyOrder(new QueueMethods.DeleteOk(0), new BasicMethods.Cancel("c", true));
    }

    @Test
    void cancelsConsumers() {
        client.consume("q", "c", false);
        client.send(1, new BasicMethods.Cancel("c", false));
        client.publish("", "q", "stays");

        assertThat(client.methods()).containsExactly(new BasicMethods.ConsumeOk("c"), new BasicMethods.CancelOk("c"));
        assertThat(broker.queue("q").ready()).isEqualTo(1);
    }

    @Test
    void refusesATagThatIsTaken() {
        client.consume("q", "t", false);
        client.heard();

        client.consume("q", "t", false);

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(530, "NOT_ALLOWED - attempt to reuse consumer tag 't'", 60, 20));
    }

    @Test
    void givesOneConsumerExclusiveUse() {
        TestClient other = TestClient.open(broker, 2);
        client.send(1, new BasicMethods.Consume("q", "c", false, false, true, false, FieldTable.EMPTY));

        other.consume("q", "d", false);

        assertThat(other.only())
                .isEqualTo(new ChannelMethods.Close(
                        403, "ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use", 60, 20));
    }

    /// A client that writes all it has before it reads is no reason to stop, as long as the answers are few.
    @Test
    void readsOnWhileTheSocketIsSlowUntilItHasTooMuchToSay() {
        for (int i = 0; i < 5; i++) {
            client.publish("", "q", "x".repeat(900_000));
        }
        client.session.onWritable(false);

        client.send(1, new BasicMethods.Qos(0, 1, false));
        AmqpMethod answer = client.only();
        for (int i = 0; i < 5; i++) {
            client.gather(1, new BasicMethods.Get("q", true));
        }
        client.step();
        boolean wantsMore = client.session.wantsMore();
        client.session.onWritable(true);

        assertThat(answer).isEqualTo(new BasicMethods.QosOk());
        assertThat(wantsMore).isFalse();
        assertThat(client.session.wantsMore()).isTrue();
    }

    @Test
    void deliversNothingWhileTheSocketIsSlow() {
        client.consume("q", "c", true);
        client.heard();

        client.session.onWritable(false);
        TestClient other = TestClient.open(broker, 2);
        other.publish("", "q", "waits");
        client.step();
        List<AmqpMethod> slow = client.methods();
        client.session.onWritable(true);
        client.step();

        assertThat(slow).isEmpty();
        assertThat(client.only()).isInstanceOf(BasicMethods.Deliver.class);
    }
}
