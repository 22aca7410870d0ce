/// Real clients that write and read while nodes die, and the journal of what they were told.
@NullMarked
package io.millrace.cli.experiment.load;

import org.jspecify.annotations.NullMarked;
