/// What the management API shows of all nodes: each is asked over the port nodes have for each other, and answers of
/// its own state.
@NullMarked
package io.millrace.server.census;

import org.jspecify.annotations.NullMarked;
