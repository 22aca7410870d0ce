/// `millrace vhost`: one file per subcommand.
@NullMarked
package io.millrace.cli.vhost;

import org.jspecify.annotations.NullMarked;
