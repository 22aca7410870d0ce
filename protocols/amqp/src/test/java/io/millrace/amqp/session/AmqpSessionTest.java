package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ConfirmMethods;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.broker.queue.Publication;
import io.millrace.broker.topology.ConnectionId;
import io.millrace.broker.topology.PermissionView;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A connection's life: handshake, channels, heartbeats, ends. Codes and texts are RabbitMQ's as observed.
class AmqpSessionTest {
    private final TestBroker broker = new TestBroker();

    @Test
    void greetsLogsInTunesAndOpens() {
        TestClient client = new TestClient(broker, 1);

        client.login("PLAIN", "\0guest\0guest");
        var start = (ConnectionMethods.Start) client.heardOf(ConnectionMethods.Start.class);
        client.send(0, new ConnectionMethods.TuneOk(100, 4096, 0));
        client.send(0, new ConnectionMethods.Open("/"));

        assertThat(start.mechanisms()).hasToString("AMQPLAIN PLAIN");
        assertThat(start.serverProperties().find("product")).isPresent();
        assertThat(client.only()).isEqualTo(new ConnectionMethods.OpenOk());
    }

    @Test
    void takesAmqplain() {
        TestClient client = new TestClient(broker, 1);

        client.bytes(new byte[] {'A', 'M', 'Q', 'P', 0, 0, 9, 1});
        client.send(0, TestClient.amqplain("guest", "guest"));

        assertThat(client.heardOf(ConnectionMethods.Tune.class))
                .isEqualTo(new ConnectionMethods.Tune(2047, 131_072, 60));
    }

    @Test
    void answersAnotherProtocolWithItsOwnHeader() {
        TestClient client = new TestClient(broker, 1);

        client.bytes(new byte[] {'A', 'M', 'Q', 'P', 0, 1, 0, 0});

        assertThat(client.raw()).containsExactly('A', 'M', 'Q', 'P', 0, 0, 9, 1);
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void refusesAWrongPassword() {
        TestClient client = new TestClient(broker, 1);

        client.login("PLAIN", "\0guest\0wrong");

        assertThat(client.told()).contains("Login was refused");
        assertThat(client.heardOf(ConnectionMethods.Close.class))
                .isEqualTo(new ConnectionMethods.Close(
                        403,
                        "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the"
                                + " broker logfile.",
                        0,
                        0));
    }

    @Test
    void letsGuestInFromThisMachineOnly() {
        TestClient client = new TestClient(broker, new AmqpPeer(new ConnectionId(1, 1, 1), "192.0.2.1", false, ""));

        client.login("PLAIN", "\0guest\0guest");

        assertThat(client.heardOf(ConnectionMethods.Close.class)).isNotNull();
    }

    @Test
    void takesTheNameOfACertificateThatWasShown() {
        TestClient client =
                new TestClient(broker, new AmqpPeer(new ConnectionId(1, 1, 1), "192.0.2.1", false, "stranger"));

        client.login("EXTERNAL", "");
        List<AmqpMethod> heard = client.methods();

        assertThat(((ConnectionMethods.Start) heard.getFirst()).mechanisms()).hasToString("AMQPLAIN PLAIN EXTERNAL");
        assertThat(heard.getLast()).isInstanceOf(ConnectionMethods.Tune.class);
        assertThat(client.session.view().user()).isEqualTo("stranger");
        assertThat(client.session.view().mechanism()).isEqualTo("EXTERNAL");
    }

    @Test
    void refusesACertificateOfNoUserAndExternalWithoutOne() {
        TestClient unknown =
                new TestClient(broker, new AmqpPeer(new ConnectionId(1, 1, 1), "192.0.2.1", false, "nobody"));
        TestClient without = new TestClient(broker, 2);

        unknown.login("EXTERNAL", "");
        without.login("EXTERNAL", "guest");

        assertThat(unknown.heardOf(ConnectionMethods.Close.class)).isNotNull();
        assertThat(without.isEnded()).isTrue();
    }

    @Test
    void showsWhatIsOpen() {
        TestClient client = TestClient.open(broker, 1);
        client.declareQueue("q");
        client.send(1, new BasicMethods.Qos(0, 5, false));
        client.send(1, new ConfirmMethods.Select(false));
        broker.holdPublications();
        client.publish("", "q", "x");
        client.consume("q", "c", false);

        SessionView view = client.session.view();

        assertThat(view.user()).isEqualTo("guest");
        assertThat(view.state()).isEqualTo("running");
        assertThat(view.bytesReceived()).isPositive();
        assertThat(view.bytesSent()).isPositive();
        assertThat(view.clientProperties().find("capabilities")).isPresent();
        SessionView.ChannelView channel = view.channels().getFirst();
        assertThat(channel.confirms()).isTrue();
        assertThat(channel.unconfirmed()).isEqualTo(1);
        assertThat(channel.unacknowledged()).isEqualTo(1);
        assertThat(channel.consumers())
                .extracting(SessionView.ConsumerView::tag, SessionView.ConsumerView::prefetch)
                .containsExactly(tuple("c", 5));
    }

    @Test
    void knowsNoOtherVirtualHost() {
        TestClient client = new TestClient(broker, 1);
        client.login("PLAIN", "\0guest\0guest");
        client.send(0, new ConnectionMethods.TuneOk(100, 4096, 0));
        client.heard();

        client.send(0, new ConnectionMethods.Open("nope"));

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(530, "NOT_ALLOWED - vhost nope not found", 10, 40));
    }

    @Test
    void letsNobodyInWithoutPermission() {
        TestClient client = new TestClient(broker, 1);
        client.login("PLAIN", "\0stranger\0stranger");
        client.send(0, new ConnectionMethods.TuneOk(100, 4096, 0));
        client.heard();

        client.send(0, new ConnectionMethods.Open("/"));

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(
                        530, "NOT_ALLOWED - access to vhost '/' refused for user 'stranger'", 10, 40));
    }

    @Test
    void hangsUpOnATuneOutOfBounds() {
        TestClient client = new TestClient(broker, 1);
        client.login("PLAIN", "\0guest\0guest");

        client.send(0, new ConnectionMethods.TuneOk(100, 4095, 0));

        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void wantsChannelOpenFirst() {
        TestClient client = TestClient.open(broker, 1);

        client.send(2, new BasicMethods.Get("q", false));

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(504, "CHANNEL_ERROR - expected 'channel.open'", 60, 70));
    }

    @Test
    void wantsChannelOpenOnce() {
        TestClient client = TestClient.open(broker, 1);

        client.send(1, new ChannelMethods.Open());

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(504, "CHANNEL_ERROR - second 'channel.open' seen", 20, 10));
    }

    @Test
    void countsChannels() {
        TestClient client = new TestClient(broker, 1);
        client.login("PLAIN", "\0guest\0guest");
        client.send(0, new ConnectionMethods.TuneOk(2, 4096, 0));
        client.send(0, new ConnectionMethods.Open("/"));
        client.send(7, new ChannelMethods.Open());
        client.send(9, new ChannelMethods.Open());
        client.heard();

        client.send(1, new ChannelMethods.Open());

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(
                        530,
                        "NOT_ALLOWED - number of channels opened (2) has reached the negotiated channel_max (2)",
                        0,
                        0));
    }

    @Test
    void closesOnlyTheChannelAndIsDeafUntilTheClientHasHeard() {
        TestClient client = TestClient.open(broker, 1);
        client.send(2, new ChannelMethods.Open());
        client.heard();

        client.gather(1, new QueueMethods.Purge("nope", false));
        client.gather(1, new QueueMethods.Declare("q", false, false, false, false, false, FieldTable.EMPTY));
        client.gather(1, new BasicMethods.Publish("", "q", false, false), BasicProperties.EMPTY, "lost");
        client.gather(2, new BasicMethods.Qos(0, 1, false));
        client.step();

        assertThat(client.methods())
                .containsExactly(
                        new ChannelMethods.Close(404, "NOT_FOUND - no queue 'nope' in vhost '/'", 50, 30),
                        new BasicMethods.QosOk());

        client.send(1, new ChannelMethods.CloseOk());
        client.send(1, new ChannelMethods.Open());
        assertThat(client.only()).isEqualTo(new ChannelMethods.OpenOk());
    }

    @Test
    void closesTheConnectionOnAHardErrorAndEndsWhenTheClientHasHeard() {
        TestClient client = TestClient.open(broker, 1);

        client.send(1, new BasicMethods.Qos(10, 1, false));
        AmqpMethod close = client.only();
        client.send(1, new BasicMethods.Qos(0, 1, false));
        boolean tooEarly = client.isEnded();
        client.send(0, new ConnectionMethods.CloseOk());

        assertThat(close)
                .isEqualTo(new ConnectionMethods.Close(540, "NOT_IMPLEMENTED - prefetch_size!=0 (10)", 60, 10));
        assertThat(tooEarly).isFalse();
        assertThat(client.methods()).isEmpty();
        assertThat(client.isSaidAll()).isTrue();
        assertThat(client.isEnded()).isFalse();
        lingersForALimitedTime(client);
    }

    private void lingersForALimitedTime(TestClient client) {
        client.send(1, new BasicMethods.Qos(0, 1, false));
        boolean tooEarly = client.isEnded();
        broker.clock.advance(Duration.ofSeconds(11));
        client.session.onTick();

        assertThat(tooEarly).isFalse();
        assertThat(client.methods()).isEmpty();
        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void saysWhatIsWrongWithAFrame() {
        TestClient client = TestClient.open(broker, 1);

        client.bytes(new byte[] {1, 0, 0, 0, 0, 0, 5, 0, 20, 0, 10, 0, (byte) 0xcd});

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(
                        501,
                        "FRAME_ERROR - type 1, all octets = <<0,20,0,10,0>>: {invalid_frame_end_marker,205}",
                        0,
                        0));
        client.bytes(new byte[] {1, 0, 0, 0, 0, 0, 4, 0, 10, 0, 51, (byte) 0xce});
        assertThat(client.isSaidAll()).isTrue();
    }

    @Test
    void endsAWaitForACloseOkThatDoesNotCome() {
        TestClient client = TestClient.open(broker, 1);
        client.send(1, new BasicMethods.Qos(10, 1, false));

        broker.clock.advance(Duration.ofSeconds(4));
        client.session.onTick();

        assertThat(client.isEnded()).isTrue();
    }

    @Test
    void beatsWhenItHasNothingElseToSayAndEndsAfterTwoMissed() {
        TestClient client = TestClient.open(broker, 1);
        client.session.onTick();

        broker.clock.advance(Duration.ofSeconds(31));
        client.session.onTick();
        client.step();
        byte[] beat = client.raw();
        broker.clock.advance(Duration.ofSeconds(90));
        client.session.onTick();

        assertThat(beat).containsExactly(8, 0, 0, 0, 0, 0, 0, 0xce);
        assertThat(client.isEnded()).isTrue();
        assertThat(client.why()).contains("heartbeats");
    }

    /// A process that was stopped: its socket is full, so it is not read either, and what is written never leaves.
    @Test
    void endsAConnectionThatNeitherReadsNorIsReadAfterTwoMissedHeartbeats() {
        TestClient client = TestClient.open(broker, 1);
        fillSocket(client);

        for (int halfMinute = 0; halfMinute < 6; halfMinute++) {
            broker.clock.advance(Duration.ofSeconds(30));
            client.session.onTick();
            client.step();
            client.unsentBytes += client.raw().length;
        }
        boolean wasEnded = client.isEnded();
        broker.clock.advance(Duration.ofSeconds(4));
        client.session.onTick();

        assertThat(wasEnded).isTrue();
        assertThat(client.why()).contains("heartbeats");
        assertThat(client.abandoned).isTrue();
    }

    @Test
    void keepsAConnectionThatIsNotReadWhileItsSocketTakesSomething() {
        TestClient client = TestClient.open(broker, 1);
        fillSocket(client);

        for (int halfMinute = 0; halfMinute < 10; halfMinute++) {
            broker.clock.advance(Duration.ofSeconds(30));
            client.unsentBytes -= 1000;
            client.session.onTick();
            client.step();
            client.unsentBytes += client.raw().length;
        }

        assertThat(client.isEnded()).isFalse();
    }

    private void fillSocket(TestClient client) {
        client.session.onWritable(false);
        String text = "x".repeat(100_000);
        for (int i = 0; i < 50 && client.session.wantsMore(); i++) {
            client.publish(new BasicMethods.Publish("", "nowhere", true, false), BasicProperties.EMPTY, text);
        }
        client.unsentBytes = client.raw().length;
        assertThat(client.session.wantsMore()).isFalse();
    }

    @Test
    void answersAClientsCloseAndLeavesItToTheClientToCloseTheSocket() {
        TestClient client = TestClient.open(broker, 1);

        client.gather(0, new ConnectionMethods.Close(200, "bye", 0, 0));
        client.send(1, new BasicMethods.Qos(0, 1, false));

        assertThat(client.only()).isEqualTo(new ConnectionMethods.CloseOk());
        assertThat(client.isSaidAll()).isFalse();
        lingersForALimitedTime(client);
    }

    @Test
    void doesWhatCameBeforeAClose() {
        TestClient client = TestClient.open(broker, 1);

        client.gather(1, new QueueMethods.Declare("q", false, false, false, false, true, FieldTable.EMPTY));
        client.gather(1, new BasicMethods.Publish("", "q", false, false), BasicProperties.EMPTY, "waits");
        client.send(0, new ConnectionMethods.Close(200, "bye", 0, 0));
        client.session.onTick();
        client.step();

        assertThat(broker.queue("q").ready()).isEqualTo(1);
        assertThat(client.only()).isEqualTo(new ConnectionMethods.CloseOk());
    }

    @Test
    void answersACloseOnceExclusiveQueuesAreGone() {
        TestClient client = TestClient.open(broker, 1);
        client.send(1, new QueueMethods.Declare("mine", false, false, true, false, false, FieldTable.EMPTY));
        client.heard();
        client.leaveBroker();

        client.send(0, new ConnectionMethods.Close(200, "bye", 0, 0));
        List<AmqpMethod> early = client.methods();
        broker.runReady();
        client.step();

        assertThat(early).isEmpty();
        assertThat(client.only()).isEqualTo(new ConnectionMethods.CloseOk());
        TestClient next = TestClient.open(broker, 2);
        next.send(1, new QueueMethods.Declare("mine", false, false, true, false, false, FieldTable.EMPTY));
        assertThat(next.only()).isEqualTo(new QueueMethods.DeclareOk("mine", 0, 0));
    }

    @Test
    void answersACloseAlsoWhenNobodyDecidesOnQueues() {
        TestClient client = TestClient.open(broker, 1);
        client.send(1, new QueueMethods.Declare("mine", false, false, true, false, false, FieldTable.EMPTY));
        client.heard();
        client.leaveBroker();

        client.send(0, new ConnectionMethods.Close(200, "bye", 0, 0));
        broker.clock.advance(Duration.ofSeconds(4));
        client.session.onTick();
        client.step();

        assertThat(client.only()).isEqualTo(new ConnectionMethods.CloseOk());
        broker.runReady();
        client.step();
        assertThat(client.methods()).isEmpty();
    }

    @Test
    void hearsTheAnswerToItsCloseFromAClientThatIsNotRead() {
        broker.with(new AmqpConfig(60, 2047, 131_072, 1000, 10, 10, 100, 1000, 0));
        TestClient client = TestClient.open(broker, 1);
        client.declareQueue("q");
        client.heard();
        broker.holdPublications();
        client.publish("", "q", "x".repeat(200));
        client.send(0, new ConnectionMethods.CloseOk());

        client.session.shutDown();
        client.step();

        assertThat(client.isSaidAll()).isTrue();
    }

    @Test
    void tellsClientsThatTheNodeStops() {
        TestClient client = TestClient.open(broker, 1);

        client.session.shutDown();
        client.step();

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(
                        320, "CONNECTION_FORCED - broker forced connection closure with reason 'shutdown'", 0, 0));
    }

    @Test
    void takesANewSecret() {
        TestClient client = TestClient.open(broker, 1);

        client.send(0, new ConnectionMethods.UpdateSecret(LongString.of("x"), "expired"));

        assertThat(client.only()).isEqualTo(new ConnectionMethods.UpdateSecretOk());
    }

    @Test
    void blocksPublishersWhileMemoryIsScarceAndTellsThem() {
        TestClient publisher = TestClient.open(broker, 1);
        TestClient consumer = TestClient.open(broker, 2);
        broker.scarce(true);

        publisher.publish("amq.fanout", "", "x");
        publisher.declareQueue("waits");
        consumer.send(1, new BasicMethods.Qos(0, 1, false));
        List<AmqpMethod> blocked = publisher.methods();
        broker.scarce(false);
        publisher.session.onTick();
        publisher.step();

        assertThat(blocked).containsExactly(new ConnectionMethods.Blocked("low on memory"));
        assertThat(publisher.methods())
                .containsExactly(new ConnectionMethods.Unblocked(), new QueueMethods.DeclareOk("waits", 0, 0));
        assertThat(consumer.only()).isEqualTo(new BasicMethods.QosOk());
    }

    @Test
    void blocksPublishersWhileADiskIsFullAndTellsThem() {
        TestClient publisher = TestClient.open(broker, 1);
        TestClient consumer = TestClient.open(broker, 2);
        publisher.publish("amq.fanout", "", "x");
        broker.diskFull(true);

        publisher.session.onTick();
        consumer.session.onTick();
        publisher.step();
        boolean isRead = publisher.session.wantsMore();
        broker.diskFull(false);
        publisher.session.onTick();
        publisher.step();

        assertThat(isRead).isFalse();
        assertThat(consumer.session.wantsMore()).isTrue();
        assertThat(publisher.methods())
                .containsExactly(new ConnectionMethods.Blocked("low on disk"), new ConnectionMethods.Unblocked());
    }

    @Test
    void blocksAPublisherWithTheMessageAfterTheDiskHasRunFull() {
        TestClient publisher = TestClient.open(broker, 1);
        broker.diskFull(true);

        publisher.publish("amq.fanout", "", "x");

        assertThat(publisher.only()).isEqualTo(new ConnectionMethods.Blocked("low on disk"));
        assertThat(publisher.session.wantsMore()).isFalse();
    }

    @Test
    void readsWhoOnlyConsumesNowSoThatThereIsRoomAgain() {
        TestClient client = TestClient.open(broker, 1);
        client.publish("amq.fanout", "", "x");
        client.session.onTick();
        client.session.onTick();

        broker.diskFull(true);
        client.session.onTick();

        assertThat(client.methods()).isEmpty();
        assertThat(client.session.wantsMore()).isTrue();
    }

    @Test
    void waitsInTheMiddleOfAMessageWhileOthersFinishTheirs() {
        TestClient client = TestClient.open(broker, 1);
        TestClient other = TestClient.open(broker, 2);
        client.beginMessage(1, 10_000);

        broker.finishing(false);
        boolean inTheMiddle = client.session.wantsMore();
        boolean between = other.session.wantsMore();
        broker.finishing(true);
        client.send(2, new ChannelMethods.Open());
        client.session.onTick();
        client.step();

        assertThat(inTheMiddle).isFalse();
        assertThat(between).isTrue();
        assertThat(client.only()).isEqualTo(new ChannelMethods.OpenOk());
        client.close();
    }

    @Test
    void endsTheConnectionsOfAUserWhoIsDeleted() {
        broker.become(broker.current().with(new PermissionView("mallory", ".*", ".*", ".*")));
        TestClient client = TestClient.open(broker, 1, "mallory");
        TestClient other = TestClient.open(broker, 2);

        broker.become(broker.current().withoutUser("mallory"));
        client.session.onTick();
        client.step();
        other.session.onTick();
        other.step();

        assertThat(client.only())
                .isEqualTo(new ConnectionMethods.Close(320, "CONNECTION_FORCED - user 'mallory' is deleted", 0, 0));
        assertThat(other.methods()).isEmpty();
    }

    @Test
    void closesAConnectionWithTooManyUnfinishedMessages() {
        broker.with(new AmqpConfig(60, 2047, 131_072, 10_000, 10, 10, 1_000_000, 1000, 0));
        TestClient client = TestClient.open(broker, 1);

        client.beginMessage(1, 10_000);
        client.send(2, new ChannelMethods.Open());
        List<AmqpMethod> one = client.methods();
        long ofOne = broker.arriving();
        client.beginMessage(2, 10_000);

        assertThat(one).containsExactly(new ChannelMethods.OpenOk());
        assertThat(ofOne).isPositive();
        assertThat(((ConnectionMethods.Close) client.only()).replyCode()).isEqualTo(506);
        assertThat(broker.arriving()).isZero();
    }

    @Test
    void doesNotReadWhoHasMessagesUnderWayWhileTheNodeIsCrowded() {
        TestClient client = TestClient.open(broker, 1);
        TestClient other = TestClient.open(broker, 2);
        client.declareQueue("q");
        client.heard();
        broker.holdPublications();
        broker.crowded(true);

        client.publish("", "q", "x");
        long underWay = broker.underWay();
        boolean wanted = client.session.wantsMore();
        client.gather(1, new BasicMethods.Qos(0, 1, false));
        broker.takePublication().ended(Publication.End.STORED);
        client.step();

        assertThat(underWay).isPositive();
        assertThat(wanted).isFalse();
        assertThat(other.session.wantsMore()).isTrue();
        assertThat(client.only()).isEqualTo(new BasicMethods.QosOk());
        assertThat(broker.underWay()).isZero();
    }

    @Test
    void readsNothingWhileTooMuchIsUnconfirmed() {
        broker.with(new AmqpConfig(60, 2047, 131_072, 1000, 10, 10, 100, 1000, 0));
        TestClient client = TestClient.open(broker, 1);
        client.declareQueue("q");
        client.heard();
        broker.holdPublications();

        client.publish("", "q", "x".repeat(200));
        client.publish("", "q", "waits");
        boolean wanted = client.session.wantsMore();
        int stored = broker.queue("q").ready();
        broker.takePublication().ended(Publication.End.STORED);
        client.step();

        assertThat(wanted).isFalse();
        assertThat(stored).isEqualTo(1);
        assertThat(broker.queue("q").ready()).isEqualTo(2);
    }
}
