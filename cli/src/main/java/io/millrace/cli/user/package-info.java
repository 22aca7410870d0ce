/// `millrace user`: one file per subcommand.
@NullMarked
package io.millrace.cli.user;

import org.jspecify.annotations.NullMarked;
