/// `millrace policy`: one file per subcommand.
@NullMarked
package io.millrace.cli.policy;

import org.jspecify.annotations.NullMarked;
