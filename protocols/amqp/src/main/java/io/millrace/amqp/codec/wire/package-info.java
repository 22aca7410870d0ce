/// What methods and contents are made of: field tables, properties, strings, reply codes.
@NullMarked
package io.millrace.amqp.codec.wire;

import org.jspecify.annotations.NullMarked;
