package io.millrace.server.peer;

import java.util.List;

/// A decision that has to wait for what others answer next.
interface Pending {
    /// One line for each thing that is waited for.
    List<String> why();
}
