import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.AmqpRejectAndDontRequeueException;
import org.springframework.amqp.core.AcknowledgeMode;
import org.springframework.amqp.core.Binding;
import org.springframework.amqp.core.BindingBuilder;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageBuilder;
import org.springframework.amqp.core.MessageListener;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.core.TopicExchange;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory.ConfirmType;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitAdmin;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.amqp.rabbit.listener.AbstractMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.DirectMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.SimpleMessageListenerContainer;
import org.springframework.amqp.rabbit.listener.adapter.MessageListenerAdapter;

/// Spring AMQP as a client of the broker under test: java -cp ... Client.java HOST PORT SCENARIO. Exit code 0 when all
/// of it held. Run from its source: nothing of Spring belongs to the build.
public final class Client {
    private static final long WAIT_SECONDS = 20;

    private final CachingConnectionFactory connections;
    private final RabbitAdmin admin;
    private final RabbitTemplate template;

    private Client(String host, int port) {
        connections = new CachingConnectionFactory(host, port);
        connections.setUsername("guest");
        connections.setPassword("guest");
        connections.setPublisherConfirmType(ConfirmType.CORRELATED);
        connections.setPublisherReturns(true);
        admin = new RabbitAdmin(connections);
        template = new RabbitTemplate(connections);
        template.setMandatory(true);
        template.setReplyTimeout(TimeUnit.SECONDS.toMillis(WAIT_SECONDS));
    }

    public static void main(String[] arguments) {
        try {
            run(arguments);
            System.exit(0);
        } catch (Throwable e) {
            e.printStackTrace();
            System.exit(1); // Spring's threads would keep the process
        }
    }

    private static void run(String[] arguments) throws Exception {
        var client = new Client(arguments[0], Integer.parseInt(arguments[1]));
        switch (arguments[2]) {
            case "confirmsAndReturns" -> client.confirmsAndReturns();
            case "simpleContainer" -> client.listen(new SimpleMessageListenerContainer(client.connections));
            case "directContainer" -> client.listen(new DirectMessageListenerContainer(client.connections));
            case "deadLetter" -> client.deadLetter();
            case "rpc" -> client.rpc();
            case "transaction" -> client.transaction();
            case "mismatch" -> client.mismatch();
            default -> throw new IllegalArgumentException(arguments[2]);
        }
        client.connections.destroy();
    }

    private static void same(Object actual, Object expected) {
        if (!expected.equals(actual)) {
            throw new AssertionError("expected " + expected + ", was " + actual);
        }
    }

    private static String fresh(String prefix) {
        return prefix + "-" + UUID.randomUUID();
    }

    private Queue declare(Queue queue) {
        same(admin.declareQueue(queue), queue.getName());
        return queue;
    }

    private Queue anyQueue() {
        return declare(QueueBuilder.nonDurable(fresh("q")).autoDelete().build());
    }

    private void confirmsAndReturns() throws Exception {
        String queue = anyQueue().getName();
        var routed = new CorrelationData("routed");
        var unroutable = new CorrelationData("unroutable");
        template.convertAndSend("", queue, "m", routed);
        template.convertAndSend("", "nobody", "m", unroutable);

        same(routed.getFuture().get(WAIT_SECONDS, TimeUnit.SECONDS).ack(), true);
        same(unroutable.getFuture().get(WAIT_SECONDS, TimeUnit.SECONDS).ack(), true);
        same(unroutable.getReturned().getReplyText(), "NO_ROUTE"); // there before the confirm
        same(routed.getReturned() == null, true);
        same(template.receiveAndConvert(queue, 5_000), "m");
    }

    private void listen(AbstractMessageListenerContainer container) throws Exception {
        var exchange = new TopicExchange(fresh("e"), false, true);
        admin.declareExchange(exchange);
        Queue queue = anyQueue();
        Binding binding = BindingBuilder.bind(queue).to(exchange).with("a.#");
        admin.declareBinding(binding);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        container.setQueueNames(queue.getName());
        container.setPrefetchCount(5);
        container.setMessageListener((MessageListener) message -> seen.add(new String(message.getBody())));
        container.start();
        // in any order: the template does not use a channel again before its confirm has come
        Set<String> sent = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            sent.add("" + i);
            template.convertAndSend(exchange.getName(), "a." + i, "" + i);
        }
        Set<String> read = new TreeSet<>();
        for (int i = 0; i < 100; i++) {
            read.add(seen.poll(WAIT_SECONDS, TimeUnit.SECONDS));
        }
        same(read, sent);
        container.stop();
    }

    private void deadLetter() throws Exception {
        Queue dead = anyQueue();
        Queue queue = declare(QueueBuilder.durable(fresh("q"))
                .quorum()
                .deadLetterExchange("")
                .deadLetterRoutingKey(dead.getName())
                .leaderLocator(QueueBuilder.LeaderLocator.balanced)
                .build());
        var container = new SimpleMessageListenerContainer(connections);
        container.setQueues(queue);
        container.setDefaultRequeueRejected(false);
        container.setAcknowledgeMode(AcknowledgeMode.AUTO);
        container.setErrorHandler(failure -> {
            throw new AmqpRejectAndDontRequeueException("no", failure);
        });
        container.setMessageListener((MessageListener) message -> {
            throw new IllegalStateException("as it should");
        });
        container.start();
        template.send(
                "",
                queue.getName(),
                MessageBuilder.withBody(new byte[] {1}).setMessageId("id").build());
        Message message = template.receive(dead.getName(), WAIT_SECONDS * 1000);
        same(message.getMessageProperties().getMessageId(), "id");
        same(message.getMessageProperties().getHeaders().get("x-first-death-reason"), "rejected");
        List<Map<String, ?>> deaths = message.getMessageProperties().getXDeathHeader();
        same(deaths.getFirst().get("queue"), queue.getName());
        container.stop();
        admin.deleteQueue(queue.getName());
    }

    private void rpc() {
        Queue queue = anyQueue();
        var container = new DirectMessageListenerContainer(connections);
        container.setQueues(queue);
        container.setMessageListener(new MessageListenerAdapter(new Upper(), "handle"));
        container.start();
        for (int i = 0; i < 20; i++) {
            same(template.convertSendAndReceive("", queue.getName(), "question " + i), "QUESTION " + i);
        }
        container.stop();
    }

    /// Answers in capitals.
    public static final class Upper {
        public String handle(String question) {
            return question.toUpperCase();
        }
    }

    private void transaction() {
        Queue queue = anyQueue();
        var plain = new CachingConnectionFactory(connections.getHost(), connections.getPort());
        var transacted = new RabbitTemplate(plain);
        transacted.setChannelTransacted(true);
        transacted.convertAndSend("", queue.getName(), "committed");
        same(transacted.receiveAndConvert(queue.getName(), 5_000), "committed");
        plain.destroy();
    }

    private void mismatch() {
        Queue queue = declare(QueueBuilder.nonDurable(fresh("q")).build());
        try {
            admin.declareQueue(new Queue(queue.getName(), true));
            throw new AssertionError("declared");
        } catch (AmqpIOException e) {
            String text = e.getCause().getCause().getMessage();
            same(text.contains("PRECONDITION_FAILED - inequivalent arg 'durable' for queue"), true);
        }
        admin.deleteQueue(queue.getName());
        same(admin.getQueueInfo(queue.getName()) == null, true);
    }
}
