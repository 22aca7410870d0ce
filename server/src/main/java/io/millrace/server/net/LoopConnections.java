package io.millrace.server.net;

import io.millrace.server.loop.EventLoop;

/// The connections of one listener that live on one event loop.
///
/// Owned by: that event loop.
interface LoopConnections {
    EventLoop loop();

    /// Begins the regular look at them.
    void start();

    /// Ends each of them in order.
    ///
    /// @param whenEmpty called once no connection is left
    void drain(Runnable whenEmpty);

    void closeAll();
}
