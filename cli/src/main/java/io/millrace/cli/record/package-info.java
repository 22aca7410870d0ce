/// `millrace produce` and `millrace consume`: records from lines and to lines.
@NullMarked
package io.millrace.cli.record;

import org.jspecify.annotations.NullMarked;
