/// `millrace cluster`: who is in the cluster and who votes, through Kafka's admin protocol.
@NullMarked
package io.millrace.cli.cluster;

import org.jspecify.annotations.NullMarked;
