package io.millrace.amqp.session;

import io.millrace.amqp.codec.wire.Decoded;
import io.millrace.amqp.codec.wire.FieldTable;
import io.millrace.amqp.codec.wire.FieldValue;
import io.millrace.amqp.codec.wire.LongString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// A name and a password, as the SASL mechanisms carry them.
record Login(String user, LongString password) {
    /// The name is that of the certificate.
    static final String EXTERNAL = "EXTERNAL";

    private static final LongString MECHANISMS = LongString.of("AMQPLAIN PLAIN");
    private static final LongString MECHANISMS_WITH_CERTIFICATE = LongString.of("AMQPLAIN PLAIN " + EXTERNAL);

    static LongString mechanisms(boolean hasCertificate) {
        return hasCertificate ? MECHANISMS_WITH_CERTIFICATE : MECHANISMS;
    }

    /// Reads a response; empty for what is none, or a mechanism that is not offered.
    static Optional<Login> read(String mechanism, LongString response) {
        return switch (mechanism) {
            case "PLAIN" -> plain(response.octets());
            case "AMQPLAIN" -> amqplain(response.octets());
            default -> Optional.empty();
        };
    }

    /// RFC 4616: an identity to act as, which RabbitMQ does not look at, the name, the password.
    private static Optional<Login> plain(byte[] octets) {
        int first = indexOfNul(octets, 0);
        int second = first < 0 ? first : indexOfNul(octets, first + 1);
        if (second < 0) {
            return Optional.empty();
        }
        String user = new String(octets, first + 1, second - first - 1, StandardCharsets.UTF_8);
        return Optional.of(new Login(user, LongString.of(Arrays.copyOfRange(octets, second + 1, octets.length))));
    }

    /// A field table without its length.
    private static Optional<Login> amqplain(byte[] octets) {
        if (!(FieldTable.decode(octets) instanceof Decoded.Complete<FieldTable>(FieldTable table))
                || !(table.find("LOGIN").orElse(null) instanceof FieldValue.Text user)
                || !(table.find("PASSWORD").orElse(null) instanceof FieldValue.Text password)) {
            return Optional.empty();
        }
        return Optional.of(new Login(user.value().toString(), password.value()));
    }

    private static int indexOfNul(byte[] octets, int from) {
        for (int i = from; i < octets.length; i++) {
            if (octets[i] == 0) {
                return i;
            }
        }
        return -1;
    }
}
