/// Configuration, sockets, threads, wiring, start and drain.
@NullMarked
package io.millrace.server;

import org.jspecify.annotations.NullMarked;
