package io.millrace.benchmarks.vsrabbitmq.load;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.benchmarks.vskafka.load.LoadFailure;
import java.io.IOException;
import java.net.InetSocketAddress;

/// Declares durable queues over one channel, many before the first answer has come.
///
/// Owned by: the load's thread.
public final class QueueDeclarations implements AutoCloseable {
    private final AmqpLink link;
    private final int window;

    /// @param window declarations without an answer yet
    public QueueDeclarations(InetSocketAddress address, int window) throws IOException {
        this.link = AmqpLink.open(address);
        this.window = window;
    }

    /// Declares so many.
    public void declare(int queues) throws IOException {
        int asked = 0;
        for (int answered = 0; answered < queues; answered++) {
            if (asked - answered <= window / 2 && asked < queues) {
                int to = Math.min(queues, answered + window);
                ask(asked, to);
                asked = to;
            }
            expect(answered, link.answer());
        }
    }

    private void ask(int from, int to) throws IOException {
        link.send(AmqpLink.octets(frames -> {
            for (int queue = from; queue < to; queue++) {
                frames.method(AmqpLink.CHANNEL, declare(queue, false));
            }
        }));
    }

    /// Asks for some of them, one after the other.
    public void find(int queues, int some) throws IOException {
        for (int queue = 0; queue < queues; queue += Math.max(1, queues / some)) {
            expect(queue, link.ask(declare(queue, true)));
        }
    }

    private static void expect(int queue, AmqpMethod answer) throws LoadFailure {
        if (!(answer instanceof QueueMethods.DeclareOk ok && ok.queue().equals(name(queue)))) {
            throw new LoadFailure(name(queue) + " was answered with " + answer);
        }
    }

    private static QueueMethods.Declare declare(int queue, boolean passive) {
        return new QueueMethods.Declare(name(queue), passive, true, false, false, false, FieldTable.EMPTY);
    }

    private static String name(int queue) {
        return "queue-" + queue;
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
