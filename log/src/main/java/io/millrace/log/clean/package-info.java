/// Compaction: keeps the last record of every key, as Kafka does it, off the append path, with bounded memory and pace.
/// Works on sealed segments through the disk port; what is decided is decided by pure types.
///
/// A round is: the log's owner makes a [CleanPlan][io.millrace.log.clean.CleanPlan]; a thread that may block drives a
/// [CleanRun][io.millrace.log.clean.CleanRun] over it; for each group the owner commits with
/// [SegmentSwap][io.millrace.log.clean.SegmentSwap] and replaces its segments; at the end the owner notes
/// [CleanRun#cleanedUpTo()][io.millrace.log.clean.CleanRun#cleanedUpTo()] in the
/// [CleanerCheckpoint][io.millrace.log.clean.CleanerCheckpoint].
@NullMarked
package io.millrace.log.clean;

import org.jspecify.annotations.NullMarked;
