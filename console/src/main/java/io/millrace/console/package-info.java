/// The management HTTP API as RabbitMQ's tools know it, free of sockets and threads.
@NullMarked
package io.millrace.console;

import org.jspecify.annotations.NullMarked;
