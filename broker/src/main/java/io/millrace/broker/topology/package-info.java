/// Virtual hosts with their exchanges, queues, bindings and policies, and who may do what in them: what exists, and the
/// port that changes it.
@NullMarked
package io.millrace.broker.topology;

import org.jspecify.annotations.NullMarked;
