package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Messages come out as they went in.
@ExtendWith(SharedAmqp.class)
final class MessageConformance {
    private final AmqpClients clients;

    MessageConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private AMQP.BasicProperties roundTrip(AMQP.BasicProperties sent) throws Exception {
        String queue = clients.queue(Map.of());
        clients.publish("", queue, sent, "m");
        return clients.take(queue).getProps();
    }

    @Test
    void everyPropertyComesBack() throws Exception {
        AMQP.BasicProperties sent = new AMQP.BasicProperties.Builder()
                .contentType("application/json")
                .contentEncoding("utf-8")
                .headers(Map.of())
                .deliveryMode(2)
                .priority(7)
                .correlationId("correlation")
                .replyTo("reply")
                .expiration("600000")
                .messageId("id")
                .timestamp(Date.from(Instant.ofEpochSecond(1_700_000_000)))
                .type("type")
                .userId("guest")
                .appId("app")
                .clusterId("cluster")
                .build();

        assertThat(roundTrip(sent)).isEqualTo(sent);
    }

    @Test
    void absentPropertiesStayAbsent() throws Exception {
        AMQP.BasicProperties sent = new AMQP.BasicProperties.Builder().build();

        assertThat(roundTrip(sent)).isEqualTo(sent);
    }

    @Test
    void everyTypeOfHeaderComesBack() throws Exception {
        var nested = new LinkedHashMap<String, Object>();
        nested.put("deeper", Map.of("deepest", List.of(1, "two", List.of(true))));
        var headers = new HashMap<String, Object>();
        headers.put("string", "text 水");
        headers.put("bytes", new byte[] {0, 1, (byte) 0xFF});
        headers.put("boolean", true);
        headers.put("byte", (byte) -3);
        headers.put("short", (short) -300);
        headers.put("int", -70_000);
        headers.put("long", -5_000_000_000L);
        headers.put("float", 1.5f);
        headers.put("double", -2.25d);
        headers.put("decimal", new BigDecimal("12.34"));
        headers.put("timestamp", Date.from(Instant.ofEpochSecond(1_700_000_000)));
        headers.put("table", nested);
        headers.put("array", List.of("a", 1, 2L));
        headers.put("empty array", List.of());
        headers.put("empty table", Map.of());
        headers.put("void", null);
        headers.put("", "the empty name");

        Map<String, Object> back = Plain.of(
                roundTrip(new AMQP.BasicProperties.Builder().headers(headers).build())
                        .getHeaders());

        assertThat((byte[]) back.remove("bytes")).isEqualTo((byte[]) headers.remove("bytes"));
        assertThat(back).isEqualTo(headers);
    }

    @Test
    void aThousandHeadersComeBack() throws Exception {
        var headers = new HashMap<String, Object>();
        for (int i = 0; i < 1000; i++) {
            headers.put("header-" + i, "value-" + i);
        }

        AMQP.BasicProperties back =
                roundTrip(new AMQP.BasicProperties.Builder().headers(headers).build());

        assertThat(Plain.of(back.getHeaders())).isEqualTo(headers);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 131_063, 131_064, 131_065, 1_000_000, 16 << 20})
    void aBodyOfAnySizeComesBack(int size) throws Exception {
        String queue = clients.queue(Map.of());
        Channel channel = clients.confirming();
        var body = new byte[size];
        new Random(size).nextBytes(body);

        channel.basicPublish("", queue, PLAIN, body);
        channel.waitForConfirmsOrDie(60_000);

        assertThat(Arrays.equals(AmqpClients.take(channel, queue, true).getBody(), body))
                .isTrue();
    }

    @Test
    void largeBodiesOnManyChannelsAtOnceDoNotMix() throws Exception {
        String queue = clients.queue(Map.of());
        Channel first = clients.confirming();
        var channels = new ArrayList<>(List.of(first));
        for (int i = 1; i < 4; i++) {
            Channel channel = first.getConnection().createChannel();
            channel.confirmSelect();
            channels.add(channel);
        }
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < channels.size(); i++) {
            Channel channel = channels.get(i);
            var body = new byte[700_000];
            Arrays.fill(body, (byte) i);
            threads.add(Thread.ofPlatform().start(() -> publishFive(channel, queue, body)));
        }
        for (Thread thread : threads) {
            thread.join(AmqpClients.LIMIT);
        }

        Inbox inbox = Inbox.of(clients.channel(), queue, true, Map.of());
        for (int i = 0; i < 20; i++) {
            byte[] body = inbox.next().getBody();
            assertThat(body).hasSize(700_000);
            var same = new byte[700_000];
            Arrays.fill(same, body[0]);
            assertThat(Arrays.equals(body, same)).isTrue();
        }
    }

    private static void publishFive(Channel channel, String queue, byte[] body) {
        try {
            for (int i = 0; i < 5; i++) {
                channel.basicPublish("", queue, PLAIN, body);
            }
            channel.waitForConfirmsOrDie(AmqpClients.LIMIT.toMillis());
        } catch (IOException | TimeoutException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
