/// Compaction: keeps the last record of every key, as Kafka does it, off the append path, with bounded memory and pace.
/// Works on sealed segments through the disk port; what is decided is decided by pure types.
///
/// A round is: the log's owner makes a sketch of the log; a thread that may block makes a
/// [CleanPlan][io.millrace.log.clean.CleanPlan] of it and drives a [CleanRun][io.millrace.log.clean.CleanRun]; for each
/// group the owner cuts loose a swap, which is [SegmentSwap][io.millrace.log.clean.SegmentSwap], and replaces its
/// segments; at the end [CleanRun#cleanedUpTo()][io.millrace.log.clean.CleanRun#cleanedUpTo()] is noted in the log
/// directory.
@NullMarked
package io.millrace.log.clean;

import org.jspecify.annotations.NullMarked;
