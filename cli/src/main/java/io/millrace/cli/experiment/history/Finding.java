package io.millrace.cli.experiment.history;

/// One violation, in words that help to find its cause.
public record Finding(Violation violation, int partition, long offset, String what) {
    @Override
    public String toString() {
        return violation + " partition " + partition + " offset " + offset + ": " + what;
    }
}
