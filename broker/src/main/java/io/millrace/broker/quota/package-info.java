/// How much a client may send and be sent (Kafka's client quotas, KIP-13 and KIP-219).
@NullMarked
package io.millrace.broker.quota;

import org.jspecify.annotations.NullMarked;
