/// Disks that are slow, lose power half way through a write, fill up and refuse.
@NullMarked
package io.millrace.simulator.disk;

import org.jspecify.annotations.NullMarked;
