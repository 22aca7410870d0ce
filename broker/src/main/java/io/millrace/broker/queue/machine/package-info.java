/// The queue machine: which message of a log is ready, delivered, delayed or settled, and who gets the next one.
/// Nothing of any protocol is in it: work queues, share groups and sessions are all views of a log that it can keep.
@NullMarked
package io.millrace.broker.queue.machine;

import org.jspecify.annotations.NullMarked;
