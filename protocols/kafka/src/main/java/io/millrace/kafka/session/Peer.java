package io.millrace.kafka.session;

import io.millrace.model.Principal;

/// Who is at the other end of a connection.
///
/// @param address the client's address as text, without a port (`127.0.0.1`)
/// @param listener name of the listener the connection came in on
public record Peer(Principal principal, String address, String listener) {}
