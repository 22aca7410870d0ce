package io.millrace.amqp.session;

/// What a channel does next, once it knows what it waited for.
@FunctionalInterface
interface Step {
    void run() throws Refused;
}
