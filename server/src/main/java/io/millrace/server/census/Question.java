package io.millrace.server.census;

import io.millrace.console.port.ConnectionsView.Wanted;

/// What one node asks another for the management API.
sealed interface Question {
    /// How it is, in numbers.
    record Summary() implements Question {}

    /// The first page of its connections and what is on them.
    record Rows(Wanted wanted) implements Question {}

    /// The next page.
    ///
    /// @param list as the page before it said
    record More(long list) implements Question {}

    /// To close a connection.
    record Close(String connection, String reason) implements Question {}
}
