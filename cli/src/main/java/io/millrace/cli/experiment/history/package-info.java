/// Judges what producers were told and what readers saw of replicated partitions. Pure: no clients, clocks or threads,
/// so that the experiment, the fault tests and a simulator can use the same judge.
@NullMarked
package io.millrace.cli.experiment.history;

import org.jspecify.annotations.NullMarked;
