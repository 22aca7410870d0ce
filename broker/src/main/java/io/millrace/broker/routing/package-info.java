/// Exchanges, bindings and the way of a message through them, for every protocol: an immutable table of one virtual
/// host, changed by deltas, and the router that asks it.
@NullMarked
package io.millrace.broker.routing;

import org.jspecify.annotations.NullMarked;
