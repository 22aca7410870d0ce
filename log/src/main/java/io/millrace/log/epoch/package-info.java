/// Which leader wrote which offsets (KIP-101), and Kafka's `leader-epoch-checkpoint` file. Pure.
@NullMarked
package io.millrace.log.epoch;

import org.jspecify.annotations.NullMarked;
