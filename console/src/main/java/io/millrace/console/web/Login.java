package io.millrace.console.web;

import io.millrace.broker.topology.PasswordHash;
import io.millrace.broker.topology.Topology;
import io.millrace.broker.topology.UserView;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;

/// A name and a password by HTTP's basic scheme (RFC 7617).
final class Login {
    private static final String SCHEME = "basic ";

    /// This user is let in from the node's own machine only, as with RabbitMQ.
    private static final String LOOPBACK_USER = "guest";

    private final String user;
    private final byte[] password;

    private Login(String user, byte[] password) {
        this.user = user;
        this.password = password;
    }

    private static Optional<Login> read(String header) {
        if (!header.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return Optional.empty();
        }
        byte[] pair = decode(header.substring(SCHEME.length()).trim());
        for (int at = 0; at < pair.length; at++) {
            if (pair[at] == ':') {
                String user = new String(pair, 0, at, StandardCharsets.UTF_8);
                return Optional.of(new Login(user, Arrays.copyOfRange(pair, at + 1, pair.length)));
            }
        }
        return Optional.empty();
    }

    private static byte[] decode(String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException none) {
            return new byte[0];
        }
    }

    /// @throws Refusal saying why not
    static Asker check(Topology topology, ApiRequest request) throws Refusal {
        Login login = request.authorization().flatMap(Login::read).orElseThrow(Refusal::loginFailed);
        UserView user = topology.user(login.user)
                .filter(known -> PasswordHash.matches(known, login.password))
                .orElseThrow(Refusal::loginFailed);
        if (user.name().equals(LOOPBACK_USER) && !request.fromLoopback()) {
            throw Refusal.notAuthorised("User can only log in via localhost");
        }
        Asker asker = new Asker(user);
        if (!asker.isManager()) {
            throw Refusal.notAuthorised("Not management user");
        }
        return asker;
    }
}
