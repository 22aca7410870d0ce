package io.millrace.amqp.session;

import io.millrace.broker.topology.ConnectionId;

/// Who is at the other end of a connection.
///
/// @param address the client's address as text, for logs
/// @param isLoopback whether it is this machine
/// @param certificateName the common name in the certificate it has shown; empty without one
public record AmqpPeer(ConnectionId connection, String address, boolean isLoopback, String certificateName) {}
