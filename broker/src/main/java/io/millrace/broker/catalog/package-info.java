/// What exists: nodes, topics, partitions and their settings, as one immutable view, and the port that changes it.
@NullMarked
package io.millrace.broker.catalog;

import org.jspecify.annotations.NullMarked;
