package io.millrace.amqp.session;

import io.millrace.broker.topology.UserView;

/// The port that compares a password with what is stored of it.
@FunctionalInterface
public interface Passwords {
    boolean matches(UserView user, byte[] password);
}
