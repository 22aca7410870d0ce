package io.millrace.benchmarks.vskafka.load;

import java.io.IOException;

/// The broker answered a load's request with an error, out of turn, or not at all: the run proves nothing.
public final class LoadFailure extends IOException {
    private static final long serialVersionUID = 1L;

    public LoadFailure(String why) {
        super(why);
    }
}
