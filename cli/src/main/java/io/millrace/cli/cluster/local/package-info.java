/// Clusters of real processes on this machine: for trying out (`millrace local-cluster`), for the experiment, and for
/// the fault tests and comparisons, which use the same processes.
@NullMarked
package io.millrace.cli.cluster.local;

import org.jspecify.annotations.NullMarked;
