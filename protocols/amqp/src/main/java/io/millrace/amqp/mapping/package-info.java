/// AMQP's tables and properties in the words of the broker.
@NullMarked
package io.millrace.amqp.mapping;

import org.jspecify.annotations.NullMarked;
