/// Experiments with real clients on a cluster of real processes, and what they show.
@NullMarked
package io.millrace.cli.experiment;

import org.jspecify.annotations.NullMarked;
