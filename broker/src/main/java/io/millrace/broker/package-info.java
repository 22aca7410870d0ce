/// The deterministic core: what every protocol shares, and the ports it is reached through.
@NullMarked
package io.millrace.broker;

import org.jspecify.annotations.NullMarked;
