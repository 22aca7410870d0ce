package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static io.millrace.conformance.amqp.AmqpClients.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;

/// A client that takes from one durable queue and puts what becomes of it into two others, each time in one
/// transaction, over any number of lives of the broker.
final class MovesInTransactions {
    private static final int ITEMS = 2_000;

    private final String work = AmqpClients.fresh("work");
    private final String one = AmqpClients.fresh("one");
    private final String two = AmqpClients.fresh("two");
    private final Set<String> answered = new ConcurrentSkipListSet<>();
    private int begun;

    void declare(AmqpClients clients) throws Exception {
        for (String queue : List.of(work, one, two)) {
            clients.helper().queueDeclare(queue, true, false, false, Map.of());
        }
        Channel channel = clients.confirming();
        for (int item = 0; item < ITEMS; item++) {
            channel.basicPublish("", work, PERSISTENT, bytes("" + item));
        }
        channel.waitForConfirmsOrDie(20_000);
    }

    int answered() {
        return answered.size();
    }

    /// Until the broker is killed.
    Thread run(Channel channel) {
        return Thread.ofPlatform().name("moves").start(() -> {
            try {
                channel.txSelect();
                while (move(channel)) {
                    // as long as there is something
                }
            } catch (IOException | ShutdownSignalException killed) {
                // the last one was not answered
            }
        });
    }

    private boolean move(Channel channel) throws IOException {
        GetResponse item = channel.basicGet(work, false);
        if (item == null) {
            return false;
        }
        String name = begun++ + " of " + text(item.getBody());
        channel.basicPublish("", one, PERSISTENT, bytes(name));
        channel.basicPublish("", two, PERSISTENT, bytes(name));
        channel.basicAck(item.getEnvelope().getDeliveryTag(), false);
        channel.txCommit();
        answered.add(name);
        return true;
    }

    /// What was answered is there, once; what was not is in both queues or in none; and what is there was taken.
    void assertWhole(AmqpClients clients) throws Exception {
        List<String> inOne = new ArrayList<>();
        List<String> inTwo = new ArrayList<>();
        AmqpClients.await(() -> {
            inOne.addAll(clients.drain(one));
            inTwo.addAll(clients.drain(two));
            return Set.copyOf(inOne).equals(Set.copyOf(inTwo))
                    && clients.ready(work) == ITEMS - items(inOne).size();
        });
        assertThat(inOne).containsAll(answered);
        for (List<String> all : List.of(inOne, inTwo)) {
            List<String> again = new ArrayList<>(all);
            Set.copyOf(all).forEach(again::remove);
            assertThat(again).doesNotContainAnyElementsOf(answered);
        }
        assertThat(clients.drain(work)).doesNotContainAnyElementsOf(items(inOne));
        for (String queue : List.of(work, one, two)) {
            clients.helper().queueDelete(queue);
        }
    }

    private static Set<String> items(List<String> names) {
        return names.stream()
                .map(name -> name.substring(name.lastIndexOf(' ') + 1))
                .collect(Collectors.toSet());
    }
}
