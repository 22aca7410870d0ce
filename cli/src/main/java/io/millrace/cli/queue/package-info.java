/// `millrace queue`: one file per subcommand.
@NullMarked
package io.millrace.cli.queue;

import org.jspecify.annotations.NullMarked;
