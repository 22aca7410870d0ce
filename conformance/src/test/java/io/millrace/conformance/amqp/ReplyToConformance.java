package io.millrace.conformance.amqp;

import static io.millrace.conformance.amqp.AmqpClients.PLAIN;
import static io.millrace.conformance.amqp.AmqpClients.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConsumerCancelledException;
import com.rabbitmq.client.Delivery;
import com.rabbitmq.client.RpcClient;
import com.rabbitmq.client.RpcClientParams;
import com.rabbitmq.client.RpcServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Direct reply-to: answers without a queue.
@ExtendWith(SharedAmqp.class)
final class ReplyToConformance {
    private static final String REPLY_TO = "amq.rabbitmq.reply-to";

    private final AmqpClients clients;

    ReplyToConformance(AmqpClients clients) {
        this.clients = clients;
    }

    private static AMQP.BasicProperties asking() {
        return new AMQP.BasicProperties.Builder()
                .replyTo(REPLY_TO)
                .correlationId("c")
                .build();
    }

    @Test
    void anAnswerReachesTheChannelThatAsked() throws Exception {
        String queue = clients.queue(Map.of());
        Channel asker = clients.channel();
        Inbox answers = Inbox.of(asker, REPLY_TO, true, Map.of());
        asker.basicPublish("", queue, asking(), bytes("question"));
        AMQP.BasicProperties question = clients.take(queue).getProps();
        assertThat(question.getReplyTo()).startsWith(REPLY_TO + ".");

        clients.publish("", question.getReplyTo(), PLAIN, "answer");

        Delivery answer = answers.next();
        assertThat(answer.getBody()).isEqualTo(bytes("answer"));
        assertThat(answer.getEnvelope().getExchange()).isEmpty();
    }

    @Test
    void theClientsOwnRpcUsesIt() throws Exception {
        String queue = clients.queue(Map.of());
        var server = new Upper(clients.channel(), queue);
        Thread.ofPlatform().daemon().start(server::serve);
        try (var rpc = new RpcClient(new RpcClientParams()
                .channel(clients.channel())
                .exchange("")
                .routingKey(queue)
                .timeout((int) AmqpClients.LIMIT.toMillis()))) {
            for (int i = 0; i < 20; i++) {
                assertThat(rpc.stringCall("question " + i)).isEqualTo("QUESTION " + i);
            }
        }
    }

    /// Answers in capitals.
    private static final class Upper extends RpcServer {
        Upper(Channel channel, String queue) throws IOException {
            super(channel, queue);
        }

        void serve() {
            try {
                mainloop();
            } catch (ConsumerCancelledException e) {
                // the test is over and its queue deleted
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public byte[] handleCall(byte[] request, AMQP.BasicProperties replyProperties) {
            return bytes(AmqpClients.text(request).toUpperCase(Locale.ROOT));
        }
    }

    @Test
    void theReplyQueueExistsWhileTheChannelDoes() throws Exception {
        String queue = clients.queue(Map.of());
        Channel asker = clients.channel();
        Inbox.of(asker, REPLY_TO, true, Map.of());
        asker.basicPublish("", queue, asking(), bytes("question"));
        String replyTo = clients.take(queue).getProps().getReplyTo();

        assertThat(clients.helper().queueDeclarePassive(replyTo).getConsumerCount())
                .isEqualTo(1);
        asker.close();

        assertThat(Closed.by(clients.connect(), channel -> channel.queueDeclarePassive(replyTo)))
                .isEqualTo(Closed.channel(404, "NOT_FOUND - no queue '" + replyTo + "' in vhost '/'"));
    }

    @Test
    void anAnswerToNobodyIsReturnedIfMandatory() throws Exception {
        Channel channel = clients.confirming();
        var returned = new CompletableFuture<String>();
        channel.addReturnListener(back -> returned.complete(back.getReplyText()));

        channel.basicPublish("", REPLY_TO + ".nobody", true, PLAIN, bytes("answer"));

        assertThat(channel.waitForConfirms(20_000)).isTrue();
        assertThat(returned).isCompletedWithValue("NO_ROUTE");
    }

    @Test
    void aReplyConsumerDoesNotAcknowledge() throws Exception {
        assertThat(Closed.by(clients.connect(), channel -> Inbox.of(channel, REPLY_TO)))
                .isEqualTo(Closed.channel(406, "PRECONDITION_FAILED - reply consumer cannot acknowledge"));
    }

    @Test
    void aChannelHasOneReplyConsumer() throws Exception {
        assertThat(Closed.by(clients.connect(), channel -> {
                    Inbox.of(channel, REPLY_TO, true, Map.of());
                    Inbox.of(channel, REPLY_TO, true, Map.of());
                }))
                .isEqualTo(Closed.channel(406, "PRECONDITION_FAILED - reply consumer already set"));
    }

    @Test
    void whoAsksMustListen() throws Exception {
        String queue = clients.queue(Map.of());

        assertThat(Closed.by(clients.connect(), channel -> channel.basicPublish("", queue, asking(), new byte[0])))
                .isEqualTo(Closed.channel(406, "PRECONDITION_FAILED - fast reply consumer does not exist"));
    }
}
