/// One partition's files in Kafka's layout: segments of batches, their sparse offset and time indexes, and how they are
/// scanned and searched.
@NullMarked
package io.millrace.log.segment;

import org.jspecify.annotations.NullMarked;
