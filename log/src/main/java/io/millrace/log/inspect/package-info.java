/// Looking at a partition's folder from outside, read-only, whoever wrote it: Kafka 4.x or we. For `millrace log dump`
/// and `millrace log verify`.
@NullMarked
package io.millrace.log.inspect;

import org.jspecify.annotations.NullMarked;
