/// Time, chance and order of everything that happens in a simulation: one queue of events that a seed decides.
@NullMarked
package io.millrace.simulator.world;

import org.jspecify.annotations.NullMarked;
