/// A whole cluster in one thread and virtual time: the real controller, replication and log code, on a network, disks
/// and clocks that a seed makes as bad as they get.
@NullMarked
package io.millrace.simulator;

import org.jspecify.annotations.NullMarked;
