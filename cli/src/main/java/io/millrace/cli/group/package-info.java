/// `millrace group`: one file per subcommand.
@NullMarked
package io.millrace.cli.group;

import org.jspecify.annotations.NullMarked;
