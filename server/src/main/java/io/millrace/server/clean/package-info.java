/// The log cleaner: one thread per node that compacts logs while their owners serve.
@NullMarked
package io.millrace.server.clean;

import org.jspecify.annotations.NullMarked;
