package io.millrace.amqp.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.BasicMethods;
import io.millrace.amqp.codec.method.ChannelMethods;
import io.millrace.amqp.codec.method.ConfirmMethods;
import io.millrace.amqp.codec.method.ConnectionMethods;
import io.millrace.amqp.codec.method.ExchangeMethods;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.method.TxMethods;
import io.millrace.amqp.codec.wire.BasicProperties;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.LongString;
import io.millrace.testkit.Property;
import io.millrace.testkit.SeededRandomness;
import java.util.List;

/// Clients that say anything in any order: the session never throws, writes only whole frames, and when all of them
/// have gone every message is back in its queue.
class SessionFuzzProperty {
    private static final List<String> NAMES = List.of("", "q", "r", "e", "amq.direct", "amq.rabbitmq.reply-to", "x");
    private static final List<String> TYPES = List.of("direct", "fanout", "topic", "headers", "nosuch");

    @Property(tries = 200)
    void anyMethodsInAnyOrder(SeededRandomness random) {
        TestBroker broker = new TestBroker();
        List<TestClient> clients = List.of(TestClient.open(broker, 1), TestClient.open(broker, 2));

        for (int i = 0; i < 200; i++) {
            TestClient client = random.pick(clients);
            int channel = random.onceIn(10) ? random.between(0, 3) : 1;
            AmqpMethod method = method(random);
            if (method.hasContent()) {
                client.gather(channel == 0 ? 1 : channel, method, BasicProperties.EMPTY, "body");
            } else {
                client.gather(channel, method);
            }
            if (random.nextBoolean()) {
                client.step();
                answerCloses(client);
            }
            if (random.onceIn(20)) {
                client.session.onWritable(random.nextBoolean());
            }
        }

        for (TestClient client : clients) {
            client.step();
            client.heard();
            client.close();
            assertThat(client.fault()).isNull();
        }
        broker.current()
                .queuesFrom("")
                .forEach(queue -> assertThat(
                                broker.queue(queue.ref().name().value()).unsettled())
                        .isZero());
    }

    @Property(tries = 200)
    void anyBytes(SeededRandomness random) {
        TestClient client =
                random.nextBoolean() ? TestClient.open(new TestBroker(), 1) : new TestClient(new TestBroker(), 1);

        for (int i = 0; i < 20; i++) {
            client.bytes(random.bytes(random.between(1, 40)));
        }
        client.close();

        assertThat(client.fault()).isNull();
    }

    private static void answerCloses(TestClient client) {
        for (TestClient.Heard heard : client.heard()) {
            if (heard.method() instanceof ChannelMethods.Close) {
                client.send(heard.channel(), new ChannelMethods.CloseOk());
                client.send(heard.channel(), new ChannelMethods.Open());
            }
        }
    }

    private static AmqpMethod method(SeededRandomness random) {
        String name = random.pick(NAMES);
        String other = random.pick(NAMES);
        boolean first = random.onceIn(3);
        boolean second = random.onceIn(3);
        boolean third = random.onceIn(5);
        long tag = random.between(0, 6);
        return switch (random.nextInt(26)) {
            case 0 ->
                new QueueMethods.Declare(name, third, first, second, false, random.nextBoolean(), FieldTable.EMPTY);
            case 1 -> new QueueMethods.Declare(name, false, false, false, false, false, FieldTable.EMPTY);
            case 2 -> new QueueMethods.Bind(name, other, name, first, FieldTable.EMPTY);
            case 3 -> new QueueMethods.Unbind(name, other, name, FieldTable.EMPTY);
            case 4 -> new QueueMethods.Purge(name, first);
            case 5 -> new QueueMethods.Delete(name, first, second, third);
            case 6 ->
                new ExchangeMethods.Declare(
                        name, random.pick(TYPES), third, first, second, false, false, FieldTable.EMPTY);
            case 7 -> new ExchangeMethods.Delete(name, first, second);
            case 8 -> new ExchangeMethods.Bind(name, other, name, first, FieldTable.EMPTY);
            case 9 -> new ExchangeMethods.Unbind(name, other, name, first, FieldTable.EMPTY);
            case 10, 11, 12, 13 -> new BasicMethods.Publish(first ? name : "", other, second, random.onceIn(50));
            case 14, 15 -> new BasicMethods.Get(name, first);
            case 16 -> new BasicMethods.Consume(name, third ? name : "", false, first, third, second, FieldTable.EMPTY);
            case 17 -> new BasicMethods.Cancel(name, first);
            case 18 -> new BasicMethods.Ack(tag, first);
            case 19 -> new BasicMethods.Nack(tag, first, second);
            case 20 -> new BasicMethods.Reject(tag, first);
            case 21 -> new BasicMethods.Qos(random.onceIn(50) ? 1 : 0, random.between(0, 3), first);
            case 22 -> new BasicMethods.Recover(!random.onceIn(20));
            case 23 ->
                switch (random.nextInt(4)) {
                    case 0 -> new TxMethods.Select();
                    case 1 -> new TxMethods.Commit();
                    case 2 -> new TxMethods.Rollback();
                    default -> new ConfirmMethods.Select(first);
                };
            case 24 -> new ChannelMethods.Close(200, "", 0, 0);
            default ->
                switch (random.nextInt(6)) {
                    case 0 -> new ChannelMethods.Open();
                    case 1 -> new ChannelMethods.Flow(!third);
                    case 2 -> new ConnectionMethods.UpdateSecret(LongString.of("x"), "");
                    case 3 -> new BasicMethods.GetEmpty();
                    case 4 -> new ChannelMethods.CloseOk();
                    default -> new BasicMethods.CancelOk("x");
                };
        };
    }
}
