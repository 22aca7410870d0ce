/// One connection of an AMQP client: its handshake, its channels, and what each class of methods does to the broker.
@NullMarked
package io.millrace.amqp.session;

import org.jspecify.annotations.NullMarked;
