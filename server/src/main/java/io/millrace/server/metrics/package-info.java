/// What the node counts, cheaply, and the page that Prometheus reads.
@NullMarked
package io.millrace.server.metrics;

import org.jspecify.annotations.NullMarked;
