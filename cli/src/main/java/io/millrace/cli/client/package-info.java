/// How client commands reach a broker: with Kafka's own clients, quietly.
@NullMarked
package io.millrace.cli.client;

import org.jspecify.annotations.NullMarked;
