package io.millrace.conformance.cluster;

import java.io.IOException;

/// How the nodes of a cluster under test reach each other, and how that is broken: through relays of ours ([Network])
/// or in network namespaces of their own ([Namespaces]).
///
/// Owned by: the test.
interface Links extends AutoCloseable {
    /// Nothing from one gets to the other.
    void cut(int from, int to);

    /// Nothing from other nodes gets to it, nor from it to them.
    void isolate(int id);

    /// Whether [#slow] can be had.
    boolean canBeSlow();

    /// Everything between two nodes takes that long, both ways.
    void slow(int one, int other, long ms);

    /// As on the first day.
    void heal();

    /// Who connects to a dead node is refused.
    void isDown(int id) throws IOException;

    /// The node is about to listen again.
    void isUp(int id) throws IOException;

    @Override
    void close() throws IOException;
}
