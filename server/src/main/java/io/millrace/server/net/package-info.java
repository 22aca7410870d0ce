/// Sockets: listeners, frames, leases on network memory, zero-copy writes.
@NullMarked
package io.millrace.server.net;

import org.jspecify.annotations.NullMarked;
