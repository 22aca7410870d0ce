/// The metadata log of a whole cluster, with elections, lagging nodes and leaders who learn late that they are none.
@NullMarked
package io.millrace.simulator.quorum;

import org.jspecify.annotations.NullMarked;
