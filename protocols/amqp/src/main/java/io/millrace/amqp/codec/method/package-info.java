/// The methods of AMQP 0-9-1 with RabbitMQ's extensions: one sealed interface of records for each class of methods.
@NullMarked
package io.millrace.amqp.codec.method;

import org.jspecify.annotations.NullMarked;
