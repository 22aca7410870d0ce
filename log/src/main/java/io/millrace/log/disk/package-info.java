/// The disk port: the only way `log` reaches files. Real files in production, an in-memory disk that can tear, lose,
/// flip and fill for the simulator.
@NullMarked
package io.millrace.log.disk;

import org.jspecify.annotations.NullMarked;
