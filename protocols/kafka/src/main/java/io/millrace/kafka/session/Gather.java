package io.millrace.kafka.session;

/// Counts the parts of one answer that come from elsewhere, in any order, some of them before the asking call returns.
/// `done` runs exactly once, when all have been asked and all have come.
///
/// Owned by: the loop of the connection.
final class Gather {
    private final Runnable done;
    /// One more than what is out while parts are still being asked for, so that early answers do not end it.
    private int waitingFor = 1;

    Gather(Runnable done) {
        this.done = done;
    }

    void expectOne() {
        waitingFor++;
    }

    void oneDone() {
        waitingFor--;
        if (waitingFor == 0) {
            done.run();
        }
    }

    void allAsked() {
        oneDone();
    }
}
