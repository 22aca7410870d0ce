/// `millrace start`: a node in the foreground.
@NullMarked
package io.millrace.cli.start;

import org.jspecify.annotations.NullMarked;
