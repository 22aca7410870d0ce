/// Three nodes as three processes: killed, paused, cut off from one another, slowed down, restarted and robbed of their
/// disks and clocks under load.
@NullMarked
package io.millrace.conformance.cluster;

import org.jspecify.annotations.NullMarked;
