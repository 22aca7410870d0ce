/// `millrace definitions`: one file per subcommand.
@NullMarked
package io.millrace.cli.definitions;

import org.jspecify.annotations.NullMarked;
