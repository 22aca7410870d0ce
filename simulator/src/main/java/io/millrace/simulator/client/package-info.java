/// Producers and consumers that do what real clients do: retry across leaders, keep order, remember what they were
/// told.
@NullMarked
package io.millrace.simulator.client;

import org.jspecify.annotations.NullMarked;
