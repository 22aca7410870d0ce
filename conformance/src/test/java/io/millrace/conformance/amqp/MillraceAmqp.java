package io.millrace.conformance.amqp;

import io.millrace.conformance.BrokerUnderTest;
import io.millrace.conformance.Finished;
import io.millrace.conformance.Ports;
import io.millrace.conformance.Programs;
import io.millrace.conformance.Repository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/// Millrace with its AMQP listener.
///
/// Owned by: the test that started it.
final class MillraceAmqp implements AmqpBroker {
    private final AmqpAddress address;
    private final BrokerUnderTest process;

    private MillraceAmqp(AmqpAddress address, BrokerUnderTest process) {
        this.address = address;
        this.process = process;
    }

    /// Starts a node, or skips the test while this build's nodes have no such listener.
    static MillraceAmqp start() {
        MillraceAmqp broker = prepare();
        try {
            broker.restart();
            return broker;
        } catch (RuntimeException | Error e) {
            broker.close();
            throw e;
        }
    }

    /// A node that is not running yet: [#restart] starts it.
    static MillraceAmqp prepare(String... settings) {
        Listener.require();
        var address = AmqpAddress.guestAt(Ports.free());
        List<String> all = new ArrayList<>(List.of(settings));
        all.add(Listener.setting(address.port()));
        return new MillraceAmqp(address, BrokerUnderTest.prepareMillrace(all.toArray(String[]::new)));
    }

    /// Where Kafka's clients find it.
    String bootstrap() {
        return process.bootstrap();
    }

    /// The folder it keeps its data in.
    Path data() {
        return process.data();
    }

    @Override
    public AmqpAddress address() {
        return address;
    }

    @Override
    public void kill9() {
        process.kill9();
    }

    @Override
    public void stop() {
        process.stop();
    }

    @Override
    public void restart() {
        process.restart();
        RawAmqp.awaitAnswer(address.port());
    }

    @Override
    public void close() {
        process.close();
    }

    /// Asks the command once whether it knows the listener.
    private static final class Listener {
        static final Finished CHECK = Programs.run(
                Duration.ofMinutes(1),
                List.of(Repository.file("bin/millrace").toString(), "config", "check", "--set", setting(5672)));

        static String setting(int port) {
            return "listeners.amqp=127.0.0.1:" + port;
        }

        static void require() {
            if (CHECK.exit() != 0) {
                throw new TestAbortedException("Millrace has no AMQP listener yet: " + CHECK.err() + CHECK.out());
            }
        }
    }
}
