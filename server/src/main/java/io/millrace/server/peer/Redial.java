package io.millrace.server.peer;

/// When to dial again after a connection could not be had or was lost: at once after one that worked, then after 20 ms,
/// twice as long each time, at most 500 ms.
///
/// Owned by: the link's event loop.
final class Redial {
    private static final long FIRST_MS = 20;
    private static final long LONGEST_MS = 500;

    private long waitMs;
    private long notBeforeMs = Long.MIN_VALUE;
    private boolean worked;
    private String lastWhy = "";

    boolean isDue(long nowMs) {
        return nowMs >= notBeforeMs;
    }

    /// Why there is no connection now.
    String lastWhy() {
        return lastWhy;
    }

    /// The other side sent something: what was wrong is over.
    void onSuccess() {
        worked = true;
        waitMs = 0;
        notBeforeMs = Long.MIN_VALUE;
    }

    void onFailure(long nowMs, String why) {
        waitMs = waitMs == 0 ? FIRST_MS : Math.min(waitMs * 2, LONGEST_MS);
        notBeforeMs = nowMs + waitMs;
        lastWhy = why;
        worked = false;
    }

    /// A connection ended. One that never brought anything counts as none.
    void onClosed(long nowMs) {
        if (worked) {
            worked = false;
        } else {
            onFailure(nowMs, "the connection was closed at once");
        }
    }
}
