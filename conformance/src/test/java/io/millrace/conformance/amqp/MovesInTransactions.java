package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PERSISTENT;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static io.millrace.conformance.amqp.AmqpClients.text;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/// A client that takes from one durable queue and puts what becomes of it into two others, each time in one
/// transaction, over any number of lives of brokers.
public final class MovesInTransactions {
    private static final int ITEMS_A_FILL = 2_000;

    private final String work;
    private final String one;
    private final String two;
    private final Set<String> answered = new ConcurrentSkipListSet<>();
    private int begun;
    private int items;
    private volatile boolean nothingLeft;

    /// @param work where it takes from
    /// @param one where it brings to, as to `two`
    public MovesInTransactions(String work, String one, String two) {
        this.work = work;
        this.one = one;
        this.two = two;
    }

    /// Makes something to move, in addition to what is left.
    public void fill(Connection connection) throws IOException, InterruptedException, TimeoutException {
        Channel channel = connection.createChannel();
        channel.confirmSelect();
        for (int item = 0; item < ITEMS_A_FILL; item++) {
            channel.basicPublish("", work, PERSISTENT, bytes("" + items++));
        }
        channel.waitForConfirmsOrDie(20_000);
        nothingLeft = false;
        channel.close();
    }

    /// Waits until so many more were answered, or all were.
    public void awaitMore(int moves) {
        int enough = answered.size() + moves;
        AmqpClients.await(() -> nothingLeft || answered.size() >= enough);
    }

    /// Until the connection ends, or there is nothing to move any more.
    public Thread run(Connection connection) {
        return Thread.ofPlatform().name("moves").start(() -> {
            boolean goesOn = true;
            while (goesOn) {
                goesOn = moveAll(connection);
            }
        });
    }

    /// @return whether to go on with another channel
    private boolean moveAll(Connection connection) {
        try {
            Channel channel = connection.createChannel();
            channel.txSelect();
            boolean hasMoved = true;
            while (hasMoved) {
                hasMoved = move(channel);
            }
            return false;
        } catch (IOException | ShutdownSignalException ended) {
            return connection.isOpen(); // the last one was not answered
        }
    }

    private boolean move(Channel channel) throws IOException {
        GetResponse item = channel.basicGet(work, false);
        if (item == null) {
            nothingLeft = true;
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
    public void assertWhole(Connection connection) throws IOException {
        Channel channel = connection.createChannel();
        List<String> inOne = new ArrayList<>();
        List<String> inTwo = new ArrayList<>();
        AmqpClients.await(() -> {
            inOne.addAll(drain(channel, one));
            inTwo.addAll(drain(channel, two));
            int left = channel.queueDeclarePassive(work).getMessageCount();
            return Set.copyOf(inOne).equals(Set.copyOf(inTwo))
                    && left == items - items(inOne).size();
        });
        assertThat(inOne).containsAll(answered);
        for (List<String> all : List.of(inOne, inTwo)) {
            List<String> again = new ArrayList<>(all);
            Set.copyOf(all).forEach(again::remove);
            assertThat(again).doesNotContainAnyElementsOf(answered);
        }
        assertThat(drain(channel, work)).doesNotContainAnyElementsOf(items(inOne));
        for (String queue : List.of(work, one, two)) {
            channel.queueDelete(queue);
        }
    }

    private static List<String> drain(Channel channel, String queue) throws IOException {
        List<String> all = new ArrayList<>();
        GetResponse next = channel.basicGet(queue, true);
        while (next != null) {
            all.add(text(next.getBody()));
            next = channel.basicGet(queue, true);
        }
        return all;
    }

    private static Set<String> items(List<String> names) {
        return names.stream()
                .map(name -> name.substring(name.lastIndexOf(' ') + 1))
                .collect(Collectors.toSet());
    }
}
