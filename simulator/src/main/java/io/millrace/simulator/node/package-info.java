/// One node: the real controller, replication and log code, on simulated loops, disks and links, with as little between
/// them as possible.
@NullMarked
package io.millrace.simulator.node;

import org.jspecify.annotations.NullMarked;
