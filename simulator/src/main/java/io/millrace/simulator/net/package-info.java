/// A network between nodes that delays, cuts and breaks: whole messages on connections that keep their order, as TCP
/// does, or die.
@NullMarked
package io.millrace.simulator.net;

import org.jspecify.annotations.NullMarked;
