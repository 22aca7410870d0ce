package io.millrace.cli.record;

import java.io.IOException;
import java.nio.ByteBuffer;

/// Where `consume` puts the bytes of records: the standard output, or a test's memory.
public interface Outlet {
    /// Takes some of the bytes and moves the buffer's position behind them.
    ///
    /// @throws IOException when it takes no more; the position tells what it took before
    void write(ByteBuffer bytes) throws IOException;

    /// Whether nobody will ever read what is written next, as far as can be told without writing.
    boolean isAbandoned();
}
