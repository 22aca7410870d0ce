package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AlreadyClosedException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// Publishers with confirms and a consumer that acknowledges, and the broker killed again and again in the middle of
/// it: what was confirmed comes, and what comes again says so. Beside them a client whose transactions are over several
/// queues: each is done or not.
final class AmqpKillConformance {
    private static final int ROUNDS = 5;
    private static final int CONFIRMED_A_ROUND = 250;
    private static final int UNDER_WAY_MAX = 200;
    private static final int MOVES_A_ROUND = 20;

    private final AtomicInteger published = new AtomicInteger();
    private final Set<Integer> confirmed = new ConcurrentSkipListSet<>();
    private final Set<Integer> seen = ConcurrentHashMap.newKeySet();
    private final Set<Integer> unmarked = new ConcurrentSkipListSet<>();

    @Test
    void whatWasConfirmedComesAndWhatComesAgainIsMarked() throws Exception {
        try (AmqpBroker broker = AmqpBroker.start()) {
            String queue = AmqpClients.fresh("killed");
            MovesInTransactions moves;
            try (var clients = new AmqpClients(broker.address())) {
                clients.helper().queueDeclare(queue, true, false, false, Map.of("x-queue-type", "quorum"));
                moves = moves(clients);
            }
            for (int round = 1; round <= ROUNDS; round++) {
                try (var clients = new AmqpClients(broker.address())) {
                    consume(clients.channel(), queue);
                    moves.fill(clients.connect());
                    Thread moving = moves.run(clients.connect());
                    publish(clients.confirming(), queue, round * CONFIRMED_A_ROUND);
                    moves.awaitMore(MOVES_A_ROUND);
                    broker.kill9();
                    moving.join();
                }
                broker.restart();
            }
            try (var clients = new AmqpClients(broker.address())) {
                consume(clients.channel(), queue);
                AmqpClients.await(() -> seen.containsAll(confirmed));
                if (!AmqpBroker.isRabbitMq()) { // whose commits are whole in one queue only
                    moves.assertWhole(clients.connect());
                }
            }
        }

        assertThat(confirmed).hasSizeGreaterThanOrEqualTo(ROUNDS * CONFIRMED_A_ROUND);
        assertThat(seen).allMatch(number -> number < published.get());
        assertThat(unmarked).as("came again without the mark").isEmpty();
    }

    private static MovesInTransactions moves(AmqpClients clients) throws Exception {
        List<String> queues = List.of(AmqpClients.fresh("work"), AmqpClients.fresh("one"), AmqpClients.fresh("two"));
        for (String queue : queues) {
            clients.helper().queueDeclare(queue, true, false, false, Map.of());
        }
        return new MovesInTransactions(queues.get(0), queues.get(1), queues.get(2));
    }

    /// Until so many are confirmed; more are under way then.
    private void publish(Channel channel, String queue, int untilConfirmed) throws IOException {
        var underWay = new ConcurrentSkipListMap<Long, Integer>();
        channel.addConfirmListener(
                (tag, multiple) -> {
                    var done = multiple ? underWay.headMap(tag, true) : underWay.subMap(tag, true, tag, true);
                    confirmed.addAll(done.values());
                    done.clear();
                },
                (tag, multiple) -> {
                    var refused = multiple ? underWay.headMap(tag, true) : underWay.subMap(tag, true, tag, true);
                    refused.clear();
                });
        while (confirmed.size() < untilConfirmed) {
            AmqpClients.await(() -> underWay.size() < UNDER_WAY_MAX);
            int number = published.getAndIncrement();
            underWay.put(channel.getNextPublishSeqNo(), number);
            channel.basicPublish("", queue, PERSISTENT, bytes("" + number));
        }
    }

    private void consume(Channel channel, String queue) throws IOException {
        channel.basicQos(50);
        channel.basicConsume(queue, false, new DefaultConsumer(channel) {
            @Override
            public void handleDelivery(String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
                    throws IOException {
                int number = Integer.parseInt(AmqpClients.text(body));
                if (!seen.add(number) && !envelope.isRedeliver()) {
                    unmarked.add(number);
                }
                try {
                    channel.basicAck(envelope.getDeliveryTag(), false);
                } catch (AlreadyClosedException killed) {
                    // it comes again
                }
            }
        });
    }
}
