/// The partition log: segments, indexes, recovery, retention, compaction, group fsync.
@NullMarked
package io.millrace.log;

import org.jspecify.annotations.NullMarked;
