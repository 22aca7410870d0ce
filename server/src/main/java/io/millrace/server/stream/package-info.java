/// Streams on this node: what those of each loop are made of.
@NullMarked
package io.millrace.server.stream;

import org.jspecify.annotations.NullMarked;
