package io.millrace.amqp.session;

import io.millrace.model.ExchangeName;
import io.millrace.model.QueueName;
import io.millrace.model.Randomness;
import io.millrace.model.VhostName;
import java.util.Base64;

/// Names of exchanges and queues: as error texts have them, and those we make ourselves.
final class Names {
    private static final String RESERVED = "amq.";
    private static final int RANDOM_BYTES = 16;

    private Names() {}

    static String exchange(ExchangeName name, VhostName vhost) {
        return "exchange '" + name + "' in vhost '" + vhost + "'";
    }

    static String queue(QueueName name, VhostName vhost) {
        return "queue '" + name + "' in vhost '" + vhost + "'";
    }

    /// RabbitMQ drops line ends from names that are declared.
    static String cleaned(String name) {
        return name.indexOf('\r') < 0 && name.indexOf('\n') < 0
                ? name
                : name.replace("\r", "").replace("\n", "");
    }

    /// @param kind `exchange` or `queue`
    static void checkNotReserved(String kind, String name) throws Refused {
        if (name.startsWith(RESERVED)) {
            throw Refused.accessRefused(kind + " name '" + name + "' contains reserved prefix 'amq.*'");
        }
    }

    static boolean isReserved(String name) {
        return name.startsWith(RESERVED);
    }

    /// `PREFIX-` and 22 characters nobody guesses.
    static String generated(String prefix, Randomness randomness) {
        byte[] bytes = new byte[RANDOM_BYTES];
        randomness.nextBytes(bytes);
        return prefix + "-" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
