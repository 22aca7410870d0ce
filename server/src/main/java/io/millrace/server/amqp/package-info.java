/// AMQP on this node: what its sessions use, put together for each loop.
@NullMarked
package io.millrace.server.amqp;

import org.jspecify.annotations.NullMarked;
