/// What AMQP 0-9-1 clients see of the broker under test.
@NullMarked
package io.millrace.conformance.amqp;

import org.jspecify.annotations.NullMarked;
