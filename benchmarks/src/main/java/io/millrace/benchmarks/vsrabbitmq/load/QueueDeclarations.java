package io.millrace.benchmarks.vsrabbitmq.load;

import io.millrace.amqp.codec.method.AmqpMethod;
import io.millrace.amqp.codec.method.QueueMethods;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.benchmarks.vskafka.load.LoadFailure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/// Declares durable queues over several connections, each of which waits for its answer.
///
/// Owned by: the load's thread.
public final class QueueDeclarations implements AutoCloseable {
    private final List<AmqpLink> links = new ArrayList<>();

    public QueueDeclarations(InetSocketAddress address, int connections) throws IOException {
        for (int opened = 0; opened < connections; opened++) {
            links.add(AmqpLink.open(address));
        }
    }

    /// Declares so many, one on each connection at a time.
    public void declare(int queues) throws IOException {
        declare(0, queues);
    }

    /// As above, from a number on.
    void declare(int from, int queues) throws IOException {
        int end = from + queues;
        for (int first = from; first < end; first += links.size()) {
            int count = Math.min(links.size(), end - first);
            for (int at = 0; at < count; at++) {
                links.get(at).tell(AmqpLink.CHANNEL, declare(first + at, false));
            }
            for (int at = 0; at < count; at++) {
                expect(first + at, links.get(at).answer());
            }
        }
    }

    /// Asks for some of them, one after the other.
    public void find(int queues, int some) throws IOException {
        for (int queue = 0; queue < queues; queue += Math.max(1, queues / some)) {
            expect(queue, links.getFirst().ask(declare(queue, true)));
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
        for (AmqpLink link : links) {
            link.close();
        }
    }
}
