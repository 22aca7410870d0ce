/// A message as the router and the queues see it, whatever protocol it came by, and its way into a record and back.
@NullMarked
package io.millrace.broker.message;

import org.jspecify.annotations.NullMarked;
