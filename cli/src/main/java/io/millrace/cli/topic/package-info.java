/// `millrace topic`: one file per subcommand.
@NullMarked
package io.millrace.cli.topic;

import org.jspecify.annotations.NullMarked;
