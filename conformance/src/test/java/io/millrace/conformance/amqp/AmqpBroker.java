package io.millrace.conformance.amqp;

/// A broker that speaks AMQP 0-9-1, in a process of its own.
///
/// Owned by: the test that started it. Chosen by `-Dmillrace.amqp.peer`: Millrace unless told `rabbitmq`. RabbitMQ is
/// there to prove the tests right: a test that fails on both is a wrong test, and texts are compared with RabbitMQ's.
interface AmqpBroker extends AutoCloseable {
    /// Where clients connect; the same over restarts.
    AmqpAddress address();

    /// Ends the process the hard way: nothing is flushed, nothing is said.
    void kill9();

    /// Asks the process to end and waits for it.
    void stop();

    /// Starts the process again on the same folder and port, and waits until it answers.
    void restart();

    @Override
    void close();

    /// Starts the broker this run is about on an empty folder and waits until it answers.
    static AmqpBroker start() {
        return isRabbitMq() ? RabbitMq.start() : MillraceAmqp.start();
    }

    /// Whether the tests themselves are being tested.
    static boolean isRabbitMq() {
        String name = System.getProperty("millrace.amqp.peer", "millrace");
        return switch (name) {
            case "millrace" -> false;
            case "rabbitmq" -> true;
            default -> throw new IllegalArgumentException("millrace.amqp.peer: millrace or rabbitmq, not " + name);
        };
    }
}
